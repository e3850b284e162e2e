"""The numbers live: one engine in two hosts, and a page that follows the reader."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from browser.support import Look, Site
from casebook import data
from casebook.estimate import Numbers, compute
from casebook.quantity import NONE, Quantity, Unit
from casebook.spec import Case

CASE = "feature-stores/payment-fraud-features"
DESK = Look("light", 1440)
INPUTS = 1000  # a case
pytestmark = pytest.mark.parametrize("look", [DESK, Look("dark", 390)], ids=str)


def based(value: float, like: Quantity) -> Quantity:
    return Quantity("", value, Unit("", 1.0, like.dims)) if like.dims else Quantity("", value, NONE)


def scenarios(case: Case) -> st.SearchStrategy[dict[str, float]]:
    """Every assumption anywhere in its range, at an edge, or as it is; now and then at zero."""

    def one(name: str) -> st.SearchStrategy[float]:
        part = case.assumptions[name]
        if part.range is None:
            return st.just(part.value.base)
        low, high = part.range[0].base, part.range[1].base
        inside = st.floats(0, 1).map(lambda share: low * (high / low) ** share)
        return st.one_of(inside, inside, inside, st.sampled_from([low, high, part.value.base, 0.0]))

    return st.fixed_dictionaries({name: one(name) for name in case.assumptions})


def draw(case: Case) -> list[dict[str, float]]:
    """Return what hypothesis tries on a case."""
    drawn: list[dict[str, float]] = []

    @seed(20261122)
    @settings(max_examples=INPUTS, database=None, deadline=None)
    @given(scenarios(case))
    def collect(scenario: dict[str, float]) -> None:
        drawn.append(scenario)

    collect()
    return drawn


def told(numbers: Numbers, case: Case) -> dict[str, Any]:
    """What Python computes, in the shape of what the browser returns."""
    return {
        "values": numbers.values,
        "errors": sorted(
            problem.message for problem in numbers.problems if problem.code == "C045" and problem.loc[0] == "estimates"
        ),
        "latencies": {name: [numbers.latency(name, "p50"), numbers.latency(name, "p99")] for name in numbers.hops},
        "utilisation": numbers.utilisation,
        "requirements": {name: [got.value, got.holds] for name, got in numbers.requirements.items()},
        "picks": [
            list(numbers.picks[index]) if index in numbers.picks else None for index in range(len(case.tradeoffs))
        ],
    }


ENGINE = """
async ([address, data, scenarios]) => {
  const { compute } = await import(address);
  const pairs = (object) => Object.fromEntries(Object.entries(object));
  return scenarios.map((overrides) => {
    const now = compute(data, overrides);
    return {
      values: pairs(now.values),
      errors: Object.entries(now.errors).filter(([name]) => !name.startsWith("decision ")).map(([, why]) => why).sort(),
      latencies: Object.fromEntries(Object.entries(now.latencies).map(([name, { p50, p99 }]) => [name, [p50, p99]])),
      utilisation: pairs(now.utilisation),
      requirements: Object.fromEntries(Object.entries(now.requirements).map(([name, { value, holds }]) => [name, [value, holds]])),
      picks: now.picks.map((pick) => pick && [pick.pick, pick.line]),
    };
  });
}
"""


def differences(python: Any, browser: Any, where: str = "") -> list[str]:
    """Say where two results differ by more than 1e-9, relative."""
    if isinstance(python, dict):
        if set(python) != set(browser):
            return [f"{where}: only one host has {sorted(set(python) ^ set(browser))}"]
        return [line for key in python for line in differences(python[key], browser[key], f"{where}.{key}")]
    if isinstance(python, list):
        if browser is None or len(python) != len(browser):
            return [f"{where}: {python} against {browser}"]
        return [
            line
            for pair in enumerate(zip(python, browser, strict=True))
            for line in differences(*pair[1], f"{where}[{pair[0]}]")
        ]
    if isinstance(python, float) and isinstance(browser, (int, float)) and not isinstance(browser, bool):
        return (
            []
            if math.isclose(python, browser, rel_tol=1e-9, abs_tol=0)
            else [f"{where}: {python!r} against {browser!r}"]
        )
    return [] if python == browser else [f"{where}: {python!r} against {browser!r}"]


def test_every_number_of_every_case_is_the_same_in_python_and_in_the_browser_on_random_inputs(
    page: Page, site: Site, look: Look
):
    if look != DESK:
        return  # the engine has no looks
    page.goto("")
    for entry in site.library.cases():
        case: Case = entry.record
        drawn = draw(case)
        assert len(drawn) >= INPUTS
        answers = page.evaluate(ENGINE, [f"{site.address}assets/js/engine.js", data.as_json(case), drawn])

        for scenario, answer in zip(drawn, answers, strict=True):
            python = compute(
                case, {name: based(value, case.assumptions[name].value) for name, value in scenario.items()}
            )
            found = differences(json.loads(json.dumps(told(python, case))), answer, entry.key)
            assert found == [], scenario


@pytest.fixture
def live(page: Page) -> Callable[[str], Page]:
    def go(query: str = "") -> Page:
        page.goto(f"cases/{CASE}/{query}")
        page.locator("#n-peak_factor .live-slider").wait_for()
        return page

    return go


def result(page: Page, name: str) -> str:
    return page.locator(f"#n-{name} .estimate__head strong").inner_text()


def test_a_moved_slider_moves_the_estimates_and_says_by_how_much(live: Callable[[str], Page]):
    page = live("")
    before = result(page, "peak_payments")

    slider = page.locator("#n-peak_factor .live-slider")
    slider.focus()
    page.keyboard.press("End")

    assert result(page, "peak_payments") != before
    expect(page.locator("#n-peak_payments .delta")).to_contain_text("×")
    expect(page.locator("#n-peak_factor .live-field")).to_have_value("10")
    expect(page.locator(".live-bar [role=status]")).to_contain_text("1 assumption changed")


def test_a_field_takes_any_unit_that_fits_and_refuses_the_rest_with_a_reason(live: Callable[[str], Page]):
    page = live("")
    field = page.locator("#n-payments_per_day .live-field")

    field.fill("3000 payments/s")
    field.press("Enter")
    expect(field).to_have_value("259 million payment/day")

    for wrong, reason in (
        ("12 GB", "payment/day"),
        ("much", "begin with a number"),
        ("5 zz/day", "zz"),
        ("1 payment/day", "stay between"),
    ):
        field.fill(wrong)
        field.press("Enter")
        expect(page.locator("#n-payments_per_day .live-fault")).to_contain_text(reason)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_value(wrong)


def test_the_scenario_is_in_the_address_and_comes_back_with_it(live: Callable[[str], Page]):
    page = live("")
    page.locator("#n-peak_factor .live-field").fill("5")
    page.locator("#n-peak_factor .live-field").press("Enter")
    assert re.search(r"[?&]set=peak_factor~5(&|$)", page.url)
    shown = result(page, "peak_payments")

    page.reload()
    page.locator("#n-peak_factor .live-slider").wait_for()

    assert result(page, "peak_payments") == shown
    expect(page.locator("#n-peak_factor .live-field")).to_have_value("5")


@pytest.mark.parametrize(
    "query",
    [
        "?set=nothing~5",
        "?set=peak_factor~",
        "?set=peak_factor~1e9",
        "?set=__proto__~1",
        "?set=~,,~~",
        "?set=peak_factor~<b>",
    ],
)
def test_an_address_that_is_no_scenario_of_the_case_changes_nothing(live: Callable[[str], Page], query: str):
    page = live(query)

    expect(page.locator(".live-bar")).to_be_hidden()
    expect(page.locator("tr.changed")).to_have_count(0)


def test_resetting_one_and_all_brings_back_what_the_build_wrote(live: Callable[[str], Page]):
    page = live("")
    before = page.locator("#n-payments_per_day .live-field").input_value()
    shown = result(page, "peak_payments")
    for name in ("peak_factor", "payments_per_day"):
        page.locator(f"#n-{name} .live-slider").focus()
        page.keyboard.press("Home")

    page.locator("#n-payments_per_day .live-back").click()
    expect(page.locator("#n-payments_per_day .live-field")).to_have_value(before)
    page.get_by_role("button", name="Reset all").click()

    assert result(page, "peak_payments") == shown
    expect(page.locator(".live-bar")).to_be_hidden()
    assert "set=" not in page.url


def test_a_decision_flips_with_the_number_that_decides_it_and_says_so(live: Callable[[str], Page]):
    page = live("?set=payments_per_day~1000000")
    decision = page.locator("[data-decision]").filter(has_text="by a stream job")

    expect(decision.locator(".pick")).to_contain_text("flipped from")
    expect(decision.locator(".pick")).to_contain_text("payments_per_day")
    expect(decision.locator("tr.picked")).to_have_attribute("data-option", "batch")
    expect(decision.locator(".rule li.taken")).to_contain_text("otherwise")


def test_a_requirement_is_missed_as_the_number_moves(live: Callable[[str], Page]):
    page = live("?set=decision_budget~10")

    row = page.locator("#requirement-decision-latency")
    expect(row).to_contain_text("missed")
    expect(row).to_contain_text("≤ 10 ms")
    expect(page.locator(".live-bar [role=status]")).to_contain_text("missed")


def test_a_variant_is_loaded_with_one_tap(live: Callable[[str], Page], site: Site):
    page = live("")
    case = next(entry.record for entry in site.library.cases() if entry.key == CASE)
    name, variant = next(iter(case.variants.items()))

    page.locator(f"[data-variant={name}] .live-button").click()

    assert page.locator("tr.changed").count() == len(variant.set)
    expect(page.locator(".live-bar")).to_be_visible()


def test_a_number_without_a_value_is_told_in_words_and_never_as_nan(page: Page, site: Site):
    page.goto(f"cases/{CASE}/")
    page.locator("#n-peak_factor .live-slider").wait_for()

    page.evaluate(
        "() => { const live = document.querySelector('live-case'); live.overrides = { store_rate: 0, shard_memory: 0 }; live.draw(); }"
    )

    text = page.locator("article").inner_text()
    assert "divides by zero" in text
    assert not re.search(r"\bNaN\b|\bundefined\b|\bInfinity\b", text)
