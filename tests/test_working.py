import html
import re
from math import isclose

import pytest
from helpers import real_library, sample_case, sample_numbers
from hypothesis import assume, given
from hypothesis import strategies as st

from casebook import quantity, working
from casebook.evaluation import evaluate
from casebook.formula import FormulaError, Node, parse

SIGNS = {"×": "*", "−": "-", "≤": "<=", "≥": ">=", "=": "==", "≠": "!="}


def read_back(written: str) -> Node:
    """Return the tree of a formula as it is shown."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", re.sub(r"<sup>(.*?)</sup>", r" ** (\1)", written))
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).replace(",", ", ").replace(",  ", ", ")
    for shown, typed in SIGNS.items():
        text = text.replace(f" {shown} ", f" {typed} ").replace("−", "-")
    return parse(text).tree


names = st.sampled_from(["peak", "base_load", "p99"]).map(lambda name: Node("name", name=name))
whole = st.integers(1, 999).map(lambda value: Node("number", value=float(value)))
arithmetic = st.recursive(
    names | whole,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*/"), inner, inner).map(lambda part: Node(part[0], part[1:])),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda part: Node(part[0], part[1:])),
        st.tuples(st.sampled_from(["ceil", "sqrt"]), inner).map(lambda part: Node(part[0], part[1:])),
        inner.map(lambda part: Node("neg", (part,))),
        st.tuples(inner, whole).map(lambda part: Node("**", part)),
    ),
    max_leaves=6,
)
compared = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), names | whole, names | whole).map(
    lambda part: Node(part[0], part[1:])
)
conditions = st.recursive(
    compared,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(lambda part: Node(part[0], part[1:])),
        inner.map(lambda part: Node("not", (part,))),
    ),
    max_leaves=4,
)
VALUES = {"peak": 3.0, "base_load": 7.25, "p99": 0.5}


def value(tree: Node) -> float | None:
    try:
        return evaluate(tree, VALUES)
    except FormulaError:
        return None


@given(arithmetic)
def test_a_formula_is_shown_with_the_brackets_that_its_value_needs(tree):
    # `a + (b - c)` is shown without its brackets and rounds otherwise; near zero, one of the two may have no value.
    ours, theirs = value(tree), value(read_back(str(working.with_names(tree))))
    assume(ours is not None and theirs is not None and 1e-6 < abs(ours) < 1e100)
    assert isclose(ours, theirs, rel_tol=1e-6)


@given(conditions)
def test_a_condition_is_shown_with_the_brackets_that_it_needs(tree):
    assert value(read_back(str(working.with_names(tree)))) == value(tree)


def test_a_formula_is_shown_with_its_names_as_links():
    shown = working.with_names(parse("peak * 2").tree)
    assert shown == '<a class="name" href="#n-peak">peak</a> × 2'


def test_a_formula_is_shown_with_its_values_and_units():
    case, numbers = sample_case(), sample_numbers()
    shown = working.with_values(case.estimates["peak_views"].formula.tree, case, numbers)
    assert re.sub(r"<[^>]+>", "", shown) == "60 million request/day × 4"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a - (b - c)", "a − (b − c)"),
        ("a - b - c", "a − b − c"),
        ("a / (b * c)", "a / (b × c)"),
        ("(a + b) * c", "(a + b) × c"),
        ("-(a + b)", "−(a + b)"),
        ("(-a) ** 2", "(−a)<sup>2</sup>"),
        ("a ** (b + c)", "a<sup>b + c</sup>"),
        ("not (a < b and c > d)", "not (a &lt; b and c &gt; d)"),
        ("a < b or c <= d and e != f", "a &lt; b or c ≤ d and e ≠ f"),
        ("ceil(a / b)", "ceil(a / b)"),
        ("86400 * a", "86,400 × a"),
    ],
)
def test_signs_and_brackets_are_those_of_arithmetic(text, shown):
    assert re.sub(r"</?a\b[^>]*>", "", str(working.with_names(parse(text).tree))) == shown


def test_a_number_is_shown_in_its_authors_unit():
    case, numbers = sample_case(), sample_numbers()
    assert working.number(case, numbers, "parcels") == "20 million item"
    assert working.number(case, numbers, "store_size") == "10 GB"
    assert working.number(case, numbers, "reads_per_write") == "2.4"
    assert working.amount(0.25, quantity.unit("%")) == "25 %"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("86400 s", "86,400 s"),
        ("1000 B", "1000 B"),
        ("12345.5 B", "12,345.5 B"),
        ("150 million row", "150 million row"),
    ],
)
def test_a_quantity_is_shown_as_written_with_long_numbers_grouped(text, shown):
    assert working.written(quantity.parse(text)) == shown


def test_every_formula_of_the_library_can_be_shown_with_names_and_values():
    for entry in real_library().cases():
        for name, estimate in entry.record.estimates.items():
            shown = read_back(str(working.with_names(estimate.formula.tree)))
            assert isclose(evaluate(shown, entry.numbers.values), entry.numbers.values[name], rel_tol=1e-9)
            assert working.with_values(estimate.formula.tree, entry.record, entry.numbers)
