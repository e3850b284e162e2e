"""Trade-offs, blocks, indexes, the reference, the checks, the page for what is not there; and every page on a phone."""

import re
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.support import (
    BLOCKS,
    CASES,
    KINDS,
    PREFIX,
    TRADEOFFS,
    Look,
    Site,
    address,
    all_said,
    both_looks,
    one_look,
    parsed,
    said,
    served,
    text,
)
from casebook import catalogue
from casebook.spec import Case
from casebook.text import plain

NARROW = 320  # no style differs between it and 390
WIDER = """() => ({
    page: document.scrollingElement.scrollWidth, screen: innerWidth,
    spilt: [...document.querySelectorAll('article *')].filter(one => {
        const at = one.getBoundingClientRect();
        return at.width && at.right > innerWidth + 1 && !one.closest('.figure, .scroll, pre, code, table, .headerlink');
    }).map(one => one.outerHTML.slice(0, 90)),
})"""


def decided(site: Site, tradeoff: str) -> list[tuple[str, int, str]]:
    """Return what each case decided about a trade-off: the case, the decision's number, the title of what it picked."""
    options = site.library.entries[f"tradeoffs/{tradeoff}"].record.options
    return [
        (entry.key, number, options[decision.pick].title)
        for entry in site.library.cases()
        for number, decision in enumerate(entry.record.tradeoffs, 1)
        if decision.about == tradeoff
    ]


def test_every_trade_off_tells_what_every_case_decided(site: Site):
    for key in TRADEOFFS:
        page, record = parsed(site, key), site.library.entries[key].record

        assert [text(heading) for heading in page.iter("h1")] == [record.title]
        titles = [text(heading) for card in page.find_class("option-card") for heading in card.iter("h3")]
        assert titles == [option.title for option in record.options.values()]
        rows = decided(site, key.split("/")[1])
        parts = page.find_class("decision")
        picks = [text(strong) for part in parts for pick in part.find_class("pick") for strong in pick.iter("strong")]
        assert picks == [pick for _, _, pick in rows]
        asked = [link for part in parts for question in part.find_class("question") for link in question.iter("a")]
        targets = [urljoin(site.address + address(key), link.get("href")) for link in asked]
        assert targets == [f"{site.address}{address(case)}#decision-{number}" for case, number, _ in rows]


def test_a_trade_off_leads_to_the_decision_in_the_case(page: Page, site: Site):
    key = next(key for key in TRADEOFFS if len(decided(site, key.split("/")[1])) > 0)
    case, number, pick = decided(site, key.split("/")[1])[-1]
    record = site.library.entries[case].record
    assert isinstance(record, Case)
    page.goto(address(key))

    page.locator(".decision .question a").last.click()

    page.wait_for_url(f"{site.address}{address(case)}#decision-{number}")
    heading = page.locator(f"#decision-{number}")
    expect(heading).to_be_in_viewport()
    expect(heading).to_contain_text(site.library.entries[key].record.title)
    decision = page.locator(f"#decision-{number} ~ .decision").first
    expect(decision.locator(".pick")).to_contain_text(pick)
    expect(decision).to_contain_text(plain(record.tradeoffs[number - 1].because).split(". ")[0])
    top = heading.evaluate("one => one.getBoundingClientRect().top")
    assert top >= page.locator(".md-header").evaluate("one => one.getBoundingClientRect().bottom"), (
        "the header covers it"
    )


def test_every_block_lists_the_cases_that_use_it(site: Site):
    for key in BLOCKS:
        page, here = parsed(site, key), site.address + address(key)
        name = key.split("/")[1]
        users = {
            entry.key: [part.label for part in entry.record.architecture.components.values() if part.block == name]
            for entry in site.library.cases()
        }
        users = {case: labels for case, labels in users.items() if labels}

        lists = page.find_class("users")
        links = [link for one in lists for link in one.xpath("./li/a")]
        assert [urljoin(here, link.get("href")) for link in links] == [site.address + address(case) for case in users]
        labels = [text(strong) for one in lists for strong in one.xpath(".//li//li//strong")]
        assert labels == [label for found in users.values() for label in found]
        record = site.library.entries[key].record
        assert sum(len(table.xpath(".//tbody/tr")) for table in page.find_class("numbers")) == len(record.figures)
        others = [urljoin(here, link.get("href")) for link in page.xpath("//dl[contains(@class, 'facts')]//dt/a")]
        assert others == [f"{site.address}blocks/{part.block}/" for part in record.alternatives]


@pytest.mark.parametrize("kind", ["blocks", "tradeoffs"])
def test_an_index_lists_every_record_and_leads_to_it(page: Page, site: Site, kind: str):
    page.goto(f"{kind}/")
    keys = {"blocks": BLOCKS, "tradeoffs": TRADEOFFS}[kind]

    links = page.locator(".tile a, .row__title")
    assert sorted(all_said(links)) == sorted(site.library.entries[key].record.title for key in keys)
    assert all(link.is_visible() for link in links.all())
    links.last.click()
    page.wait_for_url(re.compile(rf"{kind}/[a-z0-9-]+/$"))
    assert page.url.removeprefix(site.address).strip("/") in keys


@one_look
def test_the_index_of_trade_offs_counts_what_was_picked(page: Page, site: Site):
    page.goto("tradeoffs/")

    for row in page.locator(".row").all():
        name = (row.locator(".row__title").get_attribute("href") or "").strip("./").removeprefix("tradeoffs/")
        picked = [pick for _, _, pick in decided(site, name)]
        options = site.library.entries[f"tradeoffs/{name}"].record.options.values()
        assert all_said(row.locator(".picks li")) == [f"{picked.count(one.title)} {one.title}" for one in options]


def test_the_home_page_leads_everywhere_and_counts_what_there_is(page: Page, site: Site):
    page.goto("")

    doors = page.locator(".doors a")
    expect(doors.first).to_contain_text(f"{len(CASES)} complete designs")
    expect(page.locator(".doors")).to_contain_text(f"{len(TRADEOFFS)} questions")
    expect(page.locator("figure svg.diagram").first).to_be_visible()
    assert page.locator("figure .node a").count() >= 5
    for place in range(doors.count()):
        doors.nth(place).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.go_back()


@one_look
def test_the_field_reference_explains_every_key(page: Page):
    page.goto("contribute/fields/")

    keys = set(all_said(page.locator("table.fields th code")))
    assert set(Case.model_fields) <= keys
    assert {"from", "to", "does", "quote", "as_of", "when", "pick"} <= keys
    assert all(all_said(page.locator("table.fields tr td:last-child")))
    expect(page.locator(".units")).to_contain_text("event")
    assert "{{" not in said(page.locator("article"))


@one_look
def test_every_check_is_listed_and_explained_with_a_report(page: Page):
    codes = catalogue.codes()
    page.goto("contribute/checks/")
    assert all_said(page.locator("table.codes th a")) == list(codes)

    page.locator("table.codes").get_by_role("link", name="C050").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(f"C050 {codes['C050'].title}")
    expect(page.locator("article")).to_contain_text(plain(codes["C050"].why))
    expect(page.locator("pre.report")).to_contain_text("error C050")
    expect(page.locator("pre.report")).to_contain_text("^")


def test_an_address_that_is_not_there_gives_a_page_that_leads_on(browser: Browser, site: Site, look: Look):
    # It is the one page that cannot know how deep it is asked for, so its addresses start at the root.
    with served(site.folder) as root:
        page = browser.new_page(color_scheme=look.scheme, viewport={"width": look.width, "height": 900})
        lost: list[str] = []
        page.on("response", lambda got: lost.append(got.url) if got.status >= 400 else None)
        answer = page.goto(f"{root}cases/nowhere/at/all/")
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
        assert lost == [page.url]
        colour = page.evaluate("getComputedStyle(document.body).getPropertyValue('--accent').trim()")
        assert re.fullmatch("#[0-9a-f]{6}", colour), "the style is not ours"
        for name, heading in (
            ("Cases", "Cases"),
            ("Building blocks", "Building blocks"),
            ("Home", "System-design cases"),
        ):
            page.goto(f"{root}cases/nowhere/at/all/")
            page.locator("article").get_by_role("link", name=name, exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"^{heading}"))
        page.close()


@both_looks
@pytest.mark.parametrize("kind", KINDS)
def test_no_page_is_wider_than_the_screen(page: Page, kind: str, look: Look):
    page.goto(KINDS[kind])

    found = page.evaluate(WIDER)

    assert found["page"] <= found["screen"]
    assert found["spilt"] == []


@one_look
def test_no_record_is_wider_than_a_phone(opened: Callable[..., Page]):
    # What scripts add to a case is looked at above.
    page = opened(java_script_enabled=False, viewport={"width": NARROW, "height": 800})
    wider = []
    for key in (*CASES, *BLOCKS, *TRADEOFFS):
        page.goto(address(key))
        found = page.evaluate(WIDER)
        if found["page"] > NARROW or found["spilt"]:
            wider.append((key, found))
    assert wider == []


@pytest.mark.parametrize("look", [Look("light", 390)], ids=str, indirect=True)
def test_a_table_on_a_phone_names_each_cell_after_its_column(page: Page, site: Site):
    page.goto(address(CASES[0]))
    table = page.locator("table.assumptions")
    heads = all_said(table.locator("thead th"))

    row = table.locator("tbody tr").first
    labels = row.locator("td").evaluate_all(
        'all => all.map(one => getComputedStyle(one, "::before").content.replaceAll(String.fromCharCode(34), ""))'
    )

    assert [label for label in labels if label != "none"] == heads[-len(labels) :]
    assert page.locator("#assumptions ~ .scroll").first.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_every_page_has_a_title_and_a_description_of_its_own(site: Site):
    titles: dict[str, str] = {}
    for file in site.folder.rglob("index.html"):
        html = file.read_text(encoding="utf-8")
        title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
        assert title is not None, file
        assert title[1].strip(), file
        assert title[1] not in titles, f"{file} and {titles[title[1]]} have one title"
        titles[title[1]] = str(file)
        assert len(re.findall(r"<h1[ >]", html)) == 1, file
        assert re.search(r'<meta name="description" content="[^"]{20,}"', html), file
    assert PREFIX not in "".join(titles)
