"""Light and dark; and the watch that every test keeps."""

from playwright.sync_api import Page, expect

from browser.support import CASES, INK, KINDS, Look, address, contrast, every_look, one_look

SCHEME = {"light": "default", "dark": "slate"}


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
