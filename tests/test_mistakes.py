"""A hundred mistakes that people make, one at a time, in the real library: where each is found, and what mends it."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from helpers import icons, real, real_cases, real_library
from mistakes import KINDS, Page, Slip

from casebook import library
from casebook.findings import Finding

SEED = 2026
MENDED = 90  # of the hundred, at least


def made(seed: int = SEED) -> Iterator[tuple[str, str, Slip]]:
    """Return the hundred: kind, path and the record with the mistake in it."""
    folders = {
        "c": real_cases(),
        "b": [path for path in real() if "/blocks/" in path],
        "t": [path for path in real() if "/tradeoffs/" in path],
    }
    for kind, (count, where, act) in KINDS.items():
        for number in range(count):
            rng = Random(f"{seed} {kind} {number}")
            for _ in range(100):
                path = rng.choice(folders[where[number % len(where)]])
                try:
                    slip = act(Page(path, rng))
                except (IndexError, ValueError):  # this record has no place for it
                    continue
                yield kind, path, slip
                break
            else:
                raise AssertionError(f"no record has a place for: {kind}")


def errors(path: str, text: str) -> list[Finding]:
    """Return the errors of the real library with another text of one record."""
    entry = library.examine(text.encode(), path, f"{Path(path).parent.name}/{Path(path).stem}")
    others = real_library().entries
    return library.assemble({**others, entry.key: entry}.values(), (), icons()).errors()


HUNDRED = list(made())
