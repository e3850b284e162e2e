"""Light and dark; and what a page weighs."""

import gzip
import re

import pytest
from playwright.sync_api import Page, Response, expect

from browser.support import CASES, INK, KINDS, Look, address, contrast, every_look, one_look

SCHEME = {"light": "default", "dark": "slate"}
KILOBYTES = 150


@every_look
def test_a_page_comes_in_the_scheme_that_the_reader_prefers(page: Page, look: Look):
    page.goto(address(CASES[0]))

    assert page.evaluate(INK)["scheme"] == SCHEME[look.scheme]


@every_look
def test_the_toggle_turns_page_and_diagram_and_is_remembered(page: Page, look: Look):
    page.goto(address(CASES[0]))
    before = page.evaluate(INK)
    other = "dark" if look.scheme == "light" else "light"

    page.get_by_title(f"Switch to {other}").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEME[other])

    after = page.evaluate(INK)
    assert all(after[name] != before[name] for name in ("ground", "box", "label", "text"))
    for found in (before, after):
        assert contrast(found["label"], found["box"]) >= 4.5
        assert contrast(found["text"], found["ground"]) >= 4.5

    page.goto(KINDS["cases"])
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEME[other])
    page.get_by_title(f"Switch to {look.scheme}").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", SCHEME[look.scheme])


@one_look
@pytest.mark.parametrize("key", CASES)
def test_a_case_weighs_little_and_comes_from_here_alone(page: Page, key: str, look: Look):
    bodies: dict[str, Response] = {}
    page.on("response", lambda got: bodies.setdefault(got.url, got))
    page.goto(address(key))
    page.wait_for_load_state("networkidle")

    weights = {
        url: len(gzip.compress(got.body(), 6))
        for url, got in bodies.items()
        if not re.search(r"/search/search_index\.json$|^data:|^blob:", url)
    }
    assert any(url.endswith(".css") for url in weights)
    assert any(url.endswith(".js") for url in weights)
    assert sum(weights.values()) < KILOBYTES * 1000, sorted(weights.items(), key=lambda pair: -pair[1])


def test_no_page_asks_another_host_or_breaks(page: Page):
    for where in KINDS.values():
        page.goto(where)
        page.wait_for_load_state("networkidle")
    # The page's own watch tells the rest, here as in every test.


@one_look
def test_the_watch_notices_what_it_is_there_for(page: Page, faults: list[str]):
    page.goto("guide/")
    page.evaluate("fetch('https://example.com/x.js').catch(() => 0)")  # which the policy refuses, before it is asked
    page.evaluate("fetch('nowhere.json')")
    page.evaluate("setTimeout(() => { throw new Error('thrown') }); console.error('said')")
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_be_visible()

    seen = " ".join(faults)
    assert all(sign in seen for sign in ("https://example.com/x.js", "404: ", "thrown", "console: said"))
    faults.clear()
