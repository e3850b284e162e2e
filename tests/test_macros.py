import json

import pytest
from helpers import real_library

from casebook import macros
from casebook.facts import facts as facts_of

KEY = "feature-stores/payment-fraud-features"


@pytest.fixture
def given(tmp_path, monkeypatch):
    """Return the macros by name, over the facts of the real library."""
    (tmp_path / "build").mkdir()
    facts = facts_of(real_library(), 2026)
    facts["cases"][KEY]["title"] = "<b>Title</b> & more"
    facts["cases"][KEY]["formulas"]["odd"] = "a < b"
    (tmp_path / "build/facts.json").write_text(json.dumps(facts), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    class Environment:
        def __init__(self):
            self.macros = {}

        def macro(self, function):
            self.macros[function.__name__] = function
            return function

    environment = Environment()
    macros.define_env(environment)
    return environment.macros


def test_a_page_may_count_what_the_library_holds(given):
    assert given["count"]("cases") == str(len(real_library().cases()))
    assert int(given["count"]("checks")) > 50


def test_a_page_may_show_a_number_and_its_formula(given):
    assert given["number"](KEY, "decision_budget") == "100 ms"
    assert given["formula"](KEY, "read_budget") == "decision_budget / 4"


def test_what_a_macro_gives_is_escaped(given):
    assert given["formula"](KEY, "odd") == "a &lt; b"
    assert given["case_title"](KEY) == "&lt;b&gt;Title&lt;/b&gt; &amp; more"


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("number", ("no/case", "x"), 'there is no case "no/case"; there are'),
        ("number", (KEY, "budget"), 'has no "budget" among its numbers'),
        ("formula", (KEY, "decision_budget"), 'has no "decision_budget" among its formulas'),
        ("case_title", ("nothing",), 'there is no case "nothing"'),
        ("count", ("pages",), "pages"),
    ],
)
def test_a_wrong_name_ends_the_build_with_a_sentence(given, name, arguments, says):
    with pytest.raises(KeyError, match=says):
        given[name](*arguments)


def test_every_macro_says_what_it_gives(given):
    assert all(function.__doc__ for function in given.values())
