"""The sampled p99 of a flow is what random draws give, and keeps the bounds that it must."""

import math
import random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.outcome import Hop
from casebook.tail import Z99, p99


def hop(*times: tuple[float, float]) -> Hop:
    return Hop(tuple(range(len(times))), max(time[0] for time in times), max(time[1] for time in times), times)


def drawn(hops: list[Hop], times: int = 60_000) -> float:
    """Return the p99 by plain random sampling."""
    source = random.Random(7)
    totals = sorted(
        sum(
            max(p50 * math.exp(math.log(p99 / p50) / Z99 * source.gauss(0, 1)) for p50, p99 in hop.times)
            for hop in hops
        )
        for _ in range(times)
    )
    return totals[math.ceil(0.99 * times) - 1]


@pytest.mark.parametrize(
    "hops",
    [
        [hop((0.010, 0.050)), hop((0.020, 0.040)), hop((0.005, 0.100))],
        [hop((0.010, 0.050), (0.012, 0.030), (0.002, 0.090)), hop((0.020, 0.040))],
        [hop((0.001 * (index + 1), 0.004 * (index + 1))) for index in range(10)],
    ],
    ids=["one after another", "at once", "ten hops"],
)
def test_it_agrees_with_random_draws_to_three_per_cent(hops):
    assert math.isclose(p99(hops), drawn(hops), rel_tol=0.03)


def test_one_hop_has_its_own_p99():
    assert math.isclose(p99([hop((0.010, 0.050))]), 0.050, rel_tol=0.01)


def test_hops_without_spread_add():
    assert math.isclose(p99([hop((0.010, 0.010)), hop((0.020, 0.020))]), 0.030)


def test_a_step_that_takes_no_time_is_no_error():
    assert p99([hop((0.0, 0.0)), hop((0.0, 0.010))]) == 0.0


def test_a_flow_without_hops_takes_no_time():
    assert p99([]) == 0.0


times = st.tuples(st.floats(1e-4, 1), st.floats(1, 20)).map(lambda pair: (pair[0], pair[0] * pair[1]))


@given(st.lists(st.lists(times, min_size=1, max_size=3), min_size=1, max_size=5))
def test_it_lies_between_the_largest_hop_and_what_no_dependence_can_exceed(flow):
    hops = [hop(*steps) for steps in flow]
    found = p99(hops)
    steps = [time for steps in flow for time in steps]
    assert found >= 0.9 * max(high for _, high in steps)
    # Union bound: with n steps, each at its 1 - 0.01 / n quantile, no joint behaviour makes the sum larger.
    deep = NormalDist().inv_cdf(1 - 0.01 / len(steps)) / Z99
    assert found <= 1.1 * sum(p50 * (high / p50) ** deep for p50, high in steps)
