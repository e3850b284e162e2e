"""The work behind a number, for people: a formula with names, and the same with values."""

import re
from collections.abc import Callable

from markupsafe import Markup

from casebook.formula import Node
from casebook.outcome import Numbers
from casebook.quantity import Quantity, Unit, show
from casebook.spec import Case, Name, Quality
from casebook.text import attribute

_RANK = {
    "or": 1,
    "and": 2,
    "not": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "==": 4,
    "!=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "neg": 7,
    "**": 8,
}
_SIGN = {"*": "×", "-": "−", "<": "&lt;", ">": "&gt;", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


def unit_of(case: Case, name: str) -> Unit:
    """Return the unit that a number is shown in: its author's."""
    return case.assumptions[name].value.unit if name in case.assumptions else case.estimates[name].unit


def limit_unit(case: Case, quality: Quality) -> Unit:
    """Return the unit of a requirement's limit, in which its measure is shown."""
    bound = quality.limit.bound
    return unit_of(case, bound) if isinstance(bound, Name) else bound.unit


def amount(base: float, unit: Unit) -> str:
    """Return a value in base units as text in a unit: `4,030 payment/s`."""
    return f"{show(base / unit.factor)} {unit.text}".strip()


def written(quantity: Quantity) -> str:
    """Return a quantity as its author wrote it, with the digits of long numbers grouped."""
    return re.sub(r"^\d{5,}", lambda digits: f"{int(digits[0]):,}", quantity.text)


def number(case: Case, numbers: Numbers, name: str) -> str:
    """Return the value of an assumption or estimate in its author's unit."""
    return amount(numbers.values[name], unit_of(case, name))


def stated(case: Case, numbers: Numbers, part: Quantity | Name) -> str:
    """Return a quantity as written, or the value of the number that is named."""
    return number(case, numbers, part) if isinstance(part, Name) else written(part)


def with_names(node: Node, page: str = "") -> Markup:
    """Return a formula as HTML, each name a link to its row, here or on another page."""
    return Markup(_write(node, lambda name: f'<a class="name" href="{attribute(page)}#n-{name}">{name}</a>'))


def with_values(node: Node, case: Case, numbers: Numbers) -> Markup:
    """Return a formula as HTML with each name replaced by its value and unit."""
    return Markup(
        _write(
            node, lambda name: f'<span class="value" data-name="{name}">{attribute(number(case, numbers, name))}</span>'
        )
    )


def _write(node: Node, name: Callable[[str], str]) -> str:
    """Return a tree as HTML; operators are ours, and `name` escapes what it returns."""
    if node.op == "number":
        # With as many digits as were typed: what the reader sees must give the result.
        return show(
            node.value, next(digits for digits in range(3, 18) if float(f"{node.value:.{digits}g}") == node.value)
        )
    if node.op == "name":
        return name(node.name)
    if node.op not in _RANK:
        return f"{node.op}({', '.join(_write(arg, name) for arg in node.args)})"
    rank = _RANK[node.op]

    def inner(arg: Node, strict: bool) -> str:
        text = _write(arg, name)
        low = arg.op in _RANK and (_RANK[arg.op] < rank or (strict and _RANK[arg.op] == rank))
        return f"({text})" if low else text

    if node.op in ("neg", "not"):
        return ("−" if node.op == "neg" else "not ") + inner(node.args[0], strict=True)
    if node.op == "**":
        return f"{inner(node.args[0], strict=True)}<sup>{_write(node.args[1], name)}</sup>"
    left = inner(node.args[0], strict=False)
    for arg in node.args[1:]:
        left = f"{left} {_SIGN.get(node.op, node.op)} {inner(arg, strict=node.op in ('-', '/'))}"
    return left
