"""Rules that hold for every record: its first line, its references, its links."""

import re
from collections.abc import Iterator
from typing import Any

from casebook.checks.scope import Scope
from casebook.document import Loc
from casebook.findings import Finding, Mend, Place
from casebook.mend import extent
from casebook.parts import fields_at, insertion
from casebook.spec import Block, Case, Grounded, Moved, Part, Tradeoff
from casebook.text import RECORD, is_web, links


def modeline(scope: Scope) -> Iterator[Finding]:
    """The first line should name the schema, so that an editor completes and checks the file."""
    kinds: dict[type[Part], str] = {Case: "case", Block: "block", Tradeoff: "tradeoff", Moved: "moved"}
    kind = kinds[type(scope.record)]
    wanted = f"# yaml-language-server: $schema=../../build/docs/schema/{kind}.json"
    if scope.document.line(1).strip() != wanted:
        first = scope.document.line(1)
        old = len(first) + 1 if first.startswith("# yaml-language-server") else 0
        fix, mends = f"make the first line `{wanted}`", (Mend(1, 1, old, f"{wanted}\n"),)
        yield scope.found("C111", (), "the first line does not name the schema", fix, mends=mends)


def figures(part: Any, loc: Loc = ()) -> Iterator[tuple[Loc, Grounded]]:
    """Walk every part of a record that can cite a source."""
    if isinstance(part, Grounded):
        yield loc, part
    if isinstance(part, Part):
        for name, field in type(part).model_fields.items():
            yield from figures(getattr(part, name), (*loc, field.alias or name))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from figures(value, (*loc, key))
    elif type(part) is tuple:  # not a quantity or a formula, which are tuples of their own
        for index, value in enumerate(part):
            yield from figures(value, (*loc, index))


def cited(scope: Scope) -> Iterator[Finding]:
    """A source must be a reference of the record and carry a quote; every reference should be cited."""
    known = {reference.id: reference for reference in scope.record.references}
    used = set()
    for loc, figure in figures(scope.record):
        if figure.quote and not figure.source:
            yield scope.found(
                "C091",
                (*loc, "quote"),
                "a quote stands without its source",
                "add `source:` with the id of the reference",
                mends=_sourced(scope, loc, figure.quote),
            )
        if figure.source is None:
            continue
        used.add(figure.source)
        if figure.source not in known:
            yield scope.unknown(
                "C090",
                (*loc, "source"),
                f'"{figure.source}" is not a reference of this record',
                figure.source,
                known,
                "a reference",
            )
        elif not figure.quote and not known[figure.source].quote:
            yield scope.found(
                "C091",
                (*loc, "source"),
                f'"{figure.source}" is cited without the words that carry the figure',
                "add `quote:` with the few words, here or at the reference",
            )
    for index, reference in enumerate(scope.record.references):
        if reference.id not in used and not reference.quote:
            yield scope.found(
                "C092",
                ("references", index, "id"),
                f'reference "{reference.id}" is cited by no figure and quotes nothing',
                "cite it as a `source`, quote what it is for, or delete it",
            )


def _sourced(scope: Scope, loc: Loc, quote: str) -> tuple[Mend, ...]:
    """Return the edit that gives a quote its source, if one reference alone can be meant: it has those words, or waits for some."""
    references = scope.record.references
    used = {figure.source for _, figure in figures(scope.record)}
    meant = [each.id for each in references if each.quote and (quote in each.quote or each.quote in quote)]
    meant = meant or [each.id for each in references if each.id not in used and not each.quote]
    meant = meant or [each.id for each in references if each.id not in used]
    return insertion(scope.document, type(scope.record), loc, "source", meant[0]) if len(meant) == 1 else ()


def apart(scope: Scope) -> Iterator[Finding]:
    """A line of a text must not begin with a key that its part lacks: a key too far in becomes text without a word."""
    document = scope.document
    for loc, _ in scope.texts:
        event, key = document.values.get(loc), document.keys.get(loc)
        if event is None or key is None or event.style not in (">", "|"):
            continue
        line, column = key.start_mark.line, key.start_mark.column
        for number in range(line + 1, extent(document.lines, line, column)):
            word = re.match(r"( +)([a-z_]+):(?= |$)", document.lines[number])
            part = document.at(loc[:-1])
            if word and word[2] not in part and word[2] in fields_at(type(scope.record), loc[:-1]):
                yield Finding(
                    "C027",
                    Place(document.path, number + 1, word.end(1) + 1, len(word[2]) + 1),
                    f"`{word[2]}:` stands in the text of `{loc[-1]}`",
                    document.lines[number],
                    "",
                    f"indent it by {column} spaces, or wrap the text at another word",
                    (Mend(number + 1, 1, len(word[1]), " " * column),),
                )


def linked(scope: Scope) -> Iterator[Finding]:
    """A link in a text must be http, https, or the path of a record."""
    for loc, text in scope.texts:
        for target, at in links(text):
            if not is_web(target) and not RECORD.match(target):
                yield scope.found(
                    "C032",
                    loc,
                    f'"{target[:60]}" is not a link that a text may hold',
                    "give an address that begins with https://, or a record such as `blocks/event-log`",
                    start=at,
                    end=at + max(1, len(target)),
                )


def sourced(scope: Scope) -> Iterator[Finding]:
    """A typical figure must say where it comes from."""
    if isinstance(scope.record, Block):
        for index, figure in enumerate(scope.record.figures):
            if not figure.source and not figure.why:
                yield scope.found(
                    "C049",
                    ("figures", index),
                    f'the figure "{figure.what}" has neither a source nor a reason',
                    "add `source:` with the id of a reference, or `why:` with the reason",
                    key=True,
                )


def own_ids(scope: Scope) -> Iterator[Finding]:
    """References must have ids of their own."""
    seen: set[str] = set()
    for index, reference in enumerate(scope.record.references):
        if reference.id in seen:
            yield scope.found(
                "C072",
                ("references", index, "id"),
                f'the id "{reference.id}" is used twice',
                "give one of them another id",
            )
        seen.add(reference.id)
