"""How long a request flow takes: hop by hop, from the p50 and p99 that its steps or their components state."""

from collections.abc import Iterator
from itertools import groupby

from casebook.document import Loc
from casebook.outcome import Hop, Numbers, Problem, amount
from casebook.quantity import Dims, describe
from casebook.spec import Case, Flow
from casebook.spec.architecture import Latency, Step

TIME: Dims = (("time", 1.0),)


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


def time_flows(case: Case, numbers: Numbers) -> None:
    """Add to the numbers the hops of each request flow whose steps all have a latency, and what is wrong with those."""
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
        got = amount(getattr(latency, quantile), (*loc, quantile), numbers)
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
