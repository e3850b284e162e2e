"""What could have been meant by a file that cannot be read: a tab, an indent, a quotation mark, a bracket, a colon.

Each guess says where the slip would be, what to say of it, and what mends it; `slips` tries them.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from casebook import mend
from casebook.findings import Finding, Mend

NEARBY = 60  # lines
TAB = "is not YAML: a tab stands in the indent"
LIKE = re.compile(r" +([a-z_]+):(?= |$)")  # a line that begins like a key
_KEY = re.compile(r"(?P<lead> *(?:- +)*)(?P<key>[\w-]+)(?P<colon>:(?: +|$))?(?P<value>.*)")


class Guess(NamedTuple):
    """What could have been meant: where the slip is, what to say of it, and the edits that mend it."""

    place: tuple[int, int, int]  # line, column, width
    what: str
    fix: str
    mends: tuple[Mend, ...]


def guesses(finding: Finding, lines: list[str]) -> Iterator[Guess]:
    """Return what could have been meant, the likeliest first."""
    if finding.code == "C004":
        yield from _machinery(finding, lines)
        return
    at = min(finding.place.line, len(lines)) - 1
    near = [number for number in range(at, max(-1, at - 12), -1) if lines[number].strip()][:4]
    tabs = [number for number in near if "\t" in _lead(lines[number])]
    for number in tabs[:1]:
        yield from _tabs(lines, number)
    for number in near[:2]:
        yield from _quotes(lines, number)
    for number in near[:2]:
        yield from _brackets(lines, number)
    for number in [*near, *range(at, -1, -1)]:
        yield from _unclosed(lines, number)
    for number in near[:2]:
        yield from _colons(lines, number)
    for number in dict.fromkeys([*_suspects(lines, at), *near[:3]]):
        yield from indents(lines, number)


def texts(lines: list[str]) -> Iterator[int]:
    """Return the numbers of the lines that are text of several lines."""
    number = 0
    while number < len(lines):
        found = re.fullmatch(r"( *(?:- +)*)([\w-]+: +)?[>|][-+]?\s*", lines[number])
        number += 1
        if found:
            after = mend.extent(lines, number - 1, len(found[1]) - (0 if found[2] else 1))
            yield from range(number, after)
            number = after


def _suspects(lines: list[str], at: int) -> list[int]:
    """Return the lines above one that are in by an odd number of spaces, or begin a part with nothing in it."""
    first = max(0, at - NEARBY)
    text = {first + number for number in texts(lines[first : at + 1])}
    filled = [number for number in range(at, first - 1, -1) if lines[number].strip() and number not in text]
    found = [number for number in filled if len(_lead(lines[number])) % 2]
    for below, number in pairwise(filled):
        inner = lines[below].lstrip().startswith("- ")
        if lines[number].rstrip().endswith(":") and len(_lead(lines[below])) <= len(_lead(lines[number])) and not inner:
            found.append(number)
    return found[:3]


def _lead(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _fitting(lines: list[str], number: int) -> list[int]:
    """Return the indents that would fit a line: those of its neighbours, and one level in or out, the likeliest first."""
    above = next((line for line in lines[number - 1 :: -1] if line.strip()), "") if number else ""
    below = next((line for line in lines[number + 1 :] if line.strip()), "")
    here, up, down = lines[number].strip(), len(_lead(above)), len(_lead(below))
    opens = re.search(r":( [>|][+-]?)?$", above.rstrip())
    inside = up + 2 if opens else up + (2 if above.lstrip().startswith("- ") and not here.startswith("- ") else 0)
    outside = [down - 2] if here.endswith(":") and down >= 2 else []
    return [*dict.fromkeys(each for each in (*outside, inside, down, up, up + 2, up - 2, up - 4) if each >= 0)]


def indents(lines: list[str], number: int) -> Iterator[Guess]:
    lead, line = _lead(lines[number]), lines[number]
    first = max(0, number - NEARBY)
    for indent in sorted(_fitting(lines, number), key=lambda indent: abs(indent - len(lead))):
        made = [*lines[first:number], " " * indent + line.lstrip()]
        swallowed = LIKE.match(made[-1]) and number - first in texts(made)  # it would be text, without a word
        if indent != len(lead) and not swallowed:
            what = f"is not YAML: this line is {len(lead)} spaces in, where {indent} fit"
            place = (number + 1, len(lead) + 1, max(1, len(line.strip())))
            yield Guess(place, what, f"indent it by {indent} spaces", (Mend(number + 1, 1, len(lead), " " * indent),))


def _tabs(lines: list[str], number: int) -> Iterator[Guess]:
    """All tabs of the file in steps of two spaces, for who indents with them; this line alone, where that fits."""
    leads = [(at, _lead(line)) for at, line in enumerate(lines, 1)]
    steps = tuple(Mend(at, 1, len(lead), lead.replace("\t", "  ")) for at, lead in leads if "\t" in lead)
    lead = _lead(lines[number])
    alone = [(Mend(number + 1, 1, len(lead), " " * indent),) for indent in _fitting(lines, number)]
    place = (number + 1, lead.index("\t") + 1, lead.count("\t"))
    for mends in [steps, *alone] if len(steps) > 1 else alone:
        yield Guess(place, TAB, "indent with spaces; YAML has no tabs", mends)


def _quotes(lines: list[str], number: int) -> Iterator[Guess]:
    """A text that holds `: `, or begins with what means something else in YAML, or has one quotation mark of two."""
    found = _KEY.fullmatch(lines[number])
    if not found:
        return
    start = found.start("value") if found["colon"] else found.start("key")
    value = lines[number][start:].rstrip()
    spot = (number + 1, start + 1, len(value))
    if value[-1:] in ("'", '"') and value.count(value[-1]) == 1:
        what = f"is not YAML: the text ends with {value[-1]}, but does not begin with it"
        yield Guess(spot, what, "put the other quotation mark in", (Mend(number + 1, start + 1, 0, value[-1]),))
    elif value and value[0] not in "\"'{" and (quoted := mend.quote(lines, number, start)):
        colon = value.find(": ")
        holds = (
            f"a {'limit' if value[0] == '>' else 'text'} that begins with `{value[0]}`"
            if colon < 0
            else "a text that holds `: `"
        )
        place = spot if colon < 0 else (number + 1, start + 1 + colon, 1)
        yield Guess(place, f"is not YAML: {holds} needs quotes", "put quotes round it", quoted)
    for part in re.finditer(r"(?<=: )[>@`%*&!|][^,}\]\"']*", lines[number]) if "{" in lines[number] else ():
        shown, column = part[0].rstrip(), part.start() + 1
        what = f"is not YAML: a text that begins with `{shown[0]}` needs quotes"
        mends = (Mend(number + 1, column, 0, '"'), Mend(number + 1, column + len(shown), 0, '"'))
        yield Guess((number + 1, column, len(shown)), what, "put quotes round it", mends)


def _unclosed(lines: list[str], number: int) -> Iterator[Guess]:
    """A text that begins with a quotation mark and does not end with it on its line."""
    found = re.search(r"(?:: |- |^)([\"'])", lines[number])
    if found and lines[number].count(found[1]) % 2:
        end = len(lines[number].rstrip()) + 1
        what = f"is not YAML: the text begins with {found[1]}, but does not end with it"
        place = (number + 1, found.start(1) + 1, end - found.start(1) - 1)
        yield Guess(place, what, "put the other quotation mark in", (Mend(number + 1, end, 0, found[1]),))


def _brackets(lines: list[str], number: int) -> Iterator[Guess]:
    line = lines[number].rstrip()
    open_: list[int] = []
    pairs = {"]": "[", "}": "{"}
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", lambda text: " " * len(text[0]), line)
    for column, letter in enumerate(bare):
        if letter in "[{":
            open_.append(column)
        elif letter in pairs and open_ and bare[open_[-1]] == pairs[letter]:
            open_.pop()
        elif letter in pairs:
            what = f"is not YAML: `{letter}` closes nothing"
            yield Guess((number + 1, column + 1, 1), what, "delete it", (Mend(number + 1, column + 1, 1, ""),))
            return
    if open_:
        closing = "".join({"[": "]", "{": "}"}[bare[column]] for column in reversed(open_))
        what = f"is not YAML: `{bare[open_[-1]]}` is not closed"
        mends = (Mend(number + 1, len(line) + 1, 0, closing),)
        yield Guess((number + 1, open_[-1] + 1, len(line) - open_[-1]), what, f"close it with `{closing}`", mends)


def _colons(lines: list[str], number: int) -> Iterator[Guess]:
    """A key without its colon, or without the space behind it."""
    found = re.match(r" *(?:- +)*[a-z][\w-]*(:?)(\s?)(?=\S|$)", lines[number])
    if found and not (found[1] and found[2]):
        end, width = found.start(1), len(found[1]) + len(found[2])
        place = (number + 1, end + 1, max(1, width))
        what = "is not YAML: a key without `: `"
        tail = ": " if lines[number][found.end() :].strip() else ":"
        yield Guess(place, what, "put `: ` behind the key", (Mend(number + 1, end + 1, width, tail),))


def _machinery(finding: Finding, lines: list[str]) -> Iterator[Guess]:
    """An anchor with its aliases, or a tag: what is meant is written out where it is needed."""
    place = finding.place
    found = re.match(r"([&!])([^\s,\[\]{}]*)\s*", lines[place.line - 1][place.column - 1 :])
    if not found:
        return
    mends = [Mend(place.line, place.column, len(found[0]), "")]
    if found[1] == "&":
        rest = lines[place.line - 1][place.column - 1 + len(found[0]) :]
        meant = rest[: place.width - len(found[0])].strip() if place.width > 1 else ""
        aliases = re.compile(rf"\*{re.escape(found[2])}(?![\w-])")
        mends += [
            Mend(number, alias.start() + 1, len(alias[0]), meant)
            for number, line in enumerate(lines, 1)
            for alias in aliases.finditer(line)
        ]
    yield Guess(place[1:], finding.what, finding.fix, tuple(mends))
