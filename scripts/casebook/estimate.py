"""A case is computed: its estimates, flows, utilisation, requirements and the picks of its decisions.

Everything is computed in base units from the case's assumptions, some of which may be overridden: by a
variant here, by a slider in the browser. What cannot be computed is a Problem, never an exception.
"""

from collections.abc import Mapping
from math import isfinite

from casebook.document import Loc
from casebook.evaluation import BOOL, dimension, evaluate
from casebook.formula import Formula, FormulaError
from casebook.latency import TIME, time_flows
from casebook.outcome import Measure, Numbers, Problem, amount
from casebook.quantity import Dims, Quantity, describe
from casebook.spec import Case


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
    time_flows(case, numbers)
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


def _utilisation(case: Case, numbers: Numbers) -> None:
    for name, component in case.architecture.components.items():
        parts = {key: getattr(component, key) for key in ("load", "capacity", "replicas")}
        if any(part is None for part in parts.values()):
            continue
        loc: Loc = ("architecture", "components", name)
        got = {key: amount(part, (*loc, key), numbers) for key, part in parts.items() if part is not None}
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
        bound = amount(quality.limit.bound, loc, numbers)
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
