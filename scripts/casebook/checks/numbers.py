"""Rules over a case's numbers: that they can be computed, make sense, come from somewhere, and drive something."""

from collections.abc import Iterator

from casebook.checks.scope import Rule, Scope
from casebook.document import Loc
from casebook.findings import Finding, Mend
from casebook.mend import cut, extent
from casebook.quantity import Quantity, describe
from casebook.spec import Case, Name


def computed(scope: Scope) -> Iterator[Finding]:
    """Every formula must name numbers of the case, agree in units, and have a value."""
    names = scope.sums.dims
    said = [*named(scope.case), *(number for variant in scope.case.variants.values() for number in variant.set)]
    for problem in scope.sums.problems:
        if problem.code == "C043" and not problem.fix:
            name = problem.message.split('"')[1]
            known = {*names, *scope.case.estimates}
            where, start, end = "an assumption or an estimate", problem.start, problem.end
            yield scope.misnamed("C043", name, said, ("assumptions",), ("estimates",)) or scope.unknown(
                "C043", problem.loc, problem.message, name, known, where, of="the name", start=start, end=end
            )
        else:
            start, end = problem.start, problem.end
            mends = _above(scope, problem.loc, start, end) if problem.code == "C043" else ()
            yield scope.found(
                problem.code, problem.loc, problem.message, problem.fix, start=start, end=end, mends=mends
            )


def _above(scope: Scope, loc: Loc, start: int | None, end: int | None) -> tuple[Mend, ...]:
    """Return the edit that moves the estimate which a formula uses too early above it, with its lines."""
    document, name = scope.document, str(scope.document.at(loc))[start:end]
    below = scope.case.estimates.get(name)
    if loc[0] != "estimates" or below is None or loc[1] in (name, *(node.name for node in below.formula.names)):
        return ()
    own, used = (document.keys[("estimates", part)].start_mark for part in (str(loc[1]), name))
    if own.line == used.line or any(document.lines[key.line][: key.column].strip() for key in (own, used)):
        return ()
    after = extent(document.lines, used.line, used.column)
    moved = "".join(f"{line}\n" for line in document.lines[used.line : after])
    return Mend(own.line + 1, 1, 0, moved), cut(document.lines, used.line, after)


def ranged(scope: Scope) -> Iterator[Finding]:
    """A range must have the unit of its assumption, begin above zero, rise, and hold the value."""
    for name, assumption in scope.case.assumptions.items():
        if assumption.range is None:
            continue
        loc = ("assumptions", name, "range")
        low, high = assumption.range
        for index, bound in enumerate(assumption.range):
            if bound.dims != assumption.value.dims:
                yield scope.found(
                    "C044",
                    (*loc, index),
                    f"is {describe(bound.dims)}, but the value is {describe(assumption.value.dims)}",
                    "write the range in a unit of the value",
                )
                break
        else:
            if low.base <= 0:
                yield scope.found(
                    "C046",
                    (*loc, 0),
                    "the range must begin above zero, because a reader moves it on a log scale",
                    "begin with the least value that makes sense",
                )
            elif low.base >= high.base:
                first, second = (str(scope.document.at((*loc, index))) for index in (0, 1))
                yield scope.found(
                    "C046",
                    loc,
                    "the range must rise from its first value to its second",
                    "write the lower bound first",
                    mends=(*scope.put((*loc, 0), second), *scope.put((*loc, 1), first)) if low.base > high.base else (),
                )
            elif not low.base <= assumption.value.base <= high.base:
                yield scope.found(
                    "C046",
                    ("assumptions", name, "value"),
                    f"{assumption.value.text} lies outside the range {low.text} to {high.text}",
                    "widen the range, or mend the value",
                )


def positive(scope: Scope) -> Iterator[Finding]:
    """An assumption, a latency, a capacity or a number of replicas must not be below zero."""
    case = scope.case
    stated: list[tuple[Loc, object]] = [
        (("assumptions", name, "value"), part.value) for name, part in case.assumptions.items()
    ]
    for name, component in case.architecture.components.items():
        loc: Loc = ("architecture", "components", name)
        stated += [((*loc, part), getattr(component, part)) for part in ("load", "capacity", "replicas")]
        if component.latency:
            stated += [((*loc, "latency", part), getattr(component.latency, part)) for part in ("p50", "p99")]
    for name, flow in case.architecture.flows.items():
        for index, step in enumerate(flow.steps):
            if step.latency:
                loc = ("architecture", "flows", name, "steps", index, "latency")
                stated += [((*loc, part), getattr(step.latency, part)) for part in ("p50", "p99")]
    for loc, part in stated:
        if isinstance(part, Quantity) and part.base < 0:
            bare = scope.put(loc, part.text.removeprefix("-"))
            yield scope.found("C047", loc, f"{part.text} is below zero", "take the minus sign away", mends=bare)


def judged(scope: Scope) -> Iterator[Finding]:
    """The key estimate must be an estimate of the case."""
    name = scope.case.key_estimate
    if name is not None and name not in scope.case.estimates:
        known = scope.case.estimates
        what = f'"{name}" is not an estimate of this case'
        yield scope.unknown("C043", ("key_estimate",), what, name, known, "an estimate", of="the name")


def grounded(scope: Scope) -> Iterator[Finding]:
    """A figure must say where it comes from: a `source`, a `why`, or both."""
    for name, assumption in scope.case.assumptions.items():
        if not assumption.source and not assumption.why:
            yield scope.found(
                "C049",
                ("assumptions", name),
                f'assumption "{name}" has neither a source nor a reason',
                "add `source:` with the id of a reference, or `why:` with the reason",
                key=True,
            )
    for name, component in scope.case.architecture.components.items():
        stated = [
            part
            for part in (
                component.latency and component.latency.p50,
                component.latency and component.latency.p99,
                component.capacity,
            )
            if part is not None and not isinstance(part, Name)
        ]
        if stated and not component.source and not component.why:
            yield scope.found(
                "C049",
                ("architecture", "components", name),
                f'component "{name}" states a latency or a capacity without a source or a reason',
                "add `why:` with the reason, or `source:` with the id of a reference",
                key=True,
            )


def named(case: Case) -> list[str]:
    """Return every mention of a number of the case."""
    conditions = [choice.when for decision in case.tradeoffs for choice in decision.choose if choice.when]
    formulas = [*(estimate.formula for estimate in case.estimates.values()), *conditions]
    parts: list[object] = [quality.limit.bound for quality in case.requirements.quality]
    for component in case.architecture.components.values():
        parts += [component.load, component.capacity, component.replicas]
    latencies = [part.latency for part in case.architecture.components.values()]
    latencies += [step.latency for flow in case.architecture.flows.values() for step in flow.steps]
    parts += [part for latency in latencies if latency for part in (latency.p50, latency.p99)]
    said = [node.name for formula in formulas for node in formula.names]
    said += [str(part) for part in parts if isinstance(part, Name)]
    return [*said, *(quality.measure for quality in case.requirements.quality), case.key_estimate or ""]


def employed(scope: Scope) -> Iterator[Finding]:
    """An assumption or an estimate should drive something: an estimate, a component, a requirement or a decision."""
    case = scope.case
    used = set(named(case))
    for name in case.assumptions:
        if name not in used:
            yield scope.found(
                "C048",
                ("assumptions", name),
                f'assumption "{name}" is used by nothing',
                "use it in an estimate or a decision, or delete it",
                key=True,
            )
    for name in case.estimates:
        if name not in used:
            yield scope.found(
                "C048",
                ("estimates", name),
                f'estimate "{name}" drives nothing',
                "hold it to a requirement, use it in a component or a decision, or delete it",
                key=True,
            )


RULES: tuple[Rule, ...] = (computed, ranged, positive, judged, grounded)
