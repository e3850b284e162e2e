"""The small expression language of estimates and rules: parse, dimension-check, evaluate, write as data.

`+ - * / **`, comparisons, `and or not`, and the functions `min max ceil floor sqrt log2` over names and
plain numbers. Python's own parser reads the text; the result is a tree of ours and is never run as
Python. Evaluation is over base units in IEEE doubles, the same in the browser.
"""

import ast
import keyword
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from casebook.quantity import Dims, describe

LONGEST = 300
DEEPEST = 24

ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
COMPARISON = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
FUNCTIONS = {"min": (2, 8), "max": (2, 8), "ceil": (1, 1), "floor": (1, 1), "sqrt": (1, 1), "log2": (1, 1)}
# What people write for a sign, and what it is here.
_SIGNS = {"^": "**", "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=", "≠": "!="}
# Base units of these are one of something, so that rounding to a whole number means the same everywhere.
_NOT_COUNTED = {"time", "data", "money", "power", "compute"}


class FormulaError(ValueError):
    """A formula that cannot be read, has no dimension, or has no value; with the place in its text.

    `instead` is what should stand there, where that is sure.
    """

    def __init__(
        self, message: str, fix: str | None = None, start: int | None = None, end: int | None = None, instead: str = ""
    ) -> None:
        super().__init__(message)
        self.message, self.fix, self.start, self.end, self.instead = message, fix, start, end, instead


class Node(NamedTuple):
    """A node of the tree: an operator, its arguments, and where it stands in the text.

    `op` is `number` (with `value`), `name` (with `name`), or the operator or function itself.
    """

    op: str
    args: tuple["Node", ...] = ()
    value: float = 0.0
    name: str = ""
    start: int = 0
    end: int = 0


class Formula(NamedTuple):
    """A formula as written, and its tree."""

    text: str
    tree: Node
    names: tuple[Node, ...]  # every mention of a name, in order


def walk(node: Node) -> list[Node]:
    """Return the node and everything under it, in the order of the text."""
    return [node, *(below for arg in node.args for below in walk(arg))]


def parse(text: str) -> Formula:
    """Read a formula. Raises FormulaError with the place of what is not part of the language."""
    if len(text) > LONGEST:
        raise FormulaError(
            f"is {len(text)} characters long, but a formula has at most {LONGEST}",
            "name a part of it as an estimate of its own",
        )
    odd = re.search(r"[^A-Za-z0-9_+\-*/<>=!(),. \t\n]", text)
    if odd:
        raise FormulaError(
            f'"{odd[0]}" is not part of a formula',
            "use names, numbers, + - * / **, comparisons, and or not, min max ceil floor sqrt log2",
            odd.start(),
            odd.end(),
            _SIGNS.get(odd[0], ""),
        )
    measured = re.search(r"(?<![\w.])\d[\d.]*\s*(?!and\b|or\b|not\b|[eE][+-]?\d)[A-Za-z_]\w*", text)
    if measured:
        raise FormulaError(
            "a number in a formula has no unit",
            "make it an assumption with a name and a reason",
            measured.start(),
            measured.end(),
        )
    glued = re.search(r"(?<![\w.])[\d.]+([eE][+-]?\d+)?(?=(and|or|not)\b)", text)
    if glued:  # Python reads it, with a warning
        raise FormulaError("a number runs into a word", "put a space after the number", glued.start(), glued.end())
    flat = " ".join(text.split("\n"))
    try:
        body = ast.parse(flat.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        at = getattr(error, "offset", None)
        start = min(len(flat) - 1, max(0, at - 1 + len(flat) - len(flat.lstrip()))) if at else None
        raise FormulaError(
            "is not a complete expression", "check brackets and operators", start, None if start is None else start + 1
        ) from None
    lead = len(flat) - len(flat.lstrip())
    tree = _convert(body, lead if flat == text else 0, 0)
    return Formula(text.strip(), tree, tuple(node for node in walk(tree) if node.op == "name"))


def _convert(node: ast.expr, lead: int, depth: int) -> Node:
    start, end = node.col_offset + lead, (node.end_col_offset or 0) + lead

    def refuse(message: str, fix: str) -> FormulaError:
        return FormulaError(message, fix, start, end)

    def made(op: str, *args: ast.expr) -> Node:
        return Node(op, tuple(_convert(arg, lead, depth + 1) for arg in args), start=start, end=end)

    if depth > DEEPEST:
        raise refuse(f"is nested deeper than {DEEPEST} levels", "name a part of it as an estimate of its own")
    match node:
        case ast.Constant(value=bool()):
            raise refuse("True and False are not part of a formula", "write a comparison")
        case ast.Constant(value=int() | float() as value) if math.isfinite(value) and abs(value) < 1e30:
            return Node("number", value=float(value), start=start, end=end)
        case ast.Constant(value=int() | float()):
            raise refuse("is too large a number", "write a number below 1e30")
        case ast.Name(id=name) if name in FUNCTIONS:
            raise refuse(f'"{name}" is a function', f"write {name}(…)")
        case ast.Name(id=name) if not keyword.iskeyword(name):
            return Node("name", name=name, start=start, end=end)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            return made(ARITHMETIC[type(op)], left, right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return made("neg", operand)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return made("not", operand)
        case ast.BoolOp(op=op, values=values):
            return made("and" if isinstance(op, ast.And) else "or", *values)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISON:
            return made(COMPARISON[type(op)], left, right)
        case ast.Compare():
            raise refuse("compares more than two things at once", "join comparisons with `and`")
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            least, most = FUNCTIONS[name]
            if not least <= len(args) <= most:
                raise refuse(
                    f"{name} takes {least if least == most else f'{least} to {most}'} values, not {len(args)}",
                    f"check the brackets of {name}(…)",
                )
            return made(name, *args)
        case ast.Call():
            raise refuse("is not a function of formulas", f"use one of {', '.join(FUNCTIONS)}")
    raise refuse(
        "is not part of the formula language",
        "use names, numbers, + - * / **, comparisons, and or not, min max ceil floor sqrt log2",
    )


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


def as_data(node: Node) -> object:
    """Return the tree as JSON data: a number, a name, or a list of an operator and its arguments."""
    if node.op == "number":
        return node.value
    if node.op == "name":
        return node.name
    return [node.op, *(as_data(arg) for arg in node.args)]
