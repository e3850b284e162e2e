"""axe finds nothing serious on any kind of page, light and dark, phone and desktop."""

import pytest
from playwright.sync_api import Page

from browser.support import KINDS, serious


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(page: Page, kind: str):
    page.goto(KINDS[kind])
    page.wait_for_load_state("networkidle")

    assert serious(page) == []
