"""A case becomes a page: its numbers, requirements, decisions and variants in the words of its template; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casebook import charts, text, working
from casebook.checks.complete import OPTIONAL, lacking
from casebook.estimate import compute
from casebook.library import Entry, Library
from casebook.outcome import Numbers
from casebook.spec import Case, Decision, Moved, Name
from casebook.template import front, render

CREDITED = 10  # names at the foot of a page; the rest is counted


@dataclass(frozen=True)
class Names:
    """What a case's page says of other records: their titles and how they are shown."""

    blocks: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)  # id -> title, kind, icon
    tradeoffs: Mapping[str, tuple[str, str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]] = field(
        default_factory=dict
    )

    @staticmethod
    def of(library: Library) -> "Names":
        return Names(
            {
                name: (entry.record.title, entry.record.kind, entry.record.icon)
                for name, entry in library.blocks().items()
            },
            {
                name: (
                    entry.record.title,
                    entry.record.question,
                    tuple((option, part.title) for option, part in entry.record.options.items()),
                    tuple((criterion, part.title) for criterion, part in entry.record.criteria.items()),
                )
                for name, entry in library.tradeoffs().items()
            },
        )


def moved(key: str, stub: Moved) -> str:
    """Return the page of a stub: it leads on, by itself where the browser does so."""
    target = text.url(stub.moved_to, "../" * text.url(key).count("/"))
    return render(
        "moved.md.jinja",
        front=front(
            f"{key} has moved",
            f"It is {stub.moved_to} now.",
            f"cases/{key}.yml",
            template="moved.html",
            leads_to=target,
            hide=["navigation", "toc"],
            search={"exclude": True},
        ),
        key=key,
        stub=stub,
        target=target,
        root="../" * text.url(key).count("/"),
    )


def case(entry: Entry, names: Names, authors: Sequence[str] = ()) -> str:
    """Return the page of a case."""
    record: Case = entry.record
    numbers = entry.numbers
    assert numbers is not None
    root = "../../../"
    return render(
        "case.md.jinja",
        front=front(
            record.title,
            record.summary,
            entry.path,
            {"architecture": f"figures/{entry.key}.html"},
            hide=["navigation"],
            lists=False,  # a case has none of the cards and tiles: their styles are not loaded
            scripts=["live-case", "diagram-player"],
        ),
        key=entry.key,
        case=record,
        numbers=numbers,
        names=names,
        root=root,
        track=entry.folder,
        estimates=[_estimate(record, numbers, name) for name in record.estimates],
        requirements=[_requirement(record, numbers, index) for index in range(len(record.requirements.quality))],
        budgets=[charts.budget(record, numbers, name) for name in numbers.hops],
        decisions=[decision(entry, index, names) for index in range(len(record.tradeoffs))],
        variants=[_variant(record, numbers, name, names) for name in record.variants],
        strained=charts.strained(record, numbers),
        tornado=charts.tornado(record, numbers),
        standings={name: part.standing for name, part in record.assumptions.items()},
        references={reference.id: reference for reference in record.references},
        stated=lambda part: working.stated(record, numbers, part),
        lacking=lacking(record),
        parts=len(OPTIONAL),
        authors=credit(authors),
    )


def credit(authors: Sequence[str]) -> str:
    """Return the names of who wrote a record in one phrase; empty if nobody is known."""
    named = [*authors[:CREDITED]]
    if len(authors) > CREDITED:
        named.append(f"{len(authors) - CREDITED} more")
    return " and ".join(part for part in (", ".join(named[:-1]), *named[-1:]) if part)


def _estimate(record: Case, numbers: Numbers, name: str) -> dict[str, Any]:
    estimate = record.estimates[name]
    return {
        "name": name,
        "formula": working.with_names(estimate.formula.tree),
        "worked": working.with_values(estimate.formula.tree, record, numbers),
        "result": working.number(record, numbers, name),
        "why": estimate.why,
    }


def _requirement(record: Case, numbers: Numbers, index: int) -> dict[str, Any]:
    quality = record.requirements.quality[index]
    result = numbers.requirements[quality.id]
    unit = working.limit_unit(record, quality)
    sense = quality.limit.sense.replace("<=", "≤").replace(">=", "≥")
    limit = f"{sense} {working.amount(result.bound, unit) if isinstance(quality.limit.bound, Name) else working.written(quality.limit.bound)}"
    return {
        "quality": quality,
        "value": working.amount(result.value, unit),
        "limit": limit,
        "named": str(quality.limit.bound) if isinstance(quality.limit.bound, Name) else "",
        "holds": result.holds,
    }


def decision(entry: Entry, index: int, names: Names, page: str = "") -> dict[str, Any]:
    """Return a case's answer to a trade-off: its rule with names and with values, its options, where it flips."""
    record, numbers = entry.record, entry.numbers
    assert numbers is not None
    answer: Decision = record.tradeoffs[index]
    title, question, options, criteria = names.tradeoffs[answer.about]
    picked = numbers.picks.get(index)
    rule = [
        {
            "pick": dict(options)[choice.pick],
            "when": working.with_names(choice.when.tree, page) if choice.when else None,
            "worked": working.with_values(choice.when.tree, record, numbers) if choice.when else None,
            "taken": bool(picked) and picked is not None and picked[1] == line,
        }
        for line, choice in enumerate(answer.choose)
    ]
    return {
        "index": index + 1,
        "decision": answer,
        "title": title,
        "question": answer.question or question,
        "options": [
            {"id": name, "title": label, "part": answer.options[name], "picked": name == answer.pick}
            for name, label in options
            if name in answer.options
        ],
        "criteria": criteria,
        "rule": rule,
        "pick": dict(options)[answer.pick],
        "flips": charts.flipping(entry, index, dict(options)),
    }


def _variant(record: Case, numbers: Numbers, name: str, names: Names) -> dict[str, Any]:
    """Return a variant with what it changes: assumptions, estimates, requirements and picks."""
    variant = record.variants[name]
    other = compute(record, variant.set, numbers)
    shown = [
        (estimate, working.number(record, numbers, estimate), working.number(record, other, estimate))
        for estimate in record.estimates
        if numbers.values[estimate] != other.values[estimate]
    ]
    changed = [{"name": name, "before": before, "after": after} for name, before, after in shown if before != after]
    missed = [
        {
            "quality": quality,
            "value": working.amount(other.requirements[quality.id].value, working.limit_unit(record, quality)),
            "limit": working.amount(other.requirements[quality.id].bound, working.limit_unit(record, quality)),
        }
        for quality in record.requirements.quality
        if not other.requirements[quality.id].holds
    ]
    flips = [
        {
            "title": names.tradeoffs[made.about][0],
            "before": dict(names.tradeoffs[made.about][2])[made.pick],
            "after": dict(names.tradeoffs[made.about][2])[other.picks[index][0]],
            "index": index + 1,
        }
        for index, made in enumerate(record.tradeoffs)
        if index in other.picks and other.picks[index][0] != made.pick
    ]
    strained = [
        {"label": record.architecture.components[part].label, "share": round(100 * share)}
        for part, share in other.utilisation.items()
        if share > 1
    ]
    sets = [
        {"name": part, "before": working.written(record.assumptions[part].value), "after": working.written(amount)}
        for part, amount in variant.set.items()
    ]
    return {
        "id": name,
        "variant": variant,
        "meets": [quality.text for quality in record.requirements.quality if quality.id in variant.meets],
        "sets": sets,
        "changed": changed,
        "missed": missed,
        "flips": flips,
        "strained": strained,
    }
