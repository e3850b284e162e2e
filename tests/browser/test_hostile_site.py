"""A library whose every text attacks its reader is shown as text: nothing runs, nothing loads, nothing leaves."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT, project, real
from playwright.sync_api import Page, expect
from test_hostile import BLOCK, CASE, CHOICE, PAYLOADS, told

from browser.support import PREFIX, address, one_look, run, served, tool

SEARCHES = True
# Beside what the payloads try by themselves: what a reader could be made to press.
MORE = {
    "frame": "<iframe src=//e.example></iframe>",
    "object": "<object data=//e.example><embed>",
    "base": "<base href=//e.example/><meta>",
    "style": "<style>*{color:red}</style>",
    "template": "{% include '/etc/passwd' %}${7*7}",
    "path": "../../../etc/passwd file:///a",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site built from a library with an attack in every text."""
    texts = [*PAYLOADS.values(), *MORE.values()]
    keys = tuple(path.removeprefix("cases/").removesuffix(".yml") for path in real())
    files, _ = told(*texts, keys=keys)
    own = {
        f"scripts/casebook/{name}": (ROOT / "scripts/casebook" / name).read_bytes() for name in ("macros.py", "hold.py")
    }
    base = project(tmp_path_factory.mktemp("hostile"), {**files, **own})
    done = run(base, tool("casebook"), "build")
    assert done.returncode == 0, done.stdout
    with served(base / "site", PREFIX) as where:
        yield where


@pytest.fixture
def watched(opened: Callable[..., Page], hostile: str) -> Iterator[Page]:
    """A page on which a dialog, or a script that ran, would be seen; the watch of every page sees the rest."""
    page = opened(base_url=hostile)
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.add_init_script(
        "window.y = window.x = undefined; addEventListener('securitypolicyviolation', event => { window.violated = [...(window.violated ?? []), event.violatedDirective]; })"
    )
    yield page
    assert seen == []


def nothing_happened(page: Page) -> None:
    assert page.evaluate("window.violated ?? []") == []
    assert page.locator("img[src='x'], iframe, object, embed, base, [onclick], [onerror], [onload]").count() == 0
    assert page.locator("a[href^='javascript'], a[href^='//']").count() == 0


@one_look
@pytest.mark.parametrize(
    "where", ["", "cases/", "blocks/", "tradeoffs/", *(address(key) for key in (CASE, BLOCK, CHOICE))]
)
def test_a_page_shows_attacks_as_text(watched: Page, where: str):
    watched.goto(where)
    watched.wait_for_load_state("networkidle")
    nothing_happened(watched)
    if where:
        shown = re.sub(r"\s+", " ", watched.locator("article").inner_text())
        assert "{{ 7*7 }}" in shown
        assert "<script>alert(1)</script>" in shown


@one_look
def test_the_panel_and_a_played_diagram_show_attacks_as_text(watched: Page):
    watched.goto(address(CASE))
    watched.locator(".live-slider").first.focus()
    watched.keyboard.press("End")
    watched.locator(".legend__flows button").first.click()
    watched.keyboard.press("ArrowRight")
    nothing_happened(watched)


@one_look
def test_a_round_a_drill_and_a_sheet_show_attacks_as_text(watched: Page):
    watched.goto(f"rehearse/?case={CASE}")
    watched.get_by_role("button", name="Begin the round").click()
    watched.locator(".clock").wait_for()
    for _ in range(7):
        watched.get_by_role("button", name=re.compile("^Hint")).first.click()
        watched.get_by_role("button", name="Compare with the reference answer").click()
        nothing_happened(watched)
        watched.get_by_role("button", name="Next phase").click()
    for part in ("drill", "sheet", "prompt", "board"):
        watched.goto(f"rehearse/#{part}={CASE}")
        watched.reload()
        watched.locator("rehearsal-room h2").wait_for()
        nothing_happened(watched)


@one_look
def test_results_of_a_search_show_attacks_as_text(opened: Callable[..., Page], watched: Page):
    watched.goto("")
    watched.get_by_role("textbox", name="Search").click()
    watched.get_by_role("textbox", name="Search").press_sequentially("alert")
    expect(watched.locator(".md-search-result__link").first).to_be_visible()
    nothing_happened(watched)


@one_look
def test_markup_that_got_into_a_page_all_the_same_would_not_run(page: Page, faults: Any, site: Any, tmp_path: Path):
    """The policy is the second lock: here the first is left open."""
    faults.expect("Content Security Policy|x.js csp$")
    file = site.folder / address(CASE) / "index.html"
    whole = file.read_text(encoding="utf-8")
    attack = (
        "<script>window.ran = 1</script><img src=nowhere.png onerror='window.ran = 2'>"
        "<b style='position:fixed'>x</b><script src=//127.0.0.1:1/x.js></script>"
    )
    try:
        file.write_text(whole.replace("<h1", attack + "<h1", 1), encoding="utf-8")
        faults.expect("404: .*nowhere.png|status of 404")
        page.goto(address(CASE))
        page.locator(".live-slider").first.wait_for()  # what is the site's own still runs
        assert page.evaluate("window.ran") is None
        assert (
            page.locator("b", has_text="x").first.evaluate("element => getComputedStyle(element).position") == "static"
        )
    finally:
        file.write_text(whole, encoding="utf-8")
