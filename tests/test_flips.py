"""A flip is where the pick really changes, and none is left out."""

import itertools
from pathlib import Path

import pytest

from casebook import library
from casebook.estimate import compute
from casebook.flips import EXACT, Flip, roots, turns
from casebook.library import Entry
from casebook.quantity import Quantity, Unit

ROOT = Path(__file__).resolve().parent.parent
CASES = library.load(ROOT / "cases", [file.stem for file in (ROOT / "docs/assets/icons").glob("*.svg")]).cases()


def picked(entry: Entry, flip: Flip, value: float) -> str | None:
    part = entry.record.assumptions[flip.assumption].value
    numbers = compute(entry.record, {flip.assumption: Quantity("", value, Unit("", 1.0, part.dims))})
    got = numbers.picks.get(flip.decision)
    return got[0] if got else None


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry.id)
def test_on_both_sides_of_every_flip_the_whole_case_picks_what_the_flip_says(entry: Entry):
    assert entry.flips
    for flip in entry.flips:
        low, high = (bound.base for bound in entry.record.assumptions[flip.assumption].range)

        assert low < flip.at < high
        assert flip.below != flip.above
        assert picked(entry, flip, flip.at * (1 - 2 * EXACT)) == flip.below
        assert picked(entry, flip, flip.at * (1 + 2 * EXACT)) == flip.above


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry.id)
def test_a_finer_walk_along_every_range_finds_no_other_flip(entry: Entry):
    steps = 300
    for index, decision in enumerate(entry.record.tradeoffs):
        needed = {name for line in decision.choose if line.when for name in roots(entry.record, line.when.tree)}
        for name in needed:
            part = entry.record.assumptions[name]
            if part.range is None:
                continue
            low, high = (bound.base for bound in part.range)
            probe = Flip(index, name, 0.0, None, None)
            walked = [picked(entry, probe, low * (high / low) ** (step / steps)) for step in range(steps + 1)]
            changes = [(before, after) for before, after in itertools.pairwise(walked) if before != after]

            found = [
                (flip.below, flip.above) for flip in entry.flips if (flip.decision, flip.assumption) == (index, name)
            ]
            assert found == changes, (decision.about, name)


def test_every_change_of_a_pick_is_found_and_not_only_the_first():
    def pick(value: float) -> str:
        return "middle" if 3 < value < 40 else "outside"

    assert [(round(at, 2), below, above) for at, below, above in turns(pick, 1, 100)] == [
        (3.0, "outside", "middle"),
        (40.0, "middle", "outside"),
    ]


def test_a_pick_that_never_changes_has_no_flip():
    assert turns(lambda _: "always", 1, 1000) == []
