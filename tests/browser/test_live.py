"""The numbers live: one engine in two hosts, and a page that follows the reader."""

import gzip
import json
import math
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from browser.support import Hand, Look, Site, address, all_said, both_looks, parsed, said, text
from casebook import data, tail
from casebook.estimate import compute
from casebook.flips import flips
from casebook.outcome import Numbers
from casebook.quantity import NONE, Quantity, Unit
from casebook.sensitivity import swings
from casebook.spec import Assumption, Case

CASE = "feature-stores/payment-fraud-features"
INPUTS, DRAWN = 1000, 50  # a case; so many of them are drawn by hypothesis, which takes its time


def based(value: float, like: Quantity) -> Quantity:
    return Quantity("", value, Unit("", 1.0, like.dims)) if like.dims else Quantity("", value, NONE)


def scenarios(case: Case) -> st.SearchStrategy[dict[str, float]]:
    """Every assumption anywhere in its range, at an edge, or as it is; now and then at zero."""

    def one(name: str) -> st.SearchStrategy[float]:
        part = case.assumptions[name]
        if part.range is None:
            return st.just(part.value.base)
        inside = st.floats(0, 1).map(lambda share: within(part, share))
        return st.one_of(inside, inside, inside, st.sampled_from(edges(part)))

    return st.fixed_dictionaries({name: one(name) for name in case.assumptions})


def within(part: Assumption, share: float) -> float:
    low, high = part.range[0].base, part.range[1].base
    return low * (high / low) ** share


def edges(part: Assumption) -> list[float]:
    return [part.range[0].base, part.range[1].base, part.value.base, 0.0]


def draw(case: Case) -> list[dict[str, float]]:
    """Return what hypothesis tries on a case, and as many more by chance as are asked for."""
    drawn: list[dict[str, float]] = []

    @seed(20261122)
    @settings(max_examples=DRAWN, database=None, deadline=None)
    @given(scenarios(case))
    def collect(scenario: dict[str, float]) -> None:
        drawn.append(scenario)

    collect()
    chance = Random(20261122)

    def one(part: Assumption) -> float:
        if part.range is None:
            return part.value.base
        return within(part, chance.random()) if chance.random() < 0.75 else chance.choice(edges(part))

    while len(drawn) < INPUTS:
        drawn.append({name: one(part) for name, part in case.assumptions.items()})
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
  return JSON.stringify(JSON.parse(scenarios).map((overrides) => {
    const now = compute(data, overrides);
    return {
      values: pairs(now.values),
      errors: Object.entries(now.errors).filter(([name]) => !name.startsWith("decision ")).map(([, why]) => why).sort(),
      latencies: Object.fromEntries(Object.entries(now.latencies).map(([name, { p50, p99 }]) => [name, [p50, p99]])),
      utilisation: pairs(now.utilisation),
      requirements: Object.fromEntries(Object.entries(now.requirements).map(([name, { value, holds }]) => [name, [value, holds]])),
      picks: now.picks.map((pick) => pick && [pick.pick, pick.line]),
    };
  }));
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


def test_every_number_of_every_case_is_the_same_in_python_and_in_the_browser_on_random_inputs(page: Page, site: Site):
    page.goto("")
    for entry in site.library.cases():
        case: Case = entry.record
        drawn = draw(case)
        assert len(drawn) >= INPUTS
        # As text: Playwright takes its time over each number of an answer.
        engine = [f"{site.address}assets/js/engine.js", data.as_json(case), json.dumps(drawn)]
        answers = json.loads(page.evaluate(ENGINE, engine))

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
    expect(field).to_have_value("259.2 million payment/day")

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
    expect(page).to_have_url(re.compile(r"[?&]set=peak_factor~5(&|$)"))
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
    expect(page).not_to_have_url(re.compile("set="))


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
        "() => { const live = document.querySelector('live-case'); live.overrides = { active_keys: 0 }; live.draw(); }"
    )

    text = page.locator("article").inner_text()
    assert "divides by zero" in text
    assert not re.search(r"\bNaN\b|\bundefined\b|\bInfinity\b", text)


# charts that follow


TWINS = """
async ([address, data, scenarios]) => {
  const { compute } = await import(`${address}engine.js`);
  const { p99 } = await import(`${address}tail.js`);
  const { swings, turns } = await import(`${address}turns.js`);
  return scenarios.map((overrides) => {
    const now = compute(data, overrides);
    const number = (part) => (typeof part === "string" ? now.values[part] : part);
    const flows = Object.entries(data.flows).filter(([name]) => now.latencies[name]);
    return {
      tails: Object.fromEntries(flows.map(([name, hops]) => [name, p99(hops.map((hop) => hop.map((times) => times.map(number))))])),
      swings: Object.fromEntries(Object.keys(data.estimates).map((name) => [name, Object.fromEntries(swings(data, overrides, name).map((swing) => [swing.name, [swing.low ?? null, swing.high ?? null]]))])),
      turns: data.decisions.map((rule, index) => Object.fromEntries(Object.keys(data.assumptions).filter((name) => rule.length && data.assumptions[name].range).map((name) => [name, turns(data, now, index, name).map(({ at, below, above }) => [at, below, above])]).filter(([, found]) => found.length))),
    };
  });
}
"""


def inside(case: Case, share: float) -> dict[str, float]:
    """Return a scenario: every assumption at another share of its range."""
    drawn = {}
    for place, (name, part) in enumerate(case.assumptions.items()):
        if part.range is not None:
            low, high = part.range[0].base, part.range[1].base
            drawn[name] = low * (high / low) ** ((share + place * 0.618) % 1)
    return drawn


def test_turns_swings_and_sampled_latencies_are_the_same_in_python_and_in_the_browser(page: Page, site: Site):
    page.goto("")
    for entry in site.library.cases():
        case: Case = entry.record
        scenarios = [{}, *(inside(case, share / 7) for share in range(7))]
        answers = page.evaluate(TWINS, [f"{site.address}assets/js/", data.as_json(case), scenarios])
        for scenario, answer in zip(scenarios, answers, strict=True):
            numbers = compute(
                case, {name: based(value, case.assumptions[name].value) for name, value in scenario.items()}
            )
            if numbers.problems:
                continue
            for name, hops in numbers.hops.items():
                assert math.isclose(answer["tails"][name], tail.p99(hops), rel_tol=1e-9)
            for name in case.estimates:
                ours = {swing.assumption: [swing.low, swing.high] for swing in swings(case, numbers, name)}
                assert differences(ours, answer["swings"][name], name) == []
            found: list[dict[str, list[Any]]] = [{} for _ in case.tradeoffs]
            for flip in flips(case, numbers):
                found[flip.decision].setdefault(flip.assumption, []).append([flip.at, flip.below, flip.above])
            for decision, theirs in zip(found, answer["turns"], strict=True):
                assert set(decision) == set(theirs), scenario
                for name, marks in decision.items():
                    assert [mark[1:] for mark in marks] == [mark[1:] for mark in theirs[name]]
                    for mark, other in zip(marks, theirs[name], strict=True):
                        assert math.isclose(mark[0], other[0], rel_tol=2e-4)


def opened_at(page: Page, key: str, query: str = "") -> Page:
    page.goto(f"cases/{key}/{query}")
    page.locator(".live-slider").first.wait_for()
    return page


# What a single slider turns in each case: a number, a decision, and a requirement.
DRAGS = {
    "feature-stores/payment-fraud-features": ("payments_per_day", "peak_payments"),
    "pipelines/recommendation-training-data": ("user_bytes", "row_bytes"),
    "deployment/llm-chat-serving": ("message_rate", "peak_messages"),
}


@both_looks
@pytest.mark.parametrize("key", DRAGS)
def test_one_slider_dragged_moves_estimates_use_requirements_and_a_decision(
    opened: Callable[..., Page], key: str, look: Look
):
    name, estimate = DRAGS[key]
    narrow = look.width < 500
    page = opened_at(opened(has_touch=narrow), key)
    slider = page.locator(f"#n-{name} .live-slider")
    watched = {
        "estimate": f"#n-{estimate} .estimate__head strong",
        "use": ".figure .node__used",
        "colour": ".figure .node__used",
        "requirements": "[id^=requirement-]",
        "decisions": "[data-decision] .pick",
    }

    def shown(part: str) -> list[str]:
        found = page.locator(watched[part])
        return (
            found.evaluate_all("all => all.map(one => one.getAttribute('class'))")
            if part == "colour"
            else all_said(found)
        )

    before = {part: shown(part) for part in watched}
    moved: set[str] = set()
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    for share in (0.02, 0.35, 0.65, 0.98):
        if narrow:
            page.touchscreen.tap(box["x"] + box["width"] * share, middle)
        else:
            here = page.locator(f"#n-{name} .live-slider").evaluate("part => part.value / part.max")
            page.mouse.move(box["x"] + 8 + (box["width"] - 16) * here, middle)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] * share, middle, steps=5)
            page.mouse.up()
        moved |= {part for part in watched if shown(part) != before[part]}
    assert moved == set(watched)
    expect(page).to_have_url(re.compile(f"set={name}~"))
    page.wait_for_timeout(400)  # the address follows when the hand rests
    where = page.url
    now = {part: shown(part) for part in watched}

    page = opened_at(opened(), key, "?" + where.partition("?")[2])
    assert {part: shown(part) for part in watched} == now


def test_more_load_fills_the_boxes_of_the_diagram_by_colour_and_by_text(live: Callable[[str], Page]):
    page = live("")
    badges = page.locator(".figure .node__used")
    before = all_said(badges)
    assert before
    assert page.locator(".node__used--over").count() == 0

    slider = page.get_by_role("slider", name="Load")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".diagram.is-playing")).to_have_count(0)  # its keys are its own
    page.keyboard.press("End")

    expect(page.locator(".load__said")).to_contain_text("100 × today’s peak")
    expect(page.locator(".load__said")).to_contain_text("over 100 %")
    assert page.locator(".figure .node__used--over").count() == len(before)
    assert [float(share.rstrip(" %")) for share in all_said(badges)] == pytest.approx(
        [100 * float(share.rstrip(" %")) for share in before], rel=0.05
    )
    expect(page).to_have_url(re.compile("load=100"))
    page.reload()
    expect(page.locator(".load__said")).to_contain_text("100 × today’s peak")

    page.get_by_role("button", name="Reset all").click()
    assert all_said(badges) == before
    expect(page).not_to_have_url(re.compile("load="))


def test_the_keyboard_alone_uses_all_of_the_panel(live: Callable[[str], Page], site: Site):
    page = live("")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hand = Hand(page, keyboard=True)
    names = ("peak_payments", "peak_keys", "recent_state")
    built = {name: result(page, name) for name in names}
    picks = all_said(page.locator("[data-decision] .pick"))

    hand.write(page.locator("#n-payments_per_day .live-field"), "12 million payment/day")
    page.keyboard.press("Enter")
    assert "now 1 assumption changed" in f"now {said(page.locator('.live-bar [role=status]'))}"
    hand.reach(page.locator("#n-peak_factor .live-slider"))
    page.keyboard.press("End")
    assert result(page, "peak_payments") == "1,390 payment/s"  # 12 million a day, times 10, over 86,400 s
    hand.reach(page.locator("#n-peak_factor .live-back"))
    page.keyboard.press("Enter")
    assert result(page, "peak_payments") == "417 payment/s"
    expect(page.locator("#n-peak_factor .live-slider")).to_be_focused()  # the button went; the reader is not lost

    hand.reach(page.get_by_role("slider", name="Load"))
    page.keyboard.press("End")
    expect(page.locator(".load__said")).to_contain_text("100 × today’s peak")
    hand.reach(page.get_by_role("combobox", name="Estimate"))
    first = all_said(page.locator("[data-swing]"))
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    expect(page.locator("[data-swing]").first).not_to_have_text(first[0])

    hand.press("Copy link")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "payments_per_day~12000000" in link
    assert "load=100" in link

    hand.press("Reset all")
    expect(page.locator("#n-payments_per_day .live-slider")).to_be_focused()
    assert {name: result(page, name) for name in names} == built
    assert all_said(page.locator("[data-decision] .pick")) == picks
    variant = next(iter(site.library.entries[CASE].record.variants))
    hand.press(page.locator(f"[data-variant={variant}] .live-button"))
    assert page.locator("tr.changed").count() > 0
    hand.press("Reset all")
    assert {name: result(page, name) for name in names} == built


def test_without_scripts_the_boxes_say_how_much_of_each_component_is_used(site: Site):
    for entry in site.library.cases():
        page = parsed(site, entry.key)
        shown = {round(100 * share) for share in entry.numbers.utilisation.values()}
        badges = [badge for figure in page.find_class("figure") for badge in figure.find_class("node__used")]
        assert {int(text(badge).rstrip(" %")) for badge in badges} == shown
        assert [part for stack in page.xpath("//*[@data-stack]") for part in stack.find_class("stack__part")]
        assert len(page.xpath("//*[@data-swing]")) > 1


def test_what_moves_an_estimate_follows_and_can_be_asked_of_any(live: Callable[[str], Page]):
    page = live("")
    first = all_said(page.locator("[data-swing]"))
    choice = page.get_by_role("combobox", name="Estimate")

    choice.select_option("peak_payments")
    expect(page.locator("[data-swing]")).not_to_have_count(len(first))
    rows = all_said(page.locator("[data-swing]"))
    assert rows[0].startswith("payments_per_day")

    page.locator("#n-peak_factor .live-field").fill("9")
    page.locator("#n-peak_factor .live-field").press("Enter")
    expect(page.locator("[data-swing]").first).not_to_have_text(rows[0])
    page.get_by_role("button", name="Reset all").click()
    expect(page.locator("[data-swing]").first).to_have_text(re.compile("payments_per_day"))


def test_the_strips_of_a_decision_follow_the_other_sliders(page: Page):
    opened_at(page, "deployment/llm-chat-serving")
    strips = page.locator(".flip-table tbody")
    before = all_said(strips)

    page.locator("#n-cache_hit_rate .live-slider").focus()
    page.keyboard.press("Home")

    page.wait_for_function(
        "before => [...document.querySelectorAll('.flip-table tbody')].some((part, index) => part.textContent.split(/\\s+/).filter(Boolean).join(' ') !== before[index])",
        arg=before,
    )
    assert "NaN" not in " ".join(all_said(strips))


def test_a_variant_that_misses_a_requirement_says_so_and_one_that_claims_to_meet_it_does(site: Site):
    for entry in site.library.cases():
        page = parsed(site, entry.key)  # it is said by the build
        for name, variant in entry.record.variants.items():
            numbers = compute(entry.record, variant.set, entry.numbers)
            missed = sum(not result.holds for result in numbers.requirements.values())
            [box] = page.xpath(f"//*[@data-variant='{name}']")
            effects = box.find_class("effects")
            told = [text(one) for part in effects for one in part.find_class("missed")]
            assert sum("Requirement missed" in one for one in told) == missed
            assert sum(len(part.find_class("met")) for part in effects) == len(variant.meets)


def test_scripts_are_loaded_only_where_they_are_used_and_are_light(page: Page, site: Site):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for where, wanted in (
        ("", set()),
        ("guide/", set()),
        ("cases/", {"case-filter"}),
        (address(CASE), {"live-case", "charts"}),
    ):
        asked.clear()
        page.goto(where)
        page.wait_for_load_state("networkidle")
        own = {re.findall(r"assets/js/([\w-]+)\.js", url)[0] for url in asked if "/assets/js/" in url}
        assert own >= wanted
        assert wanted or not own
    scripts = sorted((site.folder / "assets/js").glob("*.js"))
    assert len(scripts) > 5
    assert sum(len(gzip.compress(file.read_bytes(), 6)) for file in scripts) < 40_000
