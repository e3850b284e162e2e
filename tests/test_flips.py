"""A flip is where the pick really changes, and none is left out."""

import itertools

import pytest
from helpers import real_library
from hypothesis import assume, given
from hypothesis import strategies as st

from casebook.estimate import compute
from casebook.evaluation import evaluate
from casebook.flips import EXACT, Flip, roots, turns
from casebook.formula import LONGEST, FormulaError, parse
from casebook.library import Entry
from casebook.quantity import Quantity, Unit
from casebook.trend import Trend, trend

CASES = real_library().cases()


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
    steps = 100
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


def walked(low: float, high: float, steps: int = 64) -> list[float]:
    return [low * (high / low) ** (step / steps) for step in range(steps + 1)]


def test_every_change_of_a_pick_is_found_and_not_only_the_first():
    def pick(value: float) -> str:
        return "middle" if 3 < value < 40 else "outside"

    assert [(round(at, 2), below, above) for at, below, above in turns(pick, walked(1, 100))] == [
        (3.0, "outside", "middle"),
        (40.0, "middle", "outside"),
    ]


def test_a_pick_that_never_changes_has_no_flip():
    assert turns(lambda _: "always", walked(1, 1000)) == []


# which way a formula moves


NAMES = ("grows", "still", "other", "minus")
leaf = st.sampled_from([*NAMES, "2", "0.5", "3"])
formulas = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "<", ">=", "==", "and", "or"]), inner).map(
            lambda part: f"({' '.join(part)})"
        ),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda part: f"{part[0]}({part[1]}, {part[2]})"),
        st.tuples(st.sampled_from(["ceil", "floor", "sqrt", "log2", "-", "not "]), inner).map(
            lambda part: f"({part[0]}({part[1]}))"
        ),
        inner.map(lambda part: f"({part} ** 2)"),
    ),
    max_leaves=6,
)


@given(formulas, st.floats(0.01, 10), st.floats(-5, 5))
def test_a_formula_moves_the_way_that_its_trend_says(text, other, minus):
    if len(text) > LONGEST:
        return
    try:
        tree = parse(text).tree
    except FormulaError:
        assume(False)
    standing = {"still": 2.0, "other": other, "minus": minus}

    def of(name: str) -> Trend:
        return Trend(1, True) if name == "grows" else Trend(0, standing[name] > 0)

    found = trend(tree, of)
    values: list[float | None] = []
    for value in walked(0.1, 1000, 40):
        try:
            values.append(evaluate(tree, {**standing, "grows": value}))
        except FormulaError:
            values.append(None)
    if found.way is None:
        return
    if None in values:
        assert set(values) == {None}  # what has no value for one has none for any
        return
    rounding = 1e-9 * max(abs(value) for value in values)
    for before, after in itertools.pairwise(values):
        assert (after - before) * (found.way or 1) >= -rounding
        assert found.way or abs(after - before) <= rounding
        assert not found.positive or before > 0


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("grows / still > other", 1),
        ("still / grows > other", -1),
        ("ceil(grows * 2) + log2(grows) < still", -1),
        ("2 * (still - grows)", -1),
        ("grows / (grows + still) > other", None),
        ("still > other", 0),
        ("grows == still", None),
    ],
)
def test_a_trend_is_told_where_it_can_be(text, way):
    assert trend(parse(text).tree, lambda name: Trend(int(name == "grows"), True)).way == way
