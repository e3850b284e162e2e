import re

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.support import CASES, Site, address, both_looks, one_look
from casebook.library import Entry

FIELDS = ["track", "domain", "level", "block", "tradeoff"]


def holds(entry: Entry, field: str, value: str) -> bool:
    """Return whether a case fits a choice; told from the record, not from the page."""
    case = entry.record
    return {
        "track": lambda: entry.folder == value,
        "domain": lambda: case.domain == value,
        "level": lambda: case.level == value,
        "block": lambda: any(part.block == value for part in case.architecture.components.values()),
        "tradeoff": lambda: any(decision.about == value for decision in case.tradeoffs),
    }[field]()


def fitting(site: Site, **chosen: str) -> list[str]:
    return [e.key for e in site.library.cases() if all(holds(e, field, value) for field, value in chosen.items())]


def shown(page: Page) -> list[str]:
    links = page.locator(".card__link").filter(visible=True).all()
    return [(link.get_attribute("href") or "").removeprefix("../cases/").strip("/") for link in links]


def field(page: Page, name: str) -> Locator:
    return page.locator(f".filters select[name={name}]")


def state(page: Page) -> str:
    return page.url.partition("/cases/")[2]


def choices(page: Page, name: str) -> list[str]:
    return field(page, name).locator("option").evaluate_all("all => all.map(one => one.value).filter(Boolean)")


def crossing(site: Site) -> dict[str, str]:
    """Return a track and a domain that have cases, and none in common."""
    for one in site.library.cases():
        for other in site.library.cases():
            found = {"track": one.folder, "domain": other.record.domain}
            if not fitting(site, **found):
                return found
    raise AssertionError("every track has cases of every domain")


def test_every_case_has_a_card_that_leads_to_it(page: Page, site: Site):
    page.goto("cases/")

    assert shown(page) == [entry.key for entry in site.library.cases()]
    expect(page.locator(".filters__count")).to_have_text(re.compile(rf"^{len(CASES)} cases?$"))
    expect(page.locator(".filters__none")).to_be_hidden()
    page.locator(".card__link").last.click()
    page.wait_for_url(site.address + address(site.library.cases()[-1].key))


@one_look
@pytest.mark.parametrize("name", FIELDS)
def test_every_choice_of_a_filter_leaves_the_cases_that_fit(page: Page, site: Site, name: str):
    page.goto("cases/")
    offered = choices(page, name)
    assert offered

    for value in offered:
        field(page, name).select_option(value)
        assert shown(page) == fitting(site, **{name: value}), f"{name}={value}"
        assert state(page) == f"?{name}={value}"


@one_look
@pytest.mark.parametrize("name", ["domain", "block", "tradeoff"])
def test_a_filter_offers_what_some_case_has(page: Page, site: Site, name: str):
    page.goto("cases/")

    assert all(fitting(site, **{name: value}) for value in choices(page, name))
    used = {
        "domain": {entry.record.domain for entry in site.library.cases()},
        "block": {
            part.block for entry in site.library.cases() for part in entry.record.architecture.components.values()
        },
        "tradeoff": {decision.about for entry in site.library.cases() for decision in entry.record.tradeoffs},
    }[name]
    assert set(choices(page, name)) == used


@both_looks
def test_filters_combine_stand_in_the_address_and_come_back_with_it(page: Page, site: Site):
    entry = site.library.cases()[-1]
    chosen = {"track": entry.folder, "level": entry.record.level}
    page.goto("cases/")

    for name, value in chosen.items():
        field(page, name).select_option(value)
    link = page.url
    assert state(page) == f"?track={entry.folder}&level={entry.record.level}"
    assert shown(page) == fitting(site, **chosen)
    expect(page.locator(".filters__count")).to_have_text(f"{len(fitting(site, **chosen))} of {len(CASES)} cases")

    page.goto("guide/")
    page.goto(link)
    assert shown(page) == fitting(site, **chosen)
    for name, value in chosen.items():
        expect(field(page, name)).to_have_value(value)


def test_the_back_button_takes_a_filter_back(page: Page, site: Site):
    entry = site.library.cases()[0]
    page.goto("cases/")
    field(page, "track").select_option(entry.folder)
    field(page, "domain").select_option(entry.record.domain)

    page.go_back()
    expect(field(page, "domain")).to_have_value("")
    assert state(page) == f"?track={entry.folder}"
    assert shown(page) == fitting(site, track=entry.folder)

    page.go_back()
    expect(field(page, "track")).to_have_value("")
    assert state(page) == ""
    assert len(shown(page)) == len(CASES)

    page.go_forward()
    expect(field(page, "track")).to_have_value(entry.folder)
    assert shown(page) == fitting(site, track=entry.folder)


def test_back_from_a_case_finds_the_filters_as_they_were(page: Page, site: Site):
    entry = site.library.cases()[0]
    page.goto("cases/")
    field(page, "domain").select_option(entry.record.domain)
    page.locator(".card__link").filter(visible=True).first.click()
    page.wait_for_url(site.address + address(fitting(site, domain=entry.record.domain)[0]))

    page.go_back()

    expect(field(page, "domain")).to_have_value(entry.record.domain)
    assert shown(page) == fitting(site, domain=entry.record.domain)


def test_where_no_case_fits_the_page_says_so_and_shows_a_way_out(page: Page, site: Site):
    page.goto("cases/")
    for name, value in crossing(site).items():
        field(page, name).select_option(value)

    expect(page.locator(".filters__none")).to_contain_text("No case fits")
    assert shown(page) == []
    page.locator(".filters__none").get_by_role("button", name="Show all").click()

    assert len(shown(page)) == len(CASES)
    assert state(page) == ""
    expect(page.locator(".filters__none")).to_be_hidden()
    expect(field(page, "track")).to_be_focused()  # the button that had the focus is gone


def test_one_button_takes_all_filters_back(page: Page, site: Site):
    entry = site.library.cases()[-1]
    page.goto(f"cases/?track={entry.folder}&level={entry.record.level}&domain={entry.record.domain}")

    page.locator(".filters").get_by_role("button", name="Show all").click()

    assert state(page) == ""
    assert len(shown(page)) == len(CASES)
    for name in FIELDS:
        expect(field(page, name)).to_have_value("")


@one_look
@pytest.mark.parametrize(
    "nonsense",
    [
        "track=nowhere",
        "track=__proto__&block=constructor",
        "domain=%3Cscript%3Ealert(1)%3C/script%3E",
        "level=",
        "x=1&y=2",
        "track=%ZZ",
    ],
)
def test_values_that_are_no_choice_are_ignored(page: Page, site: Site, nonsense: str):
    value = site.library.cases()[0].record.domain
    page.goto(f"cases/?{nonsense}")
    assert len(shown(page)) == len(CASES)

    known = "level" if nonsense.startswith("domain") else "domain"
    value = getattr(site.library.cases()[0].record, known)
    page.goto(f"cases/?{nonsense}&{known}={value}")
    assert shown(page) == fitting(site, **{known: value})


def test_the_index_can_be_used_with_the_keyboard_alone(page: Page, site: Site):
    entry = site.library.cases()[-1]
    page.goto("cases/")

    def go_to(target: Locator) -> None:
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError("the Tab key does not lead there")

    track = field(page, "track")
    go_to(track)
    place = choices(page, "track").index(entry.folder) + 1
    for _ in range(place):
        page.keyboard.press("ArrowDown")
    expect(track).to_have_value(entry.folder)
    assert shown(page) == fitting(site, track=entry.folder)
    assert track.evaluate("element => getComputedStyle(element).outlineStyle") != "none"

    go_to(page.locator(".filters").get_by_role("button", name="Show all"))
    page.keyboard.press("Enter")
    assert len(shown(page)) == len(CASES)

    go_to(page.locator(".card__link").first)
    page.keyboard.press("Enter")
    page.wait_for_url(site.address + address(site.library.cases()[0].key))


@one_look
def test_a_case_leads_back_to_the_cases_of_its_track(page: Page, site: Site):
    key = CASES[0]
    page.goto(address(key))

    page.locator(".crumbs a").last.click()

    page.wait_for_url(re.compile(r"cases/\?track="))
    assert shown(page) == fitting(site, track=key.split("/")[0])
