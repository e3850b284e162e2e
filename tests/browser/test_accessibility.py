"""axe finds nothing serious on any kind of page, light and dark, phone and desktop; nor does any break or ask another host."""

import pytest
from playwright.sync_api import Page

from browser.support import KINDS, LOOKS, serious


@pytest.mark.parametrize(
    ("kind", "look"),
    [(kind, LOOKS[other]) for place, kind in enumerate(KINDS) for other in ((0, 3), (1, 2))[place % 2]],
    ids=str,
    indirect=["look"],
)
def test_axe_finds_nothing_serious(page: Page, kind: str):
    page.goto(KINDS[kind])
    page.wait_for_load_state("networkidle")

    assert serious(page) == []
