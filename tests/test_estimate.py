from math import isclose

import pytest
from helpers import codes, found, sample_case, sample_numbers
from hypothesis import given
from hypothesis import strategies as st

from casebook import quantity
from casebook.estimate import compute, measured
from casebook.latency import TIME, runs
from casebook.quantity import describe


def problems(*changes):
    """Return the problems of the sample case after a change: code, place and message."""
    return [
        (problem.code, ".".join(map(str, problem.loc)), problem.message)
        for problem in sample_numbers(*changes).problems
    ]


# estimates


def test_everything_is_computed_in_base_units():
    numbers = sample_numbers()
    assert isclose(numbers.values["views"], 60e6 / 86400)
    assert isclose(numbers.values["peak_views"], 4 * 60e6 / 86400)
    assert numbers.values["store_size"] == 20e6 * 500
    assert numbers.values["servers"] == 12
    assert describe(numbers.dims["scan_rate"]) == "event/time"
    assert numbers.problems == []


def test_an_estimate_may_use_the_ones_above_it():
    numbers = sample_numbers()
    assert isclose(numbers.values["reads_per_write"], numbers.values["peak_views"] / numbers.values["scan_rate"])


def test_an_estimate_cannot_use_one_below_it():
    [(code, at, message)] = problems(
        ("formula: views * peak_factor, unit: request/s", "formula: views * servers, unit: request/s")
    )
    assert (code, at) == ("C043", "estimates.peak_views.formula")
    assert message == 'uses "servers", which stands below it'


def test_an_estimate_cannot_use_itself():
    [(code, _, message)] = problems(("formula: views * peak_factor,", "formula: views * peak_views,"))
    assert (code, message) == ("C043", "uses itself")


def test_what_follows_from_a_number_without_a_value_is_not_blamed():
    numbers = sample_numbers(("formula: views * peak_factor,", "formula: views / (peak_factor - 4),"))
    assert [problem.loc[1] for problem in numbers.problems] == ["peak_views"]
    assert numbers.failed == {"peak_views", "servers", "reads_per_write"}
    assert "store_size" in numbers.values
    assert 0 not in numbers.picks, "a rule over a number without a value picks nothing"
    assert numbers.picks[1] == ("one", 1)


@pytest.mark.parametrize(
    ("old", "new", "code", "at", "says"),
    [
        ("unit: GB,", "unit: GB/day,", "C044", "unit", "data/time, but the formula gives data"),
        ("parcels * bytes_per_parcel", "parcels + bytes_per_parcel", "C044", "formula", "item and data/item"),
        ("parcels * bytes_per_parcel", "parcels > parcels", "C044", "formula", "a comparison, not a number"),
        ("parcels * bytes_per_parcel", "parcels * bytes", "C043", "formula", '"bytes" is not a number'),
        (
            "parcels * bytes_per_parcel",
            "parcels * bytes_per_parcel / (peak_factor - 4)",
            "C045",
            "formula",
            "divides by zero",
        ),
    ],
)
def test_an_estimate_without_a_value_says_why(old, new, code, at, says):
    [(got, place, message)] = problems((old, new))
    assert (got, place) == (code, f"estimates.store_size.{at}")
    assert says in message


def test_an_assumption_can_be_overridden_and_all_that_follows_moves():
    case = sample_case()
    numbers = compute(case, {"views": quantity.parse("600 million request/day")})
    assert isclose(numbers.values["peak_views"], 40e6 * 60 / 86400)
    assert numbers.values["servers"] == 116
    assert numbers.values["store_size"] == sample_numbers().values["store_size"]


def test_numbers_are_the_same_whether_units_are_known_to_agree_or_not():
    case = sample_case()
    numbers = compute(case)
    given = {"views": quantity.parse("1 million request/day"), "parcels": quantity.parse("300 million item")}
    assert compute(case, given, numbers).values == compute(case, given).values
    assert compute(case, given, numbers).picks == compute(case, given).picks


@given(st.floats(0.1, 100), st.floats(0.1, 100))
def test_estimates_scale_as_their_formulas_do(more_views, more_parcels):
    case, base = sample_case(), sample_numbers()
    numbers = compute(
        case,
        {
            "views": quantity.parse(f"{60 * more_views:.6f} million request/day"),
            "parcels": quantity.parse(f"{20 * more_parcels:.6f} million item"),
        },
    )
    assert isclose(numbers.values["peak_views"], base.values["peak_views"] * more_views, rel_tol=1e-4)
    assert isclose(numbers.values["store_size"], base.values["store_size"] * more_parcels, rel_tol=1e-4)
    assert isclose(
        numbers.values["reads_per_write"], base.values["reads_per_write"] * more_views / more_parcels, rel_tol=1e-4
    )
    assert numbers.picks[0][0] == ("ready" if numbers.values["reads_per_write"] > 1 else "asked")
    assert numbers.picks[1][0] == ("many" if numbers.values["store_size"] > 64e9 else "one")


# latency

STEP = "        - {from: predictor, to: store, does: Reads its features}\n"


def steps(*rows):
    """Return the change that gives the request flow these steps after its first one."""
    return STEP, "".join(f"        - {{from: predictor, {row}, does: Reads}}\n" for row in rows)


def latency(*changes):
    numbers = sample_numbers(*changes)
    return tuple(round(1000 * numbers.latency("predict", quantile), 6) for quantile in ("p50", "p99"))


def test_the_latency_of_a_flow_is_the_sum_of_its_steps():
    assert latency() == (5, 23)


def test_a_step_with_a_latency_of_its_own_takes_that():
    assert latency(steps("to: store, latency: {p50: 2 ms, p99: 0.1 s}")) == (6, 115)


def test_of_parallel_steps_the_slowest_counts_for_each_quantile():
    assert latency(
        steps("to: store, parallel: reads, latency: {p50: 3 ms, p99: 5 ms}", "to: store, parallel: reads")
    ) == (7, 23)


def test_a_second_pair_of_parallel_steps_is_a_hop_of_its_own():
    rows = [f"to: store, parallel: {name}" for name in ("a", "a", "b", "b")]
    numbers = sample_numbers(steps(*rows))
    assert [hop.steps for hop in numbers.hops["predict"]] == [(0,), (1, 2), (3, 4)]
    assert latency(steps(*rows)) == (6, 31)


def test_steps_without_a_name_run_one_after_another():
    flow = sample_case().architecture.flows["predict"]
    assert list(runs(flow)) == [(0,), (1,)]


def test_a_latency_may_be_a_number_of_the_case():
    change = (
        ("  peak_factor:", "  read_time: {value: 9 ms, why: Measured.}\n  peak_factor:"),
        (
            "latency: {p50: 1 ms, p99: 8 ms}",
            "latency: {p50: read_time, p99: read_time}",
        ),
    )
    assert latency(*change) == (13, 24)


def test_only_a_request_flow_has_a_latency():
    numbers = sample_numbers()
    assert numbers.latency("update", "p99") is None
    assert numbers.latency("nothing", "p50") is None


def test_a_flow_through_something_without_a_latency_has_none():
    numbers = sample_numbers(("latency: {p50: 1 ms, p99: 8 ms}, why: One read in one zone.}", "why: One read.}"))
    assert numbers.latency("predict", "p99") is None
    assert "page-latency" not in numbers.requirements, "nothing is held to a number that is not there"


@pytest.mark.parametrize(
    ("latency", "code", "at"),
    [
        ("{p50: 8 ms, p99: 1 ms}", "C055", "p50"),
        ("{p50: 8 GB, p99: 9 ms}", "C044", "p50"),
        ("{p50: 8 ms, p99: parcels}", "C044", "p99"),
        ("{p50: 8 ms, p99: parcel}", "C043", "p99"),
    ],
)
def test_a_latency_that_cannot_be_is_one_problem_however_many_flows_pass_it(latency, code, at):
    second = (
        "    again: {title: Once more, kind: request, steps: [{from: page, to: store, does: Reads}]}\n    update:\n"
    )
    got = problems(("latency: {p50: 1 ms, p99: 8 ms}", f"latency: {latency}"), ("    update:\n", second))
    assert [(part[0], part[1]) for part in got] == [(code, f"architecture.components.store.latency.{at}")]


# utilisation, requirements, picks


def test_utilisation_is_load_over_capacity_times_replicas():
    numbers = sample_numbers()
    assert numbers.utilisation == {"predictor": pytest.approx(60e6 / 86400 * 4 / 400 / 12)}


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("capacity: server_capacity\n", "capacity: 400 request/s\n", "C044", "utilisation is a plain number"),
        ("capacity: server_capacity\n", "capacity: 0 request/s/replica\n", "C045", "is zero"),
        ("replicas: servers\n", "replicas: 0 replica\n", "C045", "is zero"),
        ("load: peak_views\n", "load: peak_view\n", "C043", "is not a number of this case"),
    ],
)
def test_a_utilisation_that_cannot_be_had_is_a_problem(old, new, code, says):
    [(got, _, message)] = problems((old, new))
    assert got == code
    assert says in message


def test_a_requirement_measures_an_estimate_an_assumption_or_a_latency():
    numbers = sample_numbers()
    value, dims = measured("predict.p99", numbers)
    assert (round(value, 6), dims) == (0.023, TIME)
    assert measured("store_size", numbers) == (10e9, numbers.dims["store_size"])
    assert measured("parcels", numbers) == (20e6, numbers.dims["parcels"])
    assert measured("nothing", numbers) is None
    assert measured("update.p99", numbers) is None


@pytest.mark.parametrize(
    ("limit", "holds"),
    [
        ("<= 10 GB", True),
        ("< 10 GB", False),
        (">= 10 GB", True),
        ("> 10 GB", False),
        ("<= 9.9 GB", False),
        ("<= node_memory", True),
        ("> node_memory", False),
    ],
)
def test_a_limit_holds_on_its_good_side(limit, holds):
    assert sample_numbers(("limit: <= 64 GB", f"limit: '{limit}'")).requirements["store-size"].holds is holds


def test_a_limit_in_another_dimension_than_its_measure_is_a_problem():
    [(code, at, message)] = problems(("limit: <= 64 GB", "limit: <= 64 GB/s"))
    assert (code, at) == ("C044", "requirements.quality.1.limit")
    assert "data/time, but `store_size` is data" in message


def test_the_first_line_of_a_rule_that_holds_is_picked():
    assert sample_numbers().picks == {0: ("ready", 0), 1: ("one", 1)}
    assert sample_numbers(("when: reads_per_write > 1", "when: reads_per_write < 1")).picks[0] == ("asked", 1)
    both = ("      - {pick: asked}\n", "      - {when: reads_per_write > 0, pick: asked}\n      - {pick: asked}\n")
    assert sample_numbers(both).picks[0] == ("ready", 0)


def test_a_condition_must_compare():
    [(code, at, _)] = problems(("when: reads_per_write > 1", "when: reads_per_write"))
    assert (code, at) == ("C044", "tradeoffs.0.choose.0.when")


def test_every_problem_is_reported_once_in_one_run():
    findings = found(
        ("formula: views * peak_factor,", "formula: views * peak_faktor,"),
        ("unit: GB,", "unit: MB/s,"),
        ("latency: {p50: 1 ms, p99: 8 ms}", "latency: {p50: 9 ms, p99: 8 ms}"),
        ("when: store_size > node_memory", "when: parcels > node_memory"),
    )
    assert codes(findings) == ["C043", "C044", "C055", "C044"]
