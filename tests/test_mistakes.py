"""A hundred mistakes that people make, one at a time, in the real library: where each is found, and what mends it."""

import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random

import pytest
from helpers import icons, real, real_cases, real_library
from mistakes import KINDS, Page, Slip

from casebook import library, mend
from casebook.findings import Finding

SEED = 2026
MENDED = 90  # of the hundred, at least


def made(seed: int = SEED) -> Iterator[tuple[str, str, Slip]]:
    """Return the hundred: kind, path, and the record with the mistake in it."""
    shelves = {folder: [path for path in real() if f"/{folder}/" in path] for folder in ("blocks", "tradeoffs")}
    paths = {"c": real_cases(), "b": shelves["blocks"], "t": shelves["tradeoffs"]}
    for kind, (count, where, act) in KINDS.items():
        for number in range(count):
            rng = Random(f"{seed} {kind} {number}")
            for _ in range(100):
                path = rng.choice(paths[where[number % len(where)]])
                try:
                    slip = act(Page(path, rng))
                except (IndexError, ValueError):  # this record has no place for it
                    continue
                yield kind, path, slip
                break
            else:
                raise AssertionError(f"no record has a place for this mistake: {kind}")


@lru_cache(maxsize=256)
def errors(path: str, text: str) -> tuple[Finding, ...]:
    """Return the errors of the real library with another text of one record."""
    entry = library.examine(text.encode(), path, f"{Path(path).parent.name}/{Path(path).stem}")
    others = real_library().entries
    return tuple(library.assemble({**others, entry.key: entry}.values(), (), icons()).errors())


def mended(path: str, text: str) -> bool:
    """Return whether the first mend that is offered leaves a library without error."""
    first = next((finding for finding in errors(path, text) if finding.mends), None)
    return first is not None and errors(path, mend.apply(text, first.mends)) == ()


HUNDRED = list(made())
NAMES = [f"{kind} in {Path(path).stem}, line {slip.line}" for kind, path, slip in HUNDRED]


def test_the_mistakes_are_a_hundred_of_more_than_thirty_kinds_in_every_folder():
    assert len(HUNDRED) == 100
    assert len({kind for kind, _, _ in HUNDRED}) > 30
    assert {path.split("/")[1] for _, path, _ in HUNDRED} == set(library.FOLDERS)


@pytest.mark.parametrize(("kind", "path", "slip"), HUNDRED, ids=NAMES)
def test_a_mistake_is_found_at_its_line_and_column(kind, path, slip):
    assert (slip.line, slip.column) in [finding.place[1:3] for finding in errors(path, slip.text)]


def test_the_first_mend_of_ninety_or_more_of_them_leaves_no_error():
    left = [name for name, (_, path, slip) in zip(NAMES, HUNDRED, strict=True) if not mended(path, slip.text)]
    said = f"{len(HUNDRED) - len(left)} of {len(HUNDRED)} mended; not: {'; '.join(left)}"
    sys.stdout.write(said + "\n")
    assert len(HUNDRED) - len(left) >= MENDED, said


def test_no_mend_is_offered_where_only_the_writer_knows():
    unsure = {"text too long", "circular estimate", "limit missed", "value outside its range", "id twice"}
    for kind, path, slip in HUNDRED:
        if kind in unsure:
            assert not any(finding.mends for finding in errors(path, slip.text) if finding.code != "C083"), kind
