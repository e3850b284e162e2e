"""Edits of a file: what a finding proposes, made to its text. Pure; lines and columns count from 1."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from casebook.findings import Finding, Mend, Place

_BREAK = re.compile(r"\r\n|\r|\n")
_PLAIN = re.compile(r"[^\W_](?:[^\n:#]|:(?=\S)|(?<=\S)#)*(?<![\s:])")


def apply(text: str, mends: Iterable[Mend]) -> str:
    """Return a text after some edits, which must not overlap."""
    newline = _BREAK.search(text)
    plain = _BREAK.sub("\n", text)
    span = _spans(plain)
    pieces, done = [], 0
    for mend in sorted(dict.fromkeys(mends), key=span):
        start, end = span(mend)
        pieces += [plain[done:start], mend.text]
        done = max(done, end)
    made = "".join([*pieces, plain[done:]])
    return made.replace("\n", newline[0]) if newline else made


def together(text: str, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings whose edits of a text can be made at once: none cuts into that of one before."""
    span = _spans(_BREAK.sub("\n", text))
    taken: list[tuple[int, int]] = []
    chosen = []
    for finding in findings:
        spans = [span(mend) for mend in finding.mends]
        if spans and not any(start < far and near < end for start, end in spans for near, far in taken):
            taken += spans
            chosen.append(finding)
    return chosen


def _spans(text: str) -> Callable[[Mend], tuple[int, int]]:
    """Return a function from an edit to the first character of a text that it replaces, and the one after the last."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def span(mend: Mend) -> tuple[int, int]:
        start = min(starts[min(mend.line, len(starts)) - 1] + mend.column - 1, len(text))
        return start, min(start + mend.width, len(text))

    return span


def swap(place: Place, line: str, old: str, new: str) -> tuple[Mend, ...]:
    """Return the edit that puts a name in the place of another, if just that stands there, in quotes or not."""
    shown = line[place.column - 1 : place.column - 1 + place.width]
    quoted = 1 if shown[:1] in ("'", '"') and len(shown) > 1 else 0
    if not new or shown[quoted : len(shown) - quoted] != old:
        return ()
    if re.match(">=? ", new) and not quoted:  # a limit, which YAML would take for folded text
        new = f'"{new}"'
    return (Mend(place.line, place.column + quoted, len(old), new),)


def quote(lines: Sequence[str], line: int, column: int) -> tuple[Mend, ...]:
    """Return the edits that put quotes round a text in block style, from where it begins to its end. Counted from 0."""
    after = extent(lines, line, column - 1)
    text = "\n".join([lines[line][column:], *lines[line + 1 : after]]).rstrip()
    mark = next((mark for mark in "\"'" if mark not in text and not (mark == '"' and "\\" in text)), "")
    if not mark or " #" in text:
        return ()
    return Mend(line + 1, column + 1, 0, mark), Mend(after, len(lines[after - 1].rstrip()) + 1, 0, mark)


def extent(lines: Sequence[str], line: int, column: int) -> int:
    """Return the line after a key's value: up to there all is further in, or a list as far in. Counted from 0."""
    after = line + 1
    for number in range(line + 1, len(lines)):
        bare = lines[number].lstrip(" ")
        indent = len(lines[number]) - len(bare)
        if bare and indent <= column and not (indent == column and bare.startswith("- ")):
            break
        if bare:
            after = number + 1
    return after


def cut(lines: Sequence[str], first: int, after: int) -> Mend:
    """Return the edit that deletes whole lines, counted from 0."""
    return Mend(first + 1, 1, sum(len(line) + 1 for line in lines[first:after]), "")


def scalar(text: str, flow: bool = False) -> str:
    """Return a text as YAML of one line: as it is where it may stand so, in quotes elsewhere."""
    plain = _PLAIN.fullmatch(text) and not (flow and re.search(r"[\[\]{},]", text))
    return text if plain else json.dumps(text, ensure_ascii=False)


def written(value: object, indent: int, flow: bool) -> str:
    """Return a value as YAML to stand behind a key and its colon, which is so far in."""
    if flow or not isinstance(value, (dict, list)):
        return f" {_inline(value, flow)}"
    lead = "\n" + " " * (indent + 2)
    if isinstance(value, list):
        return "".join(f"{lead}-{written(each, indent + 2, flow).replace(lead + '  ', ' ', 1)}" for each in value)
    return "".join(f"{lead}{key}:{written(each, indent + 2, flow)}" for key, each in value.items())


def _inline(value: object, flow: bool) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_inline(each, True)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(each, True) for each in value) + "]"
    return scalar(str(value), flow)
