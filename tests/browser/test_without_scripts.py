"""With scripts off, nothing shows that cannot work. That a case is whole without them is seen with its page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.support import CASES, KINDS, Site, address

# Controls that do nothing without scripts; what the theme offers without them (menus, search) is links and labels.
DEAD = "article :is(button, select, input, textarea, form)"


@pytest.fixture
def plain(opened: Callable[..., Page]) -> Page:
    return opened(java_script_enabled=False)


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
