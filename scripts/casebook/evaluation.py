"""What the tree of a formula is worth: its dimensions, and its value.

Values are in base units, in IEEE doubles, by the same operations in the same order as in the browser.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from casebook.formula import COMPARISON, FormulaError, Node
from casebook.quantity import Dims, describe

# Base units of these are one of something, so that rounding to a whole number means the same everywhere.
_NOT_COUNTED = {"time", "data", "money", "power", "compute"}
BOOL: Dims = (("yes or no", 1.0),)  # the dimension of a comparison, so that it cannot be added to


def dimension(node: Node, of: Mapping[str, Dims]) -> Dims:
    """Return the dimensions of a tree, given those of its names.

    Raises FormulaError where the units of two sides do not agree, or a name is not known.
    """

    def refuse(message: str, fix: str, where: Node = node) -> FormulaError:
        return FormulaError(message, fix, where.start, where.end)

    if node.op == "number":
        return ()
    if node.op == "name":
        if node.name not in of:
            raise FormulaError(f'"{node.name}" is not a number of this case', None, node.start, node.end)
        return of[node.name]
    args = [dimension(arg, of) for arg in node.args]
    if node.op in ("and", "or", "not"):
        if any(arg != BOOL for arg in args):
            raise refuse(f"`{node.op}` joins comparisons", "compare each number with something")
        return BOOL
    for arg, below in zip(args, node.args, strict=True):
        if arg == BOOL:
            raise refuse("a comparison is not a number", "compare at the outermost level", below)
    if node.op in ("+", "-", "min", "max", "neg", *COMPARISON.values()):
        for other in args[1:]:
            if other != args[0]:
                raise refuse(
                    f"{'+ and - need' if node.op in '+-' else f'`{node.op}` needs'} equal units, but has {describe(args[0])} and {describe(other)}",
                    "multiply or divide by what converts one into the other",
                )
        return BOOL if node.op in COMPARISON.values() else args[0]
    if node.op == "*":
        return _combine(args[0], args[1], 1)
    if node.op == "/":
        return _combine(args[0], args[1], -1)
    if node.op == "**":
        power = node.args[1]
        sign, power = (-1, power.args[0]) if power.op == "neg" else (1, power)
        if args[1]:
            raise refuse(f"an exponent is a plain number, not {describe(args[1])}", "divide it by its unit")
        if args[0] and power.op != "number":
            raise refuse(f"{describe(args[0])} can only be raised to a written number", "use a number such as 2")
        return tuple((name, exponent * sign * power.value) for name, exponent in args[0]) if power.value else ()
    if node.op == "sqrt":
        return tuple((name, exponent / 2) for name, exponent in args[0])
    if node.op == "log2":
        if args[0]:
            raise refuse(
                f"log2 takes a plain number, not {describe(args[0])}", "divide it by something of the same unit"
            )
        return ()
    # ceil, floor
    if any(name in _NOT_COUNTED for name, _ in args[0]):
        raise refuse(
            f"{node.op} rounds counts, not {describe(args[0])}", "divide by a unit first, so that a count remains"
        )
    return args[0]


def _combine(left: Dims, right: Dims, sign: int) -> Dims:
    total = dict(left)
    for name, exponent in right:
        total[name] = total.get(name, 0.0) + sign * exponent
    return tuple(sorted((name, exponent) for name, exponent in total.items() if exponent))


Values = Mapping[str, float]


def evaluate(node: Node, values: Values) -> float:
    """Return the value of a tree in base units; a comparison gives 1.0 or 0.0.

    Raises FormulaError for a division by zero, a root or logarithm that does not exist, or an overflow.
    """
    result = compiled(node)(values)
    if not math.isfinite(result):
        raise FormulaError("is too large to compute", "check the magnitudes of its inputs", node.start, node.end)
    return result


@lru_cache(maxsize=8192)
def compiled(node: Node) -> Callable[[Values], float]:
    """Return a tree as a function of values, for those who need it many times; infinity is let through."""
    op, value, name = node.op, node.value, node.name
    if op == "number":
        return lambda _: value
    if op == "name":
        return lambda values: values[name]
    args = [compiled(arg) for arg in node.args]
    if op == "and":
        return lambda values: float(all(arg(values) for arg in args))
    if op == "or":
        return lambda values: float(any(arg(values) for arg in args))
    if op in ("min", "max"):
        pick = min if op == "min" else max
        return lambda values: pick([arg(values) for arg in args])
    first = args[0]
    if len(args) == 1:
        act: Callable[[float], float] = {
            "neg": lambda x: -x,
            "not": lambda x: float(not x),
            "ceil": lambda x: _whole(x, math.ceil),
            "floor": lambda x: _whole(x, math.floor),
            "sqrt": lambda x: _root(x, node),
            "log2": lambda x: _logarithm(x, node),
        }[op]
        return lambda values: act(first(values))
    second = args[1]
    if op == "/":
        return lambda values: _divide(first(values), second(values), node)
    if op == "**":
        return lambda values: _power(first(values), second(values), node)
    apply = _BINARY[op]
    return lambda values: apply(first(values), second(values))


_BINARY: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
}


def _divide(a: float, b: float, node: Node) -> float:
    if b == 0:
        raise FormulaError("divides by zero", "check the number below the line", node.start, node.end)
    return a / b


def _root(value: float, node: Node) -> float:
    if value < 0:
        raise FormulaError("takes the square root of a negative number", "check the signs", node.start, node.end)
    return math.sqrt(value)


def _logarithm(value: float, node: Node) -> float:
    if value <= 0:
        raise FormulaError(
            "takes the logarithm of a number that is not above zero", "check the signs", node.start, node.end
        )
    return math.log2(value)


def _whole(value: float, away: Callable[[float], int]) -> float:
    """12.000000000000002 replicas are 12: products of decimals are off by a few parts in 1e16."""
    if not math.isfinite(value):
        return value
    near = math.floor(value + 0.5)
    return float(near if abs(value - near) <= 1e-12 * max(1.0, abs(value)) else away(value))


def _power(base: float, exponent: float, node: Node) -> float:
    """Whole exponents by repeated multiplication, which gives the same bits in every host."""
    if not math.isfinite(exponent):
        raise FormulaError("is too large to compute", "check the magnitudes of its inputs", node.start, node.end)
    if base == 0 and exponent < 0:
        raise FormulaError("divides by zero", "check the number below the line", node.start, node.end)
    if base < 0 and exponent != int(exponent):
        raise FormulaError("raises a negative number to a fraction", "check the signs", node.start, node.end)
    if exponent == int(exponent) and abs(exponent) <= 64:
        result = 1.0
        for _ in range(abs(int(exponent))):
            result *= base
        return result if exponent >= 0 else (1 / result if result else math.inf)
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
