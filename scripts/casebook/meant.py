"""What was meant by a word that is nearly right: a name that is known, an id, a date."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

LONGEST = 80  # characters; no name is longer, and comparing takes the square of it
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY, _MONTH, _YEAR = "(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", "(?P<month>[a-z]{3,9})", "(?P<year>[0-9]{4})"
_DATES = tuple(
    re.compile(form)
    for form in (
        rf"{_YEAR}[-/. ](?P<month>[0-9]{{1,2}})(?:[-/. ](?P<day>[0-9]{{1,2}})(?:t.*)?)?",
        r"(?P<one>[0-9]{1,2})(?P<mark>[-/.])(?P<other>[0-9]{1,2})[-/.](?P<year>[0-9]{4})",
        rf"(?:{_DAY}[ .]+)?{_MONTH}[ .,]+{_YEAR}",
        rf"{_MONTH}[ .]+{_DAY}[ .,]+{_YEAR}",
        rf"{_YEAR}[ ,]+{_MONTH}(?:[ .]+{_DAY})?",
    )
)


class Near(NamedTuple):
    """The name that a word is likely to mean, empty if none is near; sure if few letters differ and no other is as near."""

    name: str = ""
    sure: bool = False

    @property
    def note(self) -> str:
        return f'did you mean "{self.name}"?' if self.name else ""


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> Near:
    """Return the nearest of the names that are known."""
    if not 0 < len(word) <= LONGEST:
        return Near()
    spelt = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), spelt, n=6, cutoff=cutoff)
    ranked = sorted((distance(word.lower(), name), index) for index, name in enumerate(close))
    if not ranked:
        return Near()
    least, first = ranked[0]
    alone = len(ranked) == 1 or ranked[1][0] > least
    return Near(spelt[close[first]], alone and least <= min(2, len(word) // 3))


def distance(one: str, other: str) -> int:
    """Return how many letters to change, leave out, put in or exchange with a neighbour make one word the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        made = [row]
        for column, wanted in enumerate(other, 1):
            made.append(min(last[column] + 1, made[-1] + 1, last[column - 1] + (letter != wanted)))
            if before and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                made[column] = min(made[column], before[column - 2] + 1)
        before, last = last, made
    return last[-1]


def ident(text: str, join: str = "-") -> str:
    """Return the id that a text means: small letters, digits and one joint; empty if there is none."""
    words = "".join(letter.lower() if letter.isascii() and letter.isalnum() else " " for letter in text).split()
    return join.join(words).lstrip("0123456789_-")[:60]


def date(text: str) -> str:
    """Return a date as records have it, such as `2023-03-17`; empty if a text is none, or could be two."""
    found = next(filter(None, (form.fullmatch(text.strip().lower()) for form in _DATES)), None)
    if not found:
        return ""
    parts = found.groupdict()
    if "one" in parts:
        day, month = int(parts["one"]), int(parts["other"])
        if parts["mark"] != "." and month > 12:  # the month first, as in America
            day, month = month, day
        elif parts["mark"] != "." and day <= 12 and day != month:
            return ""
        parts["day"], number = str(day), month
    elif parts["month"].isdigit():
        number = int(parts["month"])
    else:
        number = next((at for at, name in enumerate(_MONTHS, 1) if parts["month"].startswith(name)), 0)
    if not 1 <= number <= 12 or not 1 <= int(parts["day"] or 1) <= 31:
        return ""
    return f"{parts['year']}-{number:02}" + (f"-{int(parts['day']):02}" if parts["day"] else "")
