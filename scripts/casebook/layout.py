"""The canonical form of a record's file: keys in the order of the spec, texts wrapped at 100 columns.

Works on the lines of the file: whole keys change places with the comments above them, and nothing else
is touched. (A round trip through a YAML writer would carry comments off with their neighbours and
rewrite every quote.) What comes out is read again; if it does not say the same, the file stays as it was.
"""

import re
import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from casebook import source
from casebook.document import Document, Loc
from casebook.library import FOLDERS
from casebook.parts import fields_at
from casebook.spec import Moved, Part

WIDTH = 100


def tidy(raw: bytes, folder: str) -> bytes:
    """Return the bytes of a record in canonical form; as they are, if they are no record of a folder of the library."""
    document = _read(raw)
    if document is None or folder not in FOLDERS:
        return raw
    model = Moved if "moved_to" in document.data else FOLDERS[folder]
    for step in (_ordered, _wrapped):
        made = "\n".join(step(document, model)).encode()
        read = _read(made)
        if read is not None and read.data == document.data and _comments(read) == _comments(document):
            document, raw = read, made
    return raw.rstrip() + b"\n"


def _read(raw: bytes) -> Document | None:
    document, found = source.parse(raw, "")
    return document if document is not None and not found else None


def _comments(document: Document) -> list[str]:
    return sorted(found[0] for line in document.lines if "#" in line and (found := re.search(r"(?:^|\s)#.*", line)))


def _ordered(document: Document, model: type[Part]) -> list[str]:
    first = 1 if document.lines[0].startswith("# yaml-language-server:") else 0  # which stays where editors look
    return [*document.lines[:first], *_mapping(document, model, (), first, len(document.lines))]


def _mapping(document: Document, model: type[Part], loc: Loc, low: int, high: int) -> list[str]:
    """Return the lines `low` to `high`, which hold a mapping in block style, with its keys in order."""
    names = list(document.at(loc))
    if not names:
        return list(document.lines[low:high])
    marks = [document.keys[(*loc, name)].start_mark for name in names]
    if any(mark.line == other.line for mark, other in pairwise(marks)):
        return list(document.lines[low:high])  # in braces: it stays as it was typed
    column = marks[0].column
    # A comment on lines of its own goes with the key below it; at the end, what is further out stays there.
    end = high
    while high > low and _outside(document.lines[high - 1], column):
        high -= 1
    starts = [max(low, _lead(document.lines, mark.line, column)) for mark in marks]
    parts = {
        name: _entry(document, model, (*loc, name), begin, end, mark.line)
        for name, mark, begin, end in zip(names, marks, starts, [*starts[1:], high], strict=True)
    }
    wanted = [name for name in fields_at(model, loc) if name in parts]
    wanted += [name for name in names if name not in wanted]
    if wanted != names and fields_at(model, loc):
        opening, (first, second) = document.lines[marks[0].line][:column], (names[0], wanted[0])
        if second != first and opening.strip():  # `- key: …`: the dash goes to the key that comes first now
            if starts[names.index(second)] != marks[names.index(second)].line:
                wanted = names
            else:
                parts[first][0] = " " * column + parts[first][0][column:]
                parts[second][0] = opening + parts[second][0][column:]
    lines = [line for name in (wanted if fields_at(model, loc) else names) for line in parts[name]]
    return [*document.lines[low : starts[0]], *lines, *document.lines[high:end]]


def _outside(line: str, column: int) -> bool:
    bare = line.lstrip()
    return not bare or (bare.startswith("#") and len(line) - len(bare) < column)


def _lead(lines: Sequence[str], line: int, column: int) -> int:
    """Return the first of the comment lines that stand directly above a key, as far in as it."""
    while line > 0 and re.match(rf" {{{column}}}#", lines[line - 1]):
        line -= 1
    return line


def _entry(document: Document, model: type[Part], loc: Loc, low: int, high: int, at: int) -> list[str]:
    """Return the lines of a key and its value, with the mappings within it in order."""
    value: Any = document.at(loc)
    lines = document.lines
    if isinstance(value, dict) and value:
        if document.keys[(*loc, next(iter(value)))].start_mark.line > at:
            return [*lines[low : at + 1], *_mapping(document, model, loc, at + 1, high)]
    elif isinstance(value, list) and value:
        starts = [document.values[(*loc, index)].start_mark.line for index in range(len(value))]
        if starts[0] > at and len(set(starts)) == len(starts):
            made = list(lines[low : starts[0]])
            for index, (begin, end) in enumerate(zip(starts, [*starts[1:], high], strict=True)):
                inner = isinstance(value[index], dict) and value[index]
                made += _mapping(document, model, (*loc, index), begin, end) if inner else lines[begin:end]
            return made
    return list(lines[low:high])


def _wrapped(document: Document, model: type[Part]) -> list[str]:  # noqa: ARG001 - a step like the other
    lines = list(document.lines)
    # From the foot upwards, so that the lines above keep their numbers.
    for loc, event in sorted(document.values.items(), key=lambda pair: -pair[1].start_mark.line):
        value = document.at(loc)
        if not isinstance(value, str) or not loc:
            continue
        first, last = event.start_mark.line, event.end_mark.line
        if (event.style in ("|", ">") and event.end_mark.column == 0) or last >= len(lines):
            last -= 1
        while last > first and not lines[last].strip():
            last -= 1
        before = lines[first][: event.start_mark.column]
        found = re.fullmatch(r"( *(?:- +)*)([\w-]+: +)?", before)
        if event.style == "|" or found is None:
            continue
        if event.style == ">":
            folded = True
        else:
            folded = last > first or len(lines[first].rstrip()) > WIDTH
            if "#" in lines[last][event.end_mark.column :]:
                continue  # a comment stands behind it
        if not folded:
            continue
        indent = len(found[1]) + (2 if found[2] else 0)
        made = _folded(before.rstrip(), value, indent)
        again = _read("\n".join([" " * len(found[1]) + "x: " + made[0].partition(">-")[1], *made[1:]]).encode())
        if again is not None and again.data == {"x": value}:
            lines[first : last + 1] = made
    return lines


def _folded(opening: str, value: str, indent: int) -> list[str]:
    """Return a text as a folded scalar: a line break of the text is a blank line, twice over for a paragraph."""
    made = [f"{opening} >-"]
    for index, line in enumerate(value.split("\n")):
        if index:
            made.append("")
        wrapped = textwrap.wrap(line, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        made += [" " * indent + part for part in wrapped]
    return made
