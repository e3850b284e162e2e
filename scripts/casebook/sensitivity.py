"""Which assumption moves the key estimate most: each goes from one end of its range to the other, alone."""

from typing import NamedTuple

from casebook.evaluation import evaluate
from casebook.flips import follows, roots
from casebook.formula import FormulaError
from casebook.outcome import Numbers
from casebook.spec import Case


class Swing(NamedTuple):
    """What an estimate becomes at both ends of an assumption's range, in base units; None: it has no value there."""

    assumption: str
    low: float | None
    high: float | None

    def width(self, now: float) -> float:
        """Return how far it moves the estimate, as the larger over the smaller; without a value, without end."""
        if self.low is None or self.high is None:
            return float("inf")
        ends = sorted([self.low, now, self.high])
        return ends[2] / ends[0] if ends[0] > 0 else 1 + ends[2] - ends[0]


def key(case: Case) -> str:
    """Return the estimate that the design is judged by: the author's choice, or the last."""
    return case.key_estimate or list(case.estimates)[-1]


def swings(case: Case, numbers: Numbers, estimate: str) -> list[Swing]:
    """Return the swing of an estimate for every assumption with a range that it depends on, widest first.

    One assumption moves at a time, everything else as assumed: what two do together is not seen.
    """
    tree = case.estimates[estimate].formula.tree
    if numbers.problems or numbers.failed:
        return []
    found = []
    for name in roots(case, tree):
        part = case.assumptions[name]
        if part.range is not None:
            ends = [_at(case, numbers, name, bound.base, estimate) for bound in part.range]
            found.append(Swing(name, ends[0], ends[1]))
    order = list(case.assumptions)
    return sorted(found, key=lambda swing: (-swing.width(numbers.values[estimate]), order.index(swing.assumption)))


def _at(case: Case, numbers: Numbers, name: str, value: float, estimate: str) -> float | None:
    values = {**numbers.values, name: value}
    try:
        for between in [*follows(case, name, [case.estimates[estimate].formula.tree]), estimate]:
            values[between] = evaluate(case.estimates[between].formula.tree, values)
    except FormulaError:
        return None
    return values[estimate]
