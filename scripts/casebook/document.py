"""A file as read: its values, with the line and column of every key and value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from casebook.findings import Place

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read: its values, and where each of them stands."""

    path: str
    lines: tuple[str, ...]
    data: Any
    keys: dict[Loc, Any] = field(repr=False)  # the parser's events, of which few are ever asked for
    values: dict[Loc, Any] = field(repr=False)
    ends: dict[Loc, Any] = field(repr=False)  # of mappings and lists

    def key(self, loc: Loc) -> Place:
        """Return the place of a key; of the nearest part above it, if it is not there."""
        return self._place(self.keys[loc]) if loc in self.keys else self.value(loc)

    def value(self, loc: Loc) -> Place:
        """Return the place of a value; of the key of the nearest part above it, if it is not there."""
        if loc in self.values:
            return self._place(self.values[loc])
        while loc:
            loc = loc[:-1]
            if loc in self.keys:
                return self._place(self.keys[loc])
            if loc in self.values:
                return self._place(self.values[loc]).opening()
        return Place(self.path, 1, 1, 1)

    def _place(self, event: Any) -> Place:
        return place_of(self.path, self.lines, event)

    def within(self, loc: Loc, start: int | None, end: int | None) -> Place:
        """Return the place of characters `start` to `end` of a scalar; of all of it, if they cannot be told."""
        place = self.value(loc)
        if start is None or end is None or loc not in self.values:
            return place
        line = self.line(place.line)
        shown = line[place.column - 1 : place.column - 1 + place.width]
        quoted = 1 if shown[:1] in "\"'" else 0
        value = self.at(loc)
        if not isinstance(value, str):
            return place
        if (
            shown[quoted : len(shown) - quoted] != value
        ):  # folded, or with escapes: point at the words if they stand there once
            return self._once(value[start:end], self.values[loc]) or place
        return Place(place.path, place.line, place.column + quoted + start, max(1, min(end, len(value)) - start))

    def _once(self, words: str, event: Any) -> Place | None:
        """Return the place of words that stand exactly once in the lines of a scalar."""
        first, last = event.start_mark, event.end_mark
        found = [
            (number, at.start())
            for number in range(first.line, min(last.line + 1, len(self.lines)))
            for at in re.finditer(re.escape(words), self.lines[number])
            if (number, at.start()) >= (first.line, first.column) and (number, at.end()) <= (last.line, last.column)
        ]
        if len(found) != 1 or not words.strip():
            return None
        return Place(self.path, found[0][0] + 1, found[0][1] + 1, len(words))

    def at(self, loc: Loc) -> Any:
        """Return the value at a location; None if there is none."""
        value = self.data
        for step in loc:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def line(self, number: int) -> str:
        return self.lines[number - 1] if number <= len(self.lines) else ""


def place_of(path: str, lines: Sequence[str], event: Any) -> Place:
    """Return where an event of the parser stands; of several lines, the first."""
    start, end = event.start_mark, event.end_mark
    if start.line >= len(lines):  # an empty value at the end of a file that ends without a line break
        return Place(path, len(lines), len(lines[-1]) + 1)
    line = lines[start.line]
    width = end.column - start.column if end.line == start.line else len(line.rstrip()) - start.column
    return Place(path, start.line + 1, start.column + 1, max(1, width))
