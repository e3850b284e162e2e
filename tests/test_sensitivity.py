"""What moves an estimate is recomputed for the whole case at both ends of every range."""

import math

import pytest
from helpers import codes, found, real_library, sample_case, sample_numbers

from casebook.estimate import compute
from casebook.library import Entry
from casebook.sensitivity import key, swings

CASES = real_library().cases()


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry.id)
def test_both_ends_of_every_swing_are_what_the_whole_case_computes(entry: Entry):
    case = entry.record
    for estimate in case.estimates:
        for swing in swings(case, entry.numbers, estimate):
            for bound, value in zip(case.assumptions[swing.assumption].range, (swing.low, swing.high), strict=True):
                whole = compute(case, {swing.assumption: bound}, entry.numbers)
                assert math.isclose(whole.values[estimate], value, rel_tol=1e-12)


@pytest.mark.parametrize("entry", CASES, ids=lambda entry: entry.id)
def test_every_assumption_that_moves_an_estimate_has_a_swing(entry: Entry):
    case = entry.record
    for estimate in case.estimates:
        found = {swing.assumption for swing in swings(case, entry.numbers, estimate)}
        for name, part in case.assumptions.items():
            if part.range is not None and name not in found:
                for bound in part.range:
                    assert (
                        compute(case, {name: bound}, entry.numbers).values[estimate] == entry.numbers.values[estimate]
                    )


def test_the_widest_comes_first():
    moved = swings(sample_case(), sample_numbers(), "store_size")
    assert [swing.assumption for swing in moved] == ["parcels", "bytes_per_parcel"]
    assert (moved[0].low, moved[0].high) == (2e6 * 500, 200e6 * 500)


def test_the_key_estimate_is_the_authors_or_the_last():
    assert key(sample_case()) == "reads_per_write"
    assert key(sample_case(("formulation:\n", "key_estimate: servers\nformulation:\n"))) == "servers"


def test_a_key_estimate_that_is_none_is_a_finding():
    assert codes(found(("formulation:\n", "key_estimate: serfers\nformulation:\n"))) == ["C043"]


def test_an_end_without_a_value_says_so():
    change = ("formula: views * peak_factor, unit", "formula: views / (peak_factor - 2), unit")
    moved = swings(sample_case(change), sample_numbers(change), "peak_views")
    [swing] = [swing for swing in moved if swing.assumption == "peak_factor"]
    assert swing.low is None
    assert moved[0] == swing  # what breaks an estimate moves it most
