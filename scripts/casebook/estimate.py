"""A case's numbers: estimates, latencies of flows, utilisation, requirements and the picks of decisions.

Everything is computed in base units from the case's assumptions, some of which may be overridden: by a
variant here, by a slider in the browser. What cannot be computed is a Problem, never an exception.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from math import isfinite
from typing import NamedTuple

from casebook.evaluation import BOOL, dimension, evaluate
from casebook.formula import Formula, FormulaError
from casebook.quantity import Dims, Quantity, describe
from casebook.source import Loc
from casebook.spec import Case, Flow, Name
from casebook.spec.architecture import Latency, Step

TIME: Dims = (("time", 1.0),)


class Problem(NamedTuple):
    """Why a number cannot be had: the code of its finding, where, and how to mend it."""

    code: str
    loc: Loc
    message: str
    fix: str = ""
    start: int | None = None
    end: int | None = None


class Hop(NamedTuple):
    """One stretch of a request flow: a step, or parallel steps of which the slowest counts. Seconds."""

    steps: tuple[int, ...]
    p50: float
    p99: float
    times: tuple[tuple[float, float], ...] = ()  # p50 and p99 of each step


class Measure(NamedTuple):
    """A requirement's measure: its value in base units and whether the limit holds."""

    value: float
    bound: float
    holds: bool


@dataclass(slots=True)
class Numbers:
    """All numbers of a case, in base units (seconds, bytes, USD, counts)."""

    values: dict[str, float] = field(default_factory=dict)
    dims: dict[str, Dims] = field(default_factory=dict)
    hops: dict[str, list[Hop]] = field(default_factory=dict)
    utilisation: dict[str, float] = field(default_factory=dict)
    requirements: dict[str, Measure] = field(default_factory=dict)
    picks: dict[int, tuple[str, int]] = field(default_factory=dict)  # decision -> option, line of the rule
    problems: list[Problem] = field(default_factory=list)
    sound: bool = False  # units are known to agree
    failed: set[str] = field(default_factory=set)  # estimates without a value; what uses them is not blamed

    def latency(self, flow: str, quantile: str) -> float | None:
        """Return the p50 or p99 budget of a request flow in seconds: the sum over its hops.

        The sum of p99s is a budget, no quantile: with n hops at most n % of requests exceed it
        (union bound); with independent, light-tailed hops the flow's own p99 lies well below it.
        """
        hops = self.hops.get(flow)
        return sum(hop.p50 if quantile == "p50" else hop.p99 for hop in hops) if hops is not None else None


def compute(case: Case, overrides: Mapping[str, Quantity] | None = None, sound: Numbers | None = None) -> Numbers:
    """Return the numbers of a case, with some assumptions overridden if wanted.

    `sound` are the case's own numbers, without problems: units are then known to agree.
    """
    numbers = Numbers(sound=sound is not None and not sound.problems and not sound.failed)
    given = overrides or {}
    for name, assumption in case.assumptions.items():
        numbers.values[name] = given.get(name, assumption.value).base
        numbers.dims[name] = assumption.value.dims
    for name, estimate in case.estimates.items():
        if name in case.assumptions:
            continue
        value = _estimate(case, name, numbers)
        if isinstance(value, float):
            numbers.dims[name], numbers.values[name] = estimate.unit.dims, value
        else:
            numbers.failed.add(name)
            numbers.problems.extend([value] if value else [])
    _flows(case, numbers)
    _utilisation(case, numbers)
    _requirements(case, numbers)
    _decisions(case, numbers)
    return numbers


def _estimate(case: Case, name: str, numbers: Numbers) -> float | Problem | None:
    """Return the value of an estimate, why it has none, or None where what it uses has none."""
    estimate = case.estimates[name]
    loc: Loc = ("estimates", name, "formula")
    if _hangs(estimate.formula, numbers):
        return None
    if numbers.sound:
        return _value(estimate.formula, loc, numbers)
    dims = _dims(case, estimate.formula, loc, numbers)
    if isinstance(dims, Problem):
        return dims
    if dims == BOOL:
        return Problem(
            "C044", loc, "is a comparison, not a number", "put it into a decision's `when`, or estimate a quantity"
        )
    if dims != estimate.unit.dims:
        return Problem(
            "C044",
            ("estimates", name, "unit"),
            f'"{estimate.unit.text}" is {describe(estimate.unit.dims)}, but the formula gives {describe(dims)}',
            "write the unit of the result, or mend the formula",
        )
    return _value(estimate.formula, loc, numbers)


def _hangs(formula: Formula, numbers: Numbers) -> bool:
    """Return whether a formula uses an estimate that has no value, which is reported where it arose."""
    return any(node.name in numbers.failed for node in formula.names)


def _dims(case: Case, formula: Formula, loc: Loc, numbers: Numbers) -> Dims | Problem:
    """Return the dimensions of a formula, or why its names or units do not fit."""
    for node in formula.names:
        if node.name in numbers.dims:
            continue
        if node.name in case.estimates:
            own = loc[:2] == ("estimates", node.name)
            below = "itself" if own else f'"{node.name}", which stands below it'
            return Problem(
                "C043", loc, f"uses {below}", "estimates are computed in order: move that one up", node.start, node.end
            )
        return Problem("C043", loc, f'"{node.name}" is not a number of this case', "", node.start, node.end)
    try:
        return dimension(formula.tree, numbers.dims)
    except FormulaError as error:
        return Problem("C044", loc, error.message, error.fix or "", error.start, error.end)


def _value(formula: Formula, loc: Loc, numbers: Numbers) -> float | Problem:
    try:
        return evaluate(formula.tree, numbers.values)
    except FormulaError as error:
        return Problem("C045", loc, error.message, error.fix or "", error.start, error.end)


def _amount(amount: Quantity | Name, loc: Loc, numbers: Numbers) -> tuple[float, Dims] | Problem | None:
    """Return the value and dimensions of a quantity, or of the number that is named, if it has one."""
    if isinstance(amount, Quantity):
        return amount.base, amount.dims
    if amount in numbers.failed:
        return None
    if amount not in numbers.values:
        return Problem("C043", loc, f'"{amount}" is not a number of this case', "")
    return numbers.values[amount], numbers.dims[amount]


def step_latency(case: Case, step: Step) -> tuple[Latency | None, bool]:
    """Return the latency of a step, and whether the step states it itself."""
    if step.latency:
        return step.latency, True
    target = case.architecture.components.get(step.to)
    return (target.latency if target else None), False


def runs(flow: Flow) -> Iterator[tuple[int, ...]]:
    """Return the steps of a flow as hops: parallel neighbours of one name together."""
    for _, group in groupby(enumerate(flow.steps), key=lambda pair: pair[1].parallel or f"#{pair[0]}"):
        yield tuple(index for index, _ in group)


def _flows(case: Case, numbers: Numbers) -> None:
    for name, flow in case.architecture.flows.items():
        if flow.kind != "request":
            continue
        hops: list[Hop] | None = []
        for run in runs(flow):
            times = [_step_times(case, name, index, flow.steps[index], numbers) for index in run]
            if hops is None or any(time is None for time in times):
                hops = None
                continue
            known = [time for time in times if time is not None]
            hops.append(Hop(run, max(time[0] for time in known), max(time[1] for time in known), tuple(known)))
        if hops is not None:
            numbers.hops[name] = hops


def _step_times(case: Case, flow: str, index: int, step: Step, numbers: Numbers) -> tuple[float, float] | None:
    latency, own = step_latency(case, step)
    if latency is None:
        return None
    loc: Loc = (
        ("architecture", "flows", flow, "steps", index, "latency")
        if own
        else ("architecture", "components", step.to, "latency")
    )
    times = []
    for quantile in ("p50", "p99"):
        got = _amount(getattr(latency, quantile), (*loc, quantile), numbers)
        if got is None:
            return None
        if not isinstance(got, Problem) and got[1] != TIME:
            got = Problem(
                "C044", (*loc, quantile), f"is {describe(got[1])}, but a latency is a time", "write it like `4 ms`"
            )
        if isinstance(got, Problem):
            if got not in numbers.problems:
                numbers.problems.append(got)
            return None
        times.append(got[0])
    if times[0] > times[1]:
        problem = Problem(
            "C055",
            (*loc, "p50"),
            "is above the p99",
            "the median cannot exceed the 99th percentile: check which is which",
        )
        if problem not in numbers.problems:
            numbers.problems.append(problem)
    return times[0], times[1]


def _utilisation(case: Case, numbers: Numbers) -> None:
    for name, component in case.architecture.components.items():
        parts = {key: getattr(component, key) for key in ("load", "capacity", "replicas")}
        if any(part is None for part in parts.values()):
            continue
        loc: Loc = ("architecture", "components", name)
        got = {key: _amount(part, (*loc, key), numbers) for key, part in parts.items() if part is not None}
        problems = [part for part in got.values() if isinstance(part, Problem)]
        numbers.problems.extend(problems)
        if problems or any(part is None for part in got.values()):
            continue
        (load, load_dims), (capacity, capacity_dims), (replicas, replica_dims) = (
            part for part in got.values() if part is not None and not isinstance(part, Problem)
        )
        total = dict(load_dims)
        for dims in (capacity_dims, replica_dims):
            for dim, exponent in dims:
                total[dim] = total.get(dim, 0.0) - exponent
        left = tuple(sorted((dim, exponent) for dim, exponent in total.items() if exponent))
        if left:
            numbers.problems.append(
                Problem(
                    "C044",
                    (*loc, "capacity"),
                    f"load / (capacity x replicas) is {describe(left)}, but utilisation is a plain number",
                    f"load is {describe(load_dims)}, replicas are {describe(replica_dims)}: write the capacity in the one over the other",
                )
            )
        elif capacity * replicas == 0:
            numbers.problems.append(Problem("C045", (*loc, "capacity"), "is zero", "write what one replica can do"))
        elif not isfinite(load / (capacity * replicas)):
            numbers.problems.append(
                Problem("C045", (*loc, "load"), "is too large to compute with", "check the magnitudes of its inputs")
            )
        else:
            numbers.utilisation[name] = load / (capacity * replicas)


def measured(measure: str, numbers: Numbers) -> tuple[float, Dims] | None:
    """Return the value and dimensions of a requirement's measure; None if there is no such number."""
    flow, dot, quantile = measure.partition(".")
    if dot:
        value = numbers.latency(flow, quantile)
        return None if value is None else (value, TIME)
    return (numbers.values[measure], numbers.dims[measure]) if measure in numbers.values else None


def _requirements(case: Case, numbers: Numbers) -> None:
    for index, quality in enumerate(case.requirements.quality):
        got = measured(quality.measure, numbers)
        if got is None:
            continue
        value, dims = got
        loc: Loc = ("requirements", "quality", index, "limit")
        bound = _amount(quality.limit.bound, loc, numbers)
        if bound is not None and not isinstance(bound, Problem) and bound[1] != dims:
            bound = Problem(
                "C044",
                loc,
                f"is {describe(bound[1])}, but `{quality.measure}` is {describe(dims)}",
                "write the limit in a unit of the measure",
            )
        if isinstance(bound, Problem):
            numbers.problems.append(bound)
        elif bound is not None:
            numbers.requirements[quality.id] = Measure(value, bound[0], quality.limit.holds(value, bound[0]))


def _decisions(case: Case, numbers: Numbers) -> None:
    for index, decision in enumerate(case.tradeoffs):
        picked: tuple[str, int] | None = None
        broken = False
        for line, choice in enumerate(decision.choose):
            loc: Loc = ("tradeoffs", index, "choose", line, "when")
            if choice.when is None:
                picked = picked or (choice.pick, line)
                continue
            if _hangs(choice.when, numbers):
                broken = True
                continue
            dims = BOOL if numbers.sound else _dims(case, choice.when, loc, numbers)
            if dims != BOOL and not isinstance(dims, Problem):
                dims = Problem(
                    "C044", loc, "is a number, but a condition compares", "compare it with something: `… > …`"
                )
            got = dims if isinstance(dims, Problem) else _value(choice.when, loc, numbers)
            if isinstance(got, Problem):
                numbers.problems.append(got)
                broken = True
            elif got and picked is None:
                picked = (choice.pick, line)
        if picked and not broken:
            numbers.picks[index] = picked
