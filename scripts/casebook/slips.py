"""What keeps a file from being read, told by trial: the slip itself, and not where the parser can go on no longer.

That is often a line below the slip, or many. So what a person could have meant is tried, and what makes
a sound record is where the slip was.
"""

import re
import sys
from collections.abc import Callable
from typing import NamedTuple

from casebook import mend
from casebook.findings import Finding, Mend, Place
from casebook.guesses import LIKE, NEARBY, TAB, Guess, guesses, indents, texts
from casebook.source import plain

EFFORT = 40_000  # keys and entries that are read again at most, to find what was meant

WHOLE = sys.maxsize


class Read(NamedTuple):
    """How well a text can be read: up to which line, and with how many faults if that is the whole."""

    line: int
    faults: int


Reader = Callable[[str], Read]


def unread(findings: list[Finding], raw: bytes, read: Reader) -> list[Finding]:
    """Return the finding of a file that cannot be read at the slip itself, with its mend, if one is found."""
    return [_told(each, plain(raw), read) if each.code in ("C003", "C004") else each for each in findings]


def _told(finding: Finding, text: str, read: Reader) -> Finding:
    lines = text.split("\n")
    best: tuple[tuple[int, int], Guess] | None = None
    left = _trials(text)
    seen: set[tuple[Mend, ...]] = set()
    for guess in guesses(finding, lines):
        if left <= 0 or (best and best[0] == (-WHOLE, 0)):
            break
        if guess.mends in seen:
            continue
        seen.add(guess.mends)
        left -= 1
        got = read(mend.apply(text, guess.mends))
        score = (-got.line, got.faults)
        # Of several slips, each that is mended lets the parser come further.
        if got.line > finding.place.line and (best is None or score < best[0]):
            best = score, guess
    if best:
        return _found(finding, best[1], lines, best[1].what, best[1].mends)
    tab = next((guess for guess in guesses(finding, lines) if guess.what == TAB), None)
    return _found(finding, tab, lines, TAB, ()) if tab else finding


def _found(finding: Finding, guess: Guess, lines: list[str], what: str, mends: tuple[Mend, ...]) -> Finding:
    place = Place(finding.place.path, *guess.place)
    return Finding(finding.code, place, what, lines[place.line - 1], "", guess.fix, mends)


def strayed(findings: list[Finding], raw: bytes, read: Reader) -> list[Finding]:
    """Return the findings of a file whose shape is wrong; one alone where one line, further in or out, mends it all."""
    text = plain(raw)
    lines = text.split("\n")
    keys = [(number, found[1]) for number in texts(lines) if (found := LIKE.match(lines[number]))]
    tried: list[tuple[Finding, int]] = []
    for finding in sorted(findings, key=lambda finding: finding.place):
        here = finding.place.line - 1
        if finding.code in ("C021", "C023") and not finding.mends:
            tried.append((finding, here))
        # A key too far in, below a text of several lines, is one more line of it.
        lacking = re.search("lacks `([^`]+)`$", finding.what) if finding.code == "C020" else None
        if lacking:
            tried += [(finding, number) for number, key in keys if number > here and key == lacking[1]]
        elif finding.code in ("C024", "C031", "C032"):
            tried += [(finding, number) for number, _ in keys if here < number < here + NEARBY]
    left = _trials(text)
    for finding, number in tried[:40]:
        for guess in indents(lines, number):
            left -= 1
            if left >= 0 and read(mend.apply(text, guess.mends)) == (WHOLE, 0):
                what = f"{finding.what}: this line is {guess.place[1] - 1} spaces in"
                return [_found(finding, guess, lines, what, guess.mends)]
    return findings


def _trials(text: str) -> int:
    """Return how often a text may be read again: as often as it is short."""
    return min(40, EFFORT // (1 + text.count(":") + text.count(",") + text.count("-")))
