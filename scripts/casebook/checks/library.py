"""Rules over the library as a whole, from what each record says of others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casebook.checks.scope import Use
from casebook.findings import Finding, Mend, Place
from casebook.meant import Near, nearest
from casebook.mend import swap


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the rules see of the library: each record's uses, by key, and what there is to be used."""

    uses: Mapping[str, tuple[Use, ...]]
    known: frozenset[str]  # the key of every file, also of those that do not pass
    moved: Mapping[str, str]  # the keys of stubs, and where each leads
    drafts: frozenset[str]
    options: Mapping[str, tuple[str, ...]]  # trade-off -> its options
    criteria: Mapping[str, tuple[str, ...]]
    icons: frozenset[str]
    before: frozenset[str]  # the keys of records that were published once


def _found(code: str, use: Use, what: str, fix: str, note: str = "", mends: tuple[Mend, ...] = ()) -> Finding:
    return Finding(code, use.place, what, use.line, note, fix, mends)


def _unknown(code: str, use: Use, name: str, kind: str, known: list[str], fix: str, moved: str = "") -> Finding:
    near = Near(moved, True) if moved else nearest(name, known)
    note = f'it is "{moved}" now' if moved else near.note
    mends = swap(use.place, use.line, name, near.name) if near.sure else ()
    return _found(code, use, f'"{name}" is not {kind}', fix, note, mends)


def existing(shelf: Shelf) -> Iterator[Finding]:
    """Every block, trade-off, option, criterion, icon and linked record must exist."""
    live = sorted(shelf.known - shelf.moved.keys())
    blocks = [key.split("/")[1] for key in live if key.startswith("blocks/")]
    tradeoffs = [key.split("/")[1] for key in live if key.startswith("tradeoffs/")]

    def now(key: str) -> str:
        return shelf.moved.get(key, "").rpartition("/")[2]

    for used in shelf.uses.values():
        for use in used:
            owner, _, name = use.target.partition("/")
            if use.kind == "block" and use.target not in blocks:
                yield _unknown(
                    "C052",
                    use,
                    use.target,
                    "a block of the library",
                    blocks,
                    f"use the id of a file in cases/blocks/, or add cases/blocks/{use.target}.yml",
                    now(f"blocks/{use.target}"),
                )
            elif use.kind == "tradeoff" and use.target not in tradeoffs:
                yield _unknown(
                    "C080",
                    use,
                    use.target,
                    "a trade-off of the library",
                    tradeoffs,
                    f"use the id of a file in cases/tradeoffs/, or add cases/tradeoffs/{use.target}.yml",
                    now(f"tradeoffs/{use.target}"),
                )
            elif use.kind == "option" and owner in shelf.options and name not in shelf.options[owner]:
                yield _unknown(
                    "C081",
                    use,
                    name,
                    f'an option of the trade-off "{owner}"',
                    list(shelf.options[owner]),
                    f"use one of {', '.join(shelf.options[owner])}",
                )
            elif use.kind == "criterion" and owner in shelf.criteria and name not in shelf.criteria[owner]:
                yield _unknown(
                    "C081",
                    use,
                    name,
                    f'a criterion of the trade-off "{owner}"',
                    list(shelf.criteria[owner]),
                    f"use one of {', '.join(shelf.criteria[owner])}",
                )
            elif use.kind == "link" and use.target not in live:
                yield _unknown(
                    "C033",
                    use,
                    use.target,
                    "a record of the library",
                    live,
                    "link to a record by its folder and id, such as `blocks/event-log`",
                    shelf.moved.get(use.target, ""),
                )
            elif use.kind == "icon" and use.target not in shelf.icons:
                yield _unknown(
                    "C103",
                    use,
                    use.target,
                    "an icon",
                    sorted(shelf.icons),
                    f"use one of {', '.join(sorted(shelf.icons))}",
                )


def leading(shelf: Shelf) -> Iterator[Finding]:
    """A stub must lead to a record of its kind that is there, and not to another stub."""

    def kind(key: str) -> str:
        return key.split("/")[0] if key.startswith(("blocks/", "tradeoffs/")) else "case"

    live = sorted(shelf.known - shelf.moved.keys())
    for key, used in shelf.uses.items():
        for use in used:
            if use.kind == "moved" and (use.target not in live or kind(use.target) != kind(key)):
                yield _unknown(
                    "C104",
                    use,
                    use.target,
                    f"a record that {key} could have moved to",
                    [name for name in live if kind(name) == kind(key)],
                    "name a record of the same kind by its folder and id",
                    shelf.moved.get(use.target, ""),
                )


def kept(shelf: Shelf) -> Iterator[Finding]:
    """A record that was published must not go without leaving a stub: its address is in people's links."""
    for key in sorted(shelf.before - shelf.known):
        yield Finding(
            "C106",
            Place(f"cases/{key}.yml", 1, 1),
            f'"{key}" was published, and is gone',
            fix="put a stub in its place, two lines: the modeline of `moved.json`, and `moved_to: ` with folder and id of what took its place",
        )


def published(shelf: Shelf) -> Iterator[Finding]:
    """A record that is published must not link or lead to a draft, whose page is not."""
    for key, used in shelf.uses.items():
        for use in used:
            if use.kind in ("link", "moved") and use.target in shelf.drafts and key not in shelf.drafts:
                yield _found(
                    "C105",
                    use,
                    f'"{use.target}" is a draft, which is not published',
                    "publish the draft first, or take the link away",
                )


def rated(shelf: Shelf) -> Iterator[Finding]:
    """An option should be rated against every criterion of its trade-off."""
    for used in shelf.uses.values():
        for use in used:
            owner, _, ratings = use.target.partition("/")
            # A misspelt criterion is reported as such, and not once more as the one that is lacking.
            if use.kind == "rated" and set(ratings.split()) <= set(shelf.criteria.get(owner, ())):
                lacking = [name for name in shelf.criteria[owner] if name not in ratings.split()]
                if lacking:
                    yield _found(
                        "C087",
                        use,
                        f"the option is not rated by {', '.join(lacking)}",
                        "rate it from -2 to 2 by each criterion of the trade-off",
                    )


def distinct(shelf: Shelf) -> Iterator[Finding]:
    """No two records may share a title, and no two texts of the library may be the same."""
    for kind, code in (("title", "C100"), ("text", "C101")):
        first: dict[str, Use] = {}
        for key in sorted(shelf.uses):
            for use in shelf.uses[key]:
                if use.kind != kind:
                    continue
                target = use.target.casefold()
                if target not in first:
                    first[target] = use
                elif kind == "title":
                    yield _found(
                        code,
                        use,
                        f'"{use.target}" is the title of {first[target].place.path} too',
                        "say what tells the two apart",
                    )
                else:
                    yield _found(
                        code,
                        use,
                        f"this text stands in {first[target].place.path}, line {first[target].place.line}, too",
                        "say what is particular here, or move it into a block or a trade-off and link to it",
                    )


def employed(shelf: Shelf) -> Iterator[Finding]:
    """A block should be used by a case, and a trade-off decided by one."""
    cases = [used for key, used in shelf.uses.items() if key.split("/")[0] not in ("blocks", "tradeoffs")]
    wanted = {f"{use.kind}s/{use.target}" for used in cases for use in used if use.kind in ("block", "tradeoff")}
    for key in sorted(shelf.uses.keys() - shelf.moved.keys()):
        if key.startswith(("blocks/", "tradeoffs/")) and key not in wanted:
            title = next(use for use in shelf.uses[key] if use.kind == "title")
            verb = "is used by" if key.startswith("blocks/") else "is decided in"
            yield _found(
                "C102",
                title,
                f'"{title.target}" {verb} no case',
                "use it in a case, or keep it for the one that is coming",
            )


RULES = (existing, leading, kept, published, rated, distinct)
