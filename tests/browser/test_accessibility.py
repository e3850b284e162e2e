"""axe finds nothing serious on any kind of page, light and dark, phone and desktop."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from browser.support import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(page: Page, kind: str):
    page.goto(KINDS[kind])
    page.wait_for_load_state("networkidle")

    found = Axe().run(page).response["violations"]

    serious = [
        f"{violation['id']} ({violation['impact']}): "
        + "; ".join(node["html"][:120] for node in violation["nodes"][:3])
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []
