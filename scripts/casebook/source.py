"""YAML text becomes a Document, or the findings that say why it is none.

The only module that imports yaml. Every scalar stays the text that it looks like: `no`, `12:30` and
`1.10` are text, and the spec makes numbers of what should be numbers. Aliases, tags, several documents
and a key twice are refused.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from casebook.document import Document, Loc, place_of
from casebook.findings import LISTED, Finding, Mend, Place, rest
from casebook.mend import cut, extent

LARGEST = 256 * 1024  # bytes; four times a long case
MOST = 5000  # values; four times a long case
DEEPEST = 16

_BREAK = re.compile(r"\r\n|\r|\n")

try:
    _Loader: Any = yaml.CSafeLoader
except AttributeError:  # a PyYAML built without libyaml: slower, the same events
    _Loader = yaml.SafeLoader


def plain(raw: bytes) -> str:
    """Return the text of a file that is UTF-8, with line breaks of one kind."""
    return _BREAK.sub("\n", raw.decode("utf-8-sig"))


class _RefusedError(Exception):
    def __init__(self, code: str, mark: Any, end: Any, message: str, fix: str) -> None:
        super().__init__(message)
        self.code, self.mark, self.end, self.message, self.fix = code, mark, end, message, fix


def read(path: Path, name: str) -> tuple[Document | None, list[Finding]]:
    """Read one file, called `name` in findings. A file that is no YAML of ours gives findings alone."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            return None, [
                Finding(
                    "C002",
                    Place(name, 1, 1),
                    f"is {size:,} bytes long, but a record has at most {LARGEST:,}",
                    fix="move what recurs into a block or a trade-off, and cut the rest",
                )
            ]
        raw = path.read_bytes()
    except OSError as error:
        return None, [
            Finding(
                "C001",
                Place(name, 1, 1),
                f"cannot be read: {error.strerror or error}",
                fix="check the file and its rights",
            )
        ]
    return parse(raw, name)


def parse(raw: bytes, name: str) -> tuple[Document | None, list[Finding]]:
    """Read the bytes of one file into a Document; see `read`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raw = error.object  # without a byte order mark, as the places are
        line, column = _end(raw[: error.start].decode())
        return None, [
            Finding(
                "C001",
                Place(name, line, column),
                f"is not UTF-8 text: byte 0x{raw[error.start]:02x}",
                fix="save the file as UTF-8",
            )
        ]
    odd = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff\ufeff]", text)
    if odd:
        line, column = _end(text[: odd.start()])
        return None, [
            Finding(
                "C001",
                Place(name, line, column),
                f"is not plain text: it holds the character U+{ord(odd[0]):04X}",
                fix="delete that character, or save the file as plain UTF-8 text",
            )
        ]
    text = _BREAK.sub("\n", text)
    try:
        return _build(text, name)
    except _RefusedError as refused:
        lines = text.split("\n")
        width = refused.end.column - refused.mark.column if refused.end and refused.end.line == refused.mark.line else 1
        place = Place(name, refused.mark.line + 1, refused.mark.column + 1, max(1, width))
        if place.line > len(lines):  # what is not there stands, for the parser, below the last line
            place = Place(name, len(lines), len(lines[-1]) + 1)
        return None, [Finding(refused.code, place, refused.message, lines[place.line - 1], fix=refused.fix)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        lines = text.split("\n")
        if line > len(lines) or (line == len(lines) > 1 and not lines[-1]):
            # The parser met the end of the file: point at the end of its last line that holds text.
            line = max(1, len(text.rstrip("\n").split("\n")))
            column = len(lines[line - 1]) + 1
        problem = (error.problem or "is not YAML").replace("could not find expected ':'", "a key without `:`")
        return None, [
            Finding(
                "C003",
                Place(name, line, column),
                f"is not YAML: {problem}",
                lines[line - 1],
                fix=_syntax_fix(lines, line, problem),
            )
        ]
    except yaml.YAMLError as error:
        return None, [Finding("C003", Place(name, 1, 1), f"is not YAML: {error}", fix="check indentation and quotes")]


def _without(lines: list[str], key: Any, value: Any) -> tuple[Mend, ...]:
    """Return the edit that deletes a key with its value: its lines or, within braces, what stands before the next comma."""
    line, column = key.start_mark.line, key.start_mark.column
    before = lines[line][:column].rstrip()
    if not before:
        return (cut(lines, line, extent(lines, line, column)),)
    end = value.end_mark
    if not before.endswith(",") or end.line != line or not isinstance(value, yaml.ScalarEvent):
        return ()
    return (Mend(line + 1, len(before), end.column - len(before) + 1, ""),)


def _end(text: str) -> tuple[int, int]:
    """Return the line and column at which the next character would stand."""
    lines = _BREAK.split(text)
    return len(lines), len(lines[-1]) + 1


def _syntax_fix(lines: list[str], line: int, problem: str) -> str:
    if "\t" in lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]:
        return "indent with spaces; YAML has no tabs"
    if "mapping values are not allowed" in problem:
        return "put quotes round a text that holds `: `"
    if "cannot start any token" in problem:
        return "put quotes round a text that begins with a special character"
    return "check indentation, quotes and brackets on this line and the one above"


def _build(text: str, name: str) -> tuple[Document | None, list[Finding]]:
    """Walk the parser's events into values and places; faults that leave a value are collected."""
    keys: dict[Loc, Any] = {}
    values: dict[Loc, Any] = {}
    ends: dict[Loc, Any] = {}
    found: list[Finding] = []
    lines = text.split("\n")

    def refuse(code: str, event: Any, message: str, fix: str) -> _RefusedError:
        return _RefusedError(code, event.start_mark, event.end_mark, message, fix)

    def read(event: Any) -> str | None:
        if not event.style and event.value in ("", "~", "null", "Null", "NULL"):
            return None
        return str(event.value)

    def build(event: Any, loc: Loc, events: Iterator[Any]) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise refuse(
                "C004", event, "anchors and aliases are not used in records", "write the value out where it is needed"
            )
        if event.tag and event.tag != "!":
            raise refuse("C004", event, f"the tag {event.tag[:40]} is not used in records", "delete the tag")
        if len(loc) > DEEPEST:
            raise refuse(
                "C002", event, f"is nested deeper than {DEEPEST} levels", "records are flat: see the field reference"
            )
        values[loc] = event
        if len(values) + len(found) > MOST:
            raise refuse(
                "C002", event, f"holds more than {MOST:,} values", "move what recurs into a block or a trade-off"
            )
        if isinstance(event, yaml.ScalarEvent):
            return read(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            for below in events:
                if isinstance(below, yaml.SequenceEndEvent):
                    ends[loc] = below
                    return items
                items.append(build(below, (*loc, len(items)), events))
        mapping: dict[str, Any] = {}
        for below in events:
            if isinstance(below, yaml.MappingEndEvent):
                ends[loc] = below
                return mapping
            if not isinstance(below, yaml.ScalarEvent) or below.anchor or (below.tag and below.tag != "!"):
                raise refuse("C004", below, "a key is a plain word", "write `key: value`")
            key = str(below.value)
            inside = (*loc, key)
            if inside not in keys:
                keys[inside] = below
                mapping[key] = build(next(events), inside, events)
                continue
            again = (*inside, "(again)")
            build(next(events), again, events)
            at, first = place_of(name, lines, below), place_of(name, lines, keys[inside])
            what, note = f'"{key[:40]}" stands here twice', f"first on line {first.line}"
            mends = _without(lines, below, values[again])
            found.append(Finding("C005", at, what, lines[at.line - 1], note, "delete one of the two", mends))
        raise AssertionError("the parser ends every collection")

    events = iter(yaml.parse(text, Loader=_Loader))
    data: Any = None
    seen = False
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if seen:
                raise refuse("C003", event, "is more than one YAML document", "keep one record a file; delete `---`")
            seen = True
            data = build(next(events), (), events)
    if len(found) > LISTED:
        found[LISTED:] = [rest(name, len(found), "keys that stand again")]
    if data is None:  # no document, or one that is null
        return None, [
            Finding(
                "C006",
                Place(name, 1, 1),
                "is empty",
                fix="write a record, beginning with `title:`; CONTRIBUTING shows the shortest",
            )
        ]
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "a lone text"
        at = place_of(name, lines, values[()]).opening()
        return None, [
            Finding(
                "C006",
                at,
                f"is {kind}, but a record is a mapping of keys to values",
                lines[at.line - 1] if at.line <= len(lines) else "",
                fix="begin with `title: …`; CONTRIBUTING shows the shortest record",
            )
        ]
    return Document(name, tuple(lines), data, keys, values, ends), found
