"""What comes of computing a case: its numbers, and the problems of those that cannot be had."""

from dataclasses import dataclass, field
from typing import NamedTuple

from casebook.document import Loc
from casebook.quantity import Dims, Quantity
from casebook.spec import Name


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


def amount(part: Quantity | Name, loc: Loc, numbers: Numbers) -> tuple[float, Dims] | Problem | None:
    """Return the value and dimensions of a quantity, or of the number that is named, if it has one."""
    if isinstance(part, Quantity):
        return part.base, part.dims
    if part in numbers.failed:
        return None
    if part not in numbers.values:
        return Problem("C043", loc, f'"{part}" is not a number of this case', "")
    return numbers.values[part], numbers.dims[part]
