"""Pages that gather over the library: blocks, trade-offs, and the indexes; pure."""

from collections.abc import Sequence

from casebook.library import Entry, Library
from casebook.pages import Names, credit, decision
from casebook.spec import Block, Tradeoff
from casebook.template import front, render
from casebook.text import url


def block(entry: Entry, library: Library, authors: Sequence[str] = ()) -> str:
    """Return the page of a building block."""
    record: Block = entry.record
    users = [
        (other, [part for part in other.record.architecture.components.values() if part.block == entry.id])
        for other in library.cases()
    ]
    return render(
        "block.md.jinja",
        front=front(record.title, record.summary, entry.path, hide=["navigation"]),
        key=entry.key,
        block=record,
        root="../../",
        titles={name: other.record.title for name, other in library.blocks().items()},
        users=[(other, parts) for other, parts in users if parts],
        references={reference.id: reference for reference in record.references},
        authors=credit(authors),
    )


def tradeoff(entry: Entry, library: Library, authors: Sequence[str] = ()) -> str:
    """Return the page of a trade-off, with what every case decided."""
    record: Tradeoff = entry.record
    names = Names.of(library)
    decided = [
        {"entry": other, **decision(other, index, names, url(other.key, "../../"))}
        for other in library.cases()
        if other.numbers is not None
        for index, made in enumerate(other.record.tradeoffs)
        if made.about == entry.id
    ]
    return render(
        "tradeoff.md.jinja",
        front=front(record.title, record.question, entry.path, hide=["navigation"]),
        key=entry.key,
        tradeoff=record,
        root="../../",
        decided=decided,
        references={reference.id: reference for reference in record.references},
        authors=credit(authors),
    )


def cases_index(library: Library) -> str:
    """Return the index of cases: cards, with filters that scripts bring to life."""
    cases = library.cases()
    used = {component.block for entry in cases for component in entry.record.architecture.components.values()}
    weighed = {made.about for entry in cases for made in entry.record.tradeoffs}
    return render(
        "cases.md.jinja",
        front=front(
            "Cases",
            "Every case, by track, domain, level, block and trade-off.",
            figures={entry.key.replace("/", "--"): f"figures/thumbnails/{entry.key}.html" for entry in cases},
            hide=["navigation", "toc"],
            scripts=["case-filter"],
        ),
        cases=cases,
        root="../",
        domains=sorted({entry.record.domain for entry in cases}),
        blocks=[(name, entry.record.title) for name, entry in library.blocks().items() if name in used],
        tradeoffs=[(name, entry.record.title) for name, entry in library.tradeoffs().items() if name in weighed],
    )


def blocks_index(library: Library) -> str:
    """Return the index of building blocks, by kind."""
    counts = {
        name: sum(
            any(part.block == name for part in entry.record.architecture.components.values())
            for entry in library.cases()
        )
        for name in library.blocks()
    }
    kinds: dict[str, list[Entry]] = {}
    for entry in library.blocks().values():
        kinds.setdefault(entry.record.kind, []).append(entry)
    return render(
        "blocks.md.jinja",
        front=front(
            "Building blocks",
            "What the parts of the diagrams are, when to use them, and what they do.",
            hide=["navigation"],
        ),
        kinds=kinds,
        counts=counts,
        root="../",
    )


def tradeoffs_index(library: Library) -> str:
    """Return the index of trade-offs, with how often each option was picked."""
    rows = []
    for name, entry in library.tradeoffs().items():
        picks: dict[str, int] = {}
        for other in library.cases():
            for made in other.record.tradeoffs:
                if made.about == name:
                    picks[made.pick] = picks.get(made.pick, 0) + 1
        rows.append((entry, [(part.title, picks.get(option, 0)) for option, part in entry.record.options.items()]))
    return render(
        "tradeoffs.md.jinja",
        front=front("Trade-offs", "The questions that recur, and what each case decided.", hide=["navigation"]),
        rows=rows,
        root="../",
    )
