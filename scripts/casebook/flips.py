"""Where decisions flip: the values of an assumption, within its range, at which the pick of a rule changes.

One assumption moves at a time, everything else as assumed. A line of a rule that can only turn once, as
its formula's trend says, is turned by halving the range on a log scale, to one part in ten thousand.
Where a trend cannot be told, the range is walked in even steps, and every change between two steps is
halved; two changes within one step (a sixty-fourth of the range) that undo each other are the only
ones that can be missed.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from casebook.evaluation import Values, compiled
from casebook.formula import FormulaError, Node
from casebook.outcome import Numbers
from casebook.spec import Case
from casebook.trend import Trend, trend

STEPS = 64
EXACT = 1e-4  # relative


class Flip(NamedTuple):
    """A value of an assumption, in base units, with the pick below and above it (None: no value there)."""

    decision: int
    assumption: str
    at: float
    below: str | None
    above: str | None


def flips(case: Case, numbers: Numbers) -> tuple[Flip, ...]:
    """Return every flip of every decision that has a rule, in the order of decisions and assumptions."""
    if numbers.problems or numbers.failed:
        return ()
    found: list[Flip] = []
    for index, decision in enumerate(case.tradeoffs):
        trees = [line.when.tree for line in decision.choose if line.when]
        needed = {name for line in decision.choose if line.when for name in roots(case, line.when.tree)}
        for name, assumption in case.assumptions.items():
            if name in needed and assumption.range is not None:
                low, high = (bound.base for bound in assumption.range)
                if not 0 < low < high or any(bound.dims != assumption.value.dims for bound in assumption.range):
                    continue  # a range that its own rule reports
                sweep = Sweep(case, numbers, name, trees, [line.pick for line in decision.choose])
                found += [Flip(index, name, *turn) for turn in turns(sweep.pick, sweep.points(low, high))]
    return tuple(found)


def roots(case: Case, tree: Node) -> set[str]:
    """Return the assumptions that a tree depends on, through estimates."""
    found: set[str] = set()
    waiting = [tree]
    seen: set[str] = set()
    while waiting:
        node = waiting.pop()
        waiting.extend(node.args)
        if node.op == "name" and node.name in case.estimates and node.name not in seen:
            seen.add(node.name)
            waiting.append(case.estimates[node.name].formula.tree)
        elif node.op == "name" and node.name in case.assumptions:
            found.add(node.name)
    return found


class Sweep:
    """A rule as a function of one assumption; only what depends on it is computed again."""

    def __init__(self, case: Case, numbers: Numbers, name: str, trees: list[Node], picks: list[str]) -> None:
        self.name = name
        self.values: dict[str, float] = dict(numbers.values)
        self.picks = picks
        self.lines = [compiled(tree) for tree in trees]
        trends = {name: Trend(1, True)}

        def of(part: str) -> Trend:
            return trends[part] if part in trends else Trend(0, self.values[part] > 0)

        chain = follows(case, name, trees)
        for estimate in chain:
            trends[estimate] = trend(case.estimates[estimate].formula.tree, of)
        self.chain = [(estimate, compiled(case.estimates[estimate].formula.tree)) for estimate in chain]
        self.once = all(trend(tree, of).way is not None for tree in trees)

    def at(self, value: float) -> None:
        """Put the assumption there. Raises FormulaError."""
        self.values[self.name] = value
        for estimate, formula in self.chain:
            self.values[estimate] = formula(self.values)

    def pick(self, value: float) -> str | None:
        """Return what the rule picks with the assumption there; None if it has no value."""
        try:
            self.at(value)
            for line, when in enumerate(self.lines):
                if when(self.values):
                    return self.picks[line]
        except FormulaError:
            return None
        return self.picks[-1]

    def points(self, low: float, high: float) -> Sequence[float]:
        """Return points from low to high between which the pick changes once at most, or is taken to."""
        if not self.once:
            ratio = (high / low) ** (1 / STEPS)
            return [*(low * ratio**step for step in range(STEPS)), high]
        found = {low, high}
        for when in self.lines:

            def holds(value: float, when: Callable[[Values], float] = when) -> bool | None:
                try:
                    self.at(value)
                    return bool(when(self.values))
                except FormulaError:
                    return None

            before, after = holds(low), holds(high)
            if before != after:
                found.update(_narrow(holds, low, high, before)[:2])
        return sorted(found)


def follows(case: Case, name: str, trees: list[Node]) -> list[str]:
    """Return the estimates between an assumption and some trees, in the order in which they are computed."""
    wanted: set[str] = set()
    waiting = list(trees)
    while waiting:
        node = waiting.pop()
        waiting.extend(node.args)
        if node.op == "name" and node.name in case.estimates and node.name not in wanted:
            wanted.add(node.name)
            waiting.append(case.estimates[node.name].formula.tree)
    touched = {name}
    for estimate, part in case.estimates.items():
        if estimate in wanted and any(node.name in touched for node in part.formula.names):
            touched.add(estimate)
    return [estimate for estimate in case.estimates if estimate in touched]


def turns(pick: Callable[[float], str | None], points: Sequence[float]) -> list[tuple[float, str | None, str | None]]:
    """Return every value between the first and the last point at which a pick changes, with the picks on both sides."""
    found = []
    before = pick(points[0])
    for left, right in pairwise(points):
        after = pick(right)
        if after != before:
            low, high, above = _narrow(pick, left, right, before, after)
            found.append(((low * high) ** 0.5, before, above))
        before = after
    return found


def _narrow(
    what: Callable[[float], Any], left: float, right: float, before: Any, after: Any = None
) -> tuple[float, float, Any]:
    """Return two values closer than `EXACT` with a change between them, and what it changes to."""
    while right / left > 1 + EXACT:
        middle = (left * right) ** 0.5
        got = what(middle)
        if got == before:
            left = middle
        else:
            right, after = middle, got
    return left, right, after
