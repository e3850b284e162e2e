import json
import re
from collections import defaultdict

import pytest
from playwright.sync_api import Page, expect

from browser.support import BLOCKS, CASES, TRADEOFFS, Site, address, both_looks, one_look, search

SEARCHES = True
HARM = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'


def texts(site: Site) -> dict[str, str]:
    """Return what the search knows of each page."""
    found: dict[str, str] = defaultdict(str)
    for part in json.loads((site.folder / "search/search_index.json").read_text(encoding="utf-8"))["docs"]:
        found[part["location"].partition("#")[0]] += f" {part['title']} {part['text']}".lower()
    return dict(found)


def phrase_of(site: Site) -> tuple[str, str]:
    """Return a case, and four words in a row from its failures, as many as can be found on no other page."""
    known = {where: set(re.findall(r"[a-z]+", text)) for where, text in texts(site).items()}
    best = (0, "", "")
    for key in CASES:
        record = site.library.entries[key].record
        others = set.union(*(words for where, words in known.items() if where != address(key)))
        others |= set(re.findall(r"[a-z]+", f"{record.title} {record.summary}".lower()))
        told = " | ".join(f"{part.breaks} | {part.response} | {part.noticed}" for part in record.failures)
        # Shorter words are beginnings of many others, and the search takes them for that.
        for phrase in re.findall(r"(?=\b((?:[a-z]{5,} (?:the )?){3}[a-z]{5,})\b)", told):
            best = max(best, (len(set(phrase.split()) - others), key, phrase))
    assert best[0] >= 1, "no case has a failure told in words of its own"
    return best[1], best[2]


@both_looks
def test_a_reader_gets_from_home_to_a_case_by_typing_its_title(page: Page, site: Site):
    title = site.library.entries[CASES[0]].record.title
    page.goto("")

    results = search(page, title)
    expect(results.first).to_have_attribute("href", re.compile(re.escape(address(CASES[0]))))
    results.first.click()

    page.wait_for_url(re.compile(re.escape(site.address + address(CASES[0]))))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_a_reader_gets_from_home_to_a_case_by_a_phrase_of_its_content(page: Page, site: Site):
    key, phrase = phrase_of(site)
    page.goto("")

    results = search(page, phrase)
    found = results.and_(page.locator(f"[href*='{address(key)}']")).first
    expect(found).to_be_visible()
    pages = dict.fromkeys((link.get_attribute("href") or "").partition("?")[0] for link in results.all())
    found.click()

    assert site.address + address(key) in list(pages)[:5]
    page.wait_for_url(re.compile(re.escape(site.address + address(key))))
    expect(page.get_by_role("heading", level=1)).to_have_text(site.library.entries[key].record.title)


@one_look
def test_a_word_that_only_stands_in_quotes_or_brackets_is_found(page: Page, site: Site):
    where, word = _wrapped(texts(site))
    page.goto("")

    expect(search(page, word).first).to_have_attribute("href", re.compile(re.escape(f"/{where}")))


def _wrapped(pages: dict[str, str]) -> tuple[str, str]:
    """Return a page and a word of it that stands on no other page, and there right behind a quote or bracket."""
    for where, text in pages.items():
        others = " ".join(other for elsewhere, other in pages.items() if elsewhere != where)
        for word in re.findall(r"[“(]([a-z]{6,})", text):
            if word not in others and not re.search(rf"(?<![“(])\b{word}", text):
                return where, word
    raise AssertionError("no page has such a word")


@one_look
@pytest.mark.parametrize("key", [BLOCKS[0], BLOCKS[-1], TRADEOFFS[0], TRADEOFFS[-1]])
def test_search_finds_a_block_and_a_trade_off_by_name(page: Page, site: Site, key: str):
    page.goto("guide/")

    results = search(page, site.library.entries[key].record.title)

    expect(results.and_(page.locator(f"[href*='{address(key)}']")).first).to_be_visible()


@one_look
def test_search_finds_a_check_by_its_code(page: Page):
    page.goto("guide/")

    results = search(page, "C050")

    expect(results.first).to_have_attribute("href", re.compile(r"contribute/checks/c050/"))


@one_look
def test_search_finds_every_case_by_its_title(page: Page, site: Site):
    page.goto("guide/")
    for key in CASES:
        expect(search(page, site.library.entries[key].record.title).first).to_have_attribute(
            "href", re.compile(re.escape(address(key)))
        )


@pytest.mark.parametrize("typed", [HARM, f"feature {HARM}", "{{ 7*7 }} <b>store</b>", "a:b ^2 ~1 *"])
def test_markup_typed_into_search_stays_text(page: Page, typed: str):
    page.goto("")

    search(page, typed)

    assert page.evaluate("window.harmed") is None
    assert page.locator("[data-md-component=search] :is(img, script, b)").count() == 0


@one_look
@pytest.mark.parametrize("where", ["?q=", "cases/?q=", "guide/?h="])
def test_markup_in_an_address_stays_text(page: Page, where: str):
    page.goto(where + "store%20%3Cimg%20src%3Dx%20onerror%3D%22window.harmed%3D1%22%3E")
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.harmed") is None
    assert page.locator("img[src='x']").count() == 0


def test_diagrams_do_not_fill_the_search_with_labels(site: Site):
    for key in CASES:
        entry = site.library.entries[key].record
        text = texts(site)[address(key)]
        assert entry.failures[0].title.lower().split()[0] in text
        assert "a1 a2" not in text.replace("\n", " ")
        assert f"architecture of {entry.title.lower()}" not in text
