"""The small expression language of estimates and rules: a text becomes a tree, and a tree data.

`+ - * / **`, comparisons, `and or not`, and the functions `min max ceil floor sqrt log2` over names and
plain numbers. Python's own parser reads the text; the result is a tree of ours and is never run as
Python. What a tree is worth, `evaluation` says.
"""

import ast
import keyword
import math
import re
from typing import NamedTuple

LONGEST = 300
DEEPEST = 24

ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
COMPARISON = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
FUNCTIONS = {"min": (2, 8), "max": (2, 8), "ceil": (1, 1), "floor": (1, 1), "sqrt": (1, 1), "log2": (1, 1)}
# What people write for a sign, and what it is here.
_SIGNS = {"^": "**", "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=", "≠": "!="}


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


def as_data(node: Node) -> object:
    """Return the tree as JSON data: a number, a name, or a list of an operator and its arguments."""
    if node.op == "number":
        return node.value
    if node.op == "name":
        return node.name
    return [node.op, *(as_data(arg) for arg in node.args)]
