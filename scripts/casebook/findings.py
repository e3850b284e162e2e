"""A finding as a value: code, place, what is wrong, why it is shown there, and the fix."""

from typing import NamedTuple


class Place(NamedTuple):
    """A stretch of one line of one file; line and column count from 1, in characters."""

    path: str
    line: int
    column: int
    width: int = 1

    def opening(self) -> "Place":
        """Return the first character of the place, for what spans lines."""
        return self._replace(width=1)


class Mend(NamedTuple):
    """An edit of a file: so many characters from a line and column become a text. A line break counts as one."""

    line: int
    column: int
    width: int
    text: str


class Finding(NamedTuple):
    """One fault or one piece of advice, as a person will read it.

    `what` follows the code in the headline, `line` is the text of the line, `note` stands beside the
    caret, and `fix` says what to do. `mends` does it, where it is sure. Whether it blocks is a fact of
    its code, in the catalogue.
    """

    code: str
    place: Place
    what: str
    line: str = ""
    note: str = ""
    fix: str = ""
    mends: tuple[Mend, ...] = ()

    @property
    def order(self) -> tuple[Place, str, str]:
        return self.place, self.code, self.what


LISTED = 200  # faults of one kind in one file that are worth a line each


def rest(path: str, count: int, what: str) -> Finding:
    """Return what stands in place of the faults of one kind that are too many to list."""
    said = f"has {count:,} {what}, of which {LISTED} are listed"
    return Finding("C002", Place(path, 1, 1), said, fix="mend these, and check again")
