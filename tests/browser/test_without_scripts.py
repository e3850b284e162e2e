"""With scripts off, all content shows, and nothing that cannot work."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.support import CASES, KINDS, Site, address, all_said, each_case
from casebook.working import written

# Controls that do nothing without scripts; what the theme offers without them (menus, search) is links and labels.
DEAD = "article :is(button, select, input, textarea, form)"


@pytest.fixture
def plain(opened: Callable[..., Page]) -> Page:
    return opened(java_script_enabled=False)


@each_case
def test_a_case_is_whole(plain: Page, site: Site, page: Page, key: str):
    plain.goto(address(key))
    page.goto(address(key))
    record = site.library.entries[key].record

    headings = "article :is(h1, h2, h3)"
    assert all_said(plain.locator(headings)) == all_said(page.locator(headings))
    assert all(heading.is_visible() for heading in plain.locator(headings).all())
    given = {name: written(part.value) for name, part in record.assumptions.items()}
    shown = plain.locator("tr[id^=n-]").evaluate_all(
        "all => all.map(one => [one.id.slice(2), one.querySelector('td.num').textContent.trim()])"
    )
    assert {name: value for name, value in shown if name in given} == given
    computed = [f"#n-{name} strong" for name in record.estimates]
    assert plain.locator(", ".join(computed)).filter(visible=True).count() == len(computed)
    assert all_said(plain.locator(", ".join(computed))) == all_said(page.locator(", ".join(computed)))
    assert plain.locator("#diagram .node").filter(visible=True).count() == len(record.architecture.components)
    assert plain.locator(".decision").filter(visible=True).count() == len(record.tradeoffs)
    assert plain.locator(".steps li").filter(visible=True).count() == sum(
        len(flow.steps) for flow in record.architecture.flows.values()
    )
    fold = plain.locator(".follow-ups details").first
    fold.locator("summary").click()
    expect(fold.locator("li").first).to_be_visible()


def test_the_index_shows_all_cases_and_no_dead_filter(plain: Page, site: Site):
    plain.goto("cases/")

    assert plain.locator(".card").filter(visible=True).count() == len(CASES)
    assert plain.locator(".filters").filter(visible=True).count() == 0
    assert plain.get_by_text("No case fits").filter(visible=True).count() == 0
    plain.locator(".card__link").first.click()
    plain.wait_for_url(site.address + address(site.library.cases()[0].key))


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_shows_a_control_that_does_nothing(plain: Page, kind: str):
    plain.goto(KINDS[kind])

    expect(plain.get_by_role("heading", level=1)).to_be_visible()
    assert plain.locator(DEAD).filter(visible=True).count() == 0
