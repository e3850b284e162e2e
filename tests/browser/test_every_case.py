"""What holds for every case, on its page, which is loaded once. Each test leaves the page as it found it."""

import gzip
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from browser.flows import FRAMES, IDLE, flows, names
from browser.support import INK, Shown, Site, address, all_said, contrast, said
from casebook.working import written

CHROME = (
    ".md-header, .md-tabs, .md-sidebar, .md-footer, .md-search, .md-top, .source, .downloads, .headerlink, .player__bar,"
    " .zoom, .live-bar, article [class^=live-]:not(.live-value, .live-field, .live-fault), article input[type=range]"
)
KILOBYTES = 150


def test_a_case_weighs_little_and_comes_from_here_alone(shown: Shown):
    shown.page.wait_for_load_state("networkidle")
    weights = {
        url: len(gzip.compress(got.body(), 6))
        for url, got in shown.answers.items()
        if not re.search(r"/search/search_index\.json$|^data:|^blob:", url)
    }
    assert any(url.endswith(".css") for url in weights)
    assert any(url.endswith(".js") for url in weights)
    assert sum(weights.values()) < KILOBYTES * 1000, sorted(weights.items(), key=lambda pair: -pair[1])


@pytest.fixture
def paper(shown: Shown) -> Iterator[Page]:
    """The page of a case as it is printed: A4 less its margins."""
    shown.page.emulate_media(media="print")
    shown.page.set_viewport_size({"width": 718, "height": 1000})
    yield shown.page
    shown.page.emulate_media(media="screen")
    shown.page.set_viewport_size({"width": shown.look.width, "height": 900})


def test_on_paper_a_case_is_dark_on_light_without_chrome_and_nothing_is_cut_off(paper: Page):
    assert (
        paper.locator(CHROME).filter(visible=True).evaluate_all("all => all.map(one => one.outerHTML.slice(0, 80))")
        == []
    )
    found = paper.evaluate(INK)
    assert contrast(found["ground"], "rgb(255, 255, 255)") < 1.1
    assert contrast(found["label"], found["box"]) >= 4.5
    assert contrast(found["text"], found["ground"]) >= 4.5
    drawing, frame, sheet = paper.locator("#diagram > svg").first.evaluate(
        "one => [one.getBoundingClientRect().width, one.parentElement.clientWidth, document.scrollingElement.scrollWidth]"
    )
    assert 300 < drawing <= frame
    assert sheet <= 718
    cut = paper.locator("article *").evaluate_all(
        """all => all.filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1
            && !one.closest('[aria-hidden=true]') && getComputedStyle(one).overflowX !== 'visible').map(one => one.outerHTML.slice(0, 120))"""
    )
    assert cut == []
    spilt = (
        paper.locator("article :is(td, th, p, li, code)")
        .filter(visible=True)
        .evaluate_all(
            "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 120))"
        )
    )
    assert spilt == []


def test_a_case_is_whole_without_scripts(shown: Shown, opened: Callable[..., Page]):
    page, record = shown.page, shown.record
    bare = opened(java_script_enabled=False)
    bare.goto(address(shown.key))

    headings = "article :is(h1, h2, h3)"
    assert all_said(bare.locator(headings)) == all_said(page.locator(headings))
    assert all(heading.is_visible() for heading in bare.locator(headings).all())
    given = {name: written(part.value) for name, part in record.assumptions.items()}
    rows = bare.locator("tr[id^=n-]").evaluate_all(
        "all => all.map(one => [one.id.slice(2), one.querySelector('td.num').textContent.trim()])"
    )
    assert {name: value for name, value in rows if name in given} == given
    computed = [f"#n-{name} strong" for name in record.estimates]
    assert bare.locator(", ".join(computed)).filter(visible=True).count() == len(computed)
    assert all_said(bare.locator(", ".join(computed))) == all_said(page.locator(", ".join(computed)))
    assert bare.locator("#diagram .node").filter(visible=True).count() == len(record.architecture.components)
    assert bare.locator(".decision").filter(visible=True).count() == len(record.tradeoffs)
    assert bare.locator(".steps li").filter(visible=True).count() == sum(
        len(flow.steps) for flow in record.architecture.flows.values()
    )
    fold = bare.locator(".follow-ups details").first
    fold.locator("summary").click()
    expect(fold.locator("li").first).to_be_visible()


def test_every_flow_is_played_step_by_step(shown: Shown, site: Site):
    bar = shown.page.get_by_role("group", name="Play the flows")
    expect(bar.get_by_role("status")).to_have_text(IDLE)

    for index, frames in enumerate(flows(site, shown.key)):
        played = shown.page.evaluate(FRAMES, index)
        assert len(played) == len(frames)
        for frame, seen in zip(frames, played, strict=True):
            assert seen["pressed"] == [index]
            ends = {end for text in frame for end in text.partition(" · ")[2].partition(": ")[0].split(" → ")}
            assert [" ".join(text.split()) for text in seen["said"]] == frame
            assert set(names(frame)) <= {name for label in seen["arrows"] for name in label.split()}
            assert {label.partition(": ")[0] for label in seen["boxes"]} == ends
            assert set(seen["lit"]) == {1}
            assert max(seen["dim"]) < 0.5
            assert [text.strip() for text in seen["marked"]] == names(frame)
    bar.get_by_role("button", name="End").click()


def test_a_decision_flips_within_a_thousandth_of_the_printed_flip_point(shown: Shown):
    page = shown.page
    page.locator(".live-slider").first.wait_for()
    printed = page.locator("[data-decision]").evaluate_all(
        """(all) => all.flatMap((box) => [...box.querySelectorAll(".flip-table tbody tr")].map((row) => [
            box.dataset.decision, row.querySelector("a.name").textContent, row.querySelector(".turn").textContent]))"""
    )
    assert printed
    tried = set()
    for decision, name, words in printed:
        place = re.search(r"(below|above) (.+?)(?: and above .+)?$", words)
        if place is None or decision in tried:
            continue
        tried.add(decision)
        box = page.locator(f"[data-decision='{decision}']")
        first = said(box.locator(".pick strong"))
        field = page.locator(f"#n-{name} .live-field")
        number, unit = re.fullmatch(r"([\d.,]+(?: (?:million|billion|trillion))?) ?(.*)", place[2]).groups()
        size, _, word = number.replace(",", "").partition(" ")
        for factor, flips_here in ((0.999, place[1] == "below"), (1.001, place[1] == "above")):
            field.fill(f"{float(size) * factor:.8g} {word} {unit}".replace("  ", " ").strip())
            field.press("Enter")
            expect(field).not_to_have_attribute("aria-invalid", "true")
            assert (said(box.locator(".pick strong")) != first) == flips_here, (name, words, factor)
        page.get_by_role("button", name="Reset all").click()
    assert tried
