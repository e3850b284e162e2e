"""Where decisions flip: the values of an assumption, within its range, at which the pick of a rule changes.

One assumption moves at a time, everything else as assumed. The range is walked on a log scale in even
steps, and every change of the pick between two steps is found to one part in ten thousand by halving.
Two changes that lie closer together than a step (a sixty-fourth of the range) and undo each other are
the only ones that can be missed.
"""

from collections.abc import Callable
from typing import NamedTuple

from casebook.estimate import Numbers
from casebook.formula import FormulaError, Node, Values, compiled
from casebook.spec import Case

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
                pick = _picker(case, numbers, name, trees, [line.pick for line in decision.choose])
                found += [Flip(index, name, *turn) for turn in turns(pick, low, high)]
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


def _picker(
    case: Case, numbers: Numbers, name: str, trees: list[Node], picks: list[str]
) -> Callable[[float], str | None]:
    """Return the pick as a function of one assumption; only what depends on it is computed again."""
    values: dict[str, float] = dict(numbers.values)
    touched = {name}
    chain: list[tuple[str, Callable[[Values], float]]] = []
    wanted = {part for tree in trees for part in _mentions(case, tree)}
    for estimate, part in case.estimates.items():
        if estimate in wanted and any(node.name in touched for node in part.formula.names):
            touched.add(estimate)
            chain.append((estimate, compiled(part.formula.tree)))
    lines = [compiled(tree) for tree in trees]

    def pick(value: float) -> str | None:
        values[name] = value
        try:
            for estimate, formula in chain:
                values[estimate] = formula(values)
            for line, when in enumerate(lines):
                if when(values):
                    return picks[line]
        except FormulaError:
            return None
        return picks[-1]

    return pick


def _mentions(case: Case, tree: Node) -> set[str]:
    """Return the estimates that a tree needs, through estimates."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.args)
        if node.op == "name" and node.name in case.estimates and node.name not in found:
            found.add(node.name)
            waiting.append(case.estimates[node.name].formula.tree)
    return found


def turns(pick: Callable[[float], str | None], low: float, high: float) -> list[tuple[float, str | None, str | None]]:
    """Return every value between low and high at which a pick changes, with the picks on both sides."""
    found = []
    ratio = (high / low) ** (1 / STEPS)
    left, before = low, pick(low)
    for step in range(1, STEPS + 1):
        right = high if step == STEPS else low * ratio**step
        after = pick(right)
        if after != before:
            found.append(_halve(pick, left, right, before, after))
        left, before = right, after
    return found


def _halve(
    pick: Callable[[float], str | None], left: float, right: float, before: str | None, after: str | None
) -> tuple[float, str | None, str | None]:
    while right / left > 1 + EXACT:
        middle = (left * right) ** 0.5
        got = pick(middle)
        if got == before:
            left = middle
        else:
            right, after = middle, got
    return (left * right) ** 0.5, before, after
