"""Which way a formula moves when one number grows and all others stand still.

Told from its tree alone: sums, products and quotients of positive numbers, roots, logarithms, rounding
and comparisons. What cannot be told so is left open.
"""

from collections.abc import Callable
from typing import NamedTuple

from casebook.formula import Node


class Trend(NamedTuple):
    """1 if a value never falls, -1 if it never rises, 0 if it stands still, None if unknown; and whether it is above zero."""

    way: int | None
    positive: bool


UNKNOWN = Trend(None, False)
_SIGNS = {"-": (1, -1), "<": (-1, 1), "<=": (-1, 1), ">": (1, -1), ">=": (1, -1), "/": (1, -1)}


def trend(node: Node, of: Callable[[str], Trend]) -> Trend:
    """Return the trend of a tree, given that of its names. A comparison's truth is a value: 0, then 1, never falls."""
    op = node.op
    if op == "number":
        return Trend(0, node.value > 0)
    if op == "name":
        return of(node.name)
    args = [trend(arg, of) for arg in node.args]
    ways = [arg.way for arg in args]
    positive = all(arg.positive for arg in args)
    still = all(way == 0 for way in ways)
    if op in ("+", "min", "max", "and", "or"):
        return Trend(_joint(ways), positive)
    if op in ("neg", "not"):
        return Trend(_joint([ways[0]], (-1,)), False)
    if op in ("ceil", "floor"):
        return Trend(ways[0], positive and op == "ceil")
    if op in ("==", "!="):
        return Trend(0 if still else None, False)
    if op in ("*", "/"):
        if positive:
            return Trend(_joint(ways, _SIGNS.get(op, (1, 1))), True)
        if args[1] == (0, True):  # a constant above zero
            return Trend(ways[0], False)
        if op == "*" and args[0] == (0, True):
            return Trend(ways[1], False)
        return Trend(0, False) if still else UNKNOWN
    if op in ("sqrt", "log2"):
        return Trend(ways[0] if positive or still else None, positive and op == "sqrt")
    if op == "**":
        return Trend(ways[0], True) if positive and ways[1] == 0 else Trend(0, False) if still else UNKNOWN
    return Trend(_joint(ways, _SIGNS[op]), False)  # a difference or a comparison


def _joint(ways: list[int | None], signs: tuple[int, ...] = ()) -> int | None:
    """Return the way of a whole whose parts move so, each in the sense of its sign."""
    found = {
        None if way is None else way * sign
        for way, sign in zip(ways, signs or (1,) * len(ways), strict=True)
        if way != 0
    }
    return 0 if not found else found.pop() if len(found) == 1 else None
