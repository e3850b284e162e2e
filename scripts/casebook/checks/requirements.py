"""Rules over what a case requires of its numbers, as they are and under its variants."""

from collections.abc import Iterator

from casebook.checks.scope import Rule, Scope
from casebook.estimate import compute
from casebook.findings import Finding
from casebook.quantity import describe
from casebook.working import amount, limit_unit


def held(scope: Scope) -> Iterator[Finding]:
    """Every quality requirement must measure a number of the case, and the number must keep the limit."""
    case, numbers = scope.case, scope.sums
    for index, quality in enumerate(case.requirements.quality):
        loc = ("requirements", "quality", index)
        flow, dot, _ = quality.measure.partition(".")
        if dot and flow in case.architecture.flows:
            if case.architecture.flows[flow].kind != "request":
                yield scope.found(
                    "C070",
                    (*loc, "measure"),
                    f'flow "{flow}" is no request flow, so it has no latency',
                    "measure a request flow or an estimate",
                )
        elif dot:
            yield scope.unknown(
                "C070",
                (*loc, "measure"),
                f'"{flow}" is not a flow of this case',
                flow,
                [name for name, part in case.architecture.flows.items() if part.kind == "request"],
                "a request flow",
                start=0,
                end=len(flow),
            )
        elif quality.measure not in {**case.estimates, **case.assumptions}:
            yield scope.unknown(
                "C070",
                (*loc, "measure"),
                f'"{quality.measure}" is not an estimate of this case',
                quality.measure,
                case.estimates,
                "an estimate, or `flow-id.p99`",
            )
        result = numbers.requirements.get(quality.id)
        if result and not result.holds:
            unit = limit_unit(case, quality)
            shown, bound = amount(result.value, unit), amount(result.bound, unit)
            yield scope.found(
                "C071",
                (*loc, "limit"),
                f'requirement "{quality.id}" is missed: `{quality.measure}` is {shown}',
                "change the design until it holds, or the requirement if it is not what is needed",
                note=f"the limit is {bound}",
            )


def distinct(scope: Scope) -> Iterator[Finding]:
    """Requirements must have ids of their own, and an estimate a name that no assumption has."""
    seen: set[str] = set()
    for index, quality in enumerate(scope.case.requirements.quality):
        if quality.id in seen:
            yield scope.found(
                "C072",
                ("requirements", "quality", index, "id"),
                f'the id "{quality.id}" is used twice',
                "give one of them another id",
            )
        seen.add(quality.id)
    for name in scope.case.estimates:
        if name in scope.case.assumptions:
            yield scope.found(
                "C072",
                ("estimates", name),
                f'"{name}" is an assumption already',
                "give the estimate another name",
                key=True,
            )


def varied(scope: Scope) -> Iterator[Finding]:
    """A variant must override assumptions of the case, in their units, have values still, and keep what it claims."""
    case = scope.case
    for name, variant in case.variants.items():
        sound = True
        for number, quantity in variant.set.items():
            loc = ("variants", name, "set", number)
            if number not in case.assumptions:
                sound = False
                yield scope.unknown(
                    "C095",
                    loc,
                    f'variant "{name}" sets "{number}", which is not an assumption',
                    number,
                    case.assumptions,
                    "an assumption",
                    key=True,
                )
            elif quantity.dims != case.assumptions[number].value.dims:
                sound = False
                yield scope.found(
                    "C044",
                    loc,
                    f"is {describe(quantity.dims)}, but the assumption is {describe(case.assumptions[number].value.dims)}",
                    "write it in a unit of the assumption",
                )
        required = {quality.id: quality for quality in case.requirements.quality}
        for index, claim in enumerate(variant.meets):
            if claim not in required:
                what = f'"{claim}" is not a requirement of this case'
                yield scope.unknown(
                    "C096", ("variants", name, "meets", index), what, claim, required, "a quality requirement"
                )
        if sound and not scope.sums.problems:
            numbers = compute(case, variant.set, scope.sums)
            for index, claim in enumerate(variant.meets):
                result = numbers.requirements.get(claim)
                if result and not result.holds:
                    unit = limit_unit(case, required[claim])
                    yield scope.found(
                        "C096",
                        ("variants", name, "meets", index),
                        f'under variant "{name}", requirement "{claim}" is missed: `{required[claim].measure}` is {amount(result.value, unit)}',
                        "delete the claim, and say in `changes` what would have to change; or mend the numbers",
                        note=f"the limit is {amount(result.bound, unit)}",
                    )
            for problem in numbers.problems:
                yield scope.found(
                    "C045",
                    ("variants", name),
                    f'under variant "{name}" a number has no value: {".".join(str(part) for part in problem.loc)} {problem.message}',
                    "set the variant so that every number can be computed",
                    key=True,
                )


RULES: tuple[Rule, ...] = (held, distinct, varied)
