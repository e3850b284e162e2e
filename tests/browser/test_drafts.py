"""A draft shows in previews only; a stub leads on to what took its place."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers import ROOT, changed, project
from playwright.sync_api import Page, expect

from browser.support import PREFIX, one_look, run, serious, served, tool

DRAFT = "feature-stores/parcel-arrival"
VARIANTS = "variants:\n  christmas:\n    title: The week before Christmas\n    set: {views: 300 million request/day}\n    changes: More model servers; the store stays as it is.\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample library, whose case is a draft now and lacks its variants; a stub is in it."""
    files = changed(("minutes: 45\n", "minutes: 45\nstatus: draft\n"), (VARIANTS, ""))
    tradeoff = "cases/tradeoffs/ready-or-asked.yml"
    files[tradeoff] = files[tradeoff].replace(b", as for [parcels](feature-stores/parcel-arrival)", b"")
    own = {
        f"scripts/casebook/{name}": (ROOT / "scripts/casebook" / name).read_bytes() for name in ("macros.py", "hold.py")
    }
    folder = tmp_path_factory.mktemp("drafts")
    shutil.copytree(ROOT / "docs", folder / "docs")
    (folder / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    for page in (folder / "docs").rglob("*.md"):  # hand-written pages cite real cases, which are not here
        page.write_text(page.read_text(encoding="utf-8").replace("render_macros: true\n", ""), encoding="utf-8")
    return project(folder, {**files, **own})


def built(base: Path, *options: str) -> Path:
    done = run(base, tool("casebook"), "build", *options)
    assert done.returncode == 0, done.stdout
    return base / "site"


def found(site: Path, place: str) -> list[str]:
    """Return what the search of a site knows below a place."""
    pages = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))["docs"]
    return [page["location"] for page in pages if place in page["location"]]


@pytest.fixture
def visit(opened: Callable[..., Page], base: Path) -> Iterator[Callable[..., Page]]:
    """Return a function that builds with some options and opens a page of that site."""
    with served(base / "site", PREFIX) as where:

        def go(page: str, *options: str) -> Page:
            built(base, *options)
            shown = opened(base_url=where)
            shown.goto(page)
            return shown

        yield go


@one_look
def test_a_draft_is_in_a_preview_with_what_it_lacks_and_not_in_the_published_site(
    visit: Callable[..., Page], base: Path
):
    page = visit(f"cases/{DRAFT}/", "--drafts")
    note = page.locator(".lacking")
    expect(note).to_contain_text("Draft. It shows in previews only.")
    expect(note).to_contain_text("8 of the 9 parts that may wait are there")
    expect(note.get_by_role("listitem")).to_have_text("variants: a changed number teaches more than one model answer")
    expect(note.get_by_role("meter")).to_have_attribute("value", "8")
    assert serious(page) == []

    site = built(base)
    assert not (site / "cases" / DRAFT).exists()
    for file in set(site.rglob("*.html")) - set((site / "contribute").rglob("*")):  # whose examples are of this case
        assert DRAFT not in file.read_text(encoding="utf-8"), file
    assert found(site, DRAFT) == []
    assert DRAFT not in (site / "assets/rehearsal/cases.json").read_text(encoding="utf-8")


@one_look
def test_a_stub_leads_on_by_itself_and_by_its_link(visit: Callable[..., Page], base: Path):
    page = visit("blocks/shelf/")
    page.wait_for_url("**/blocks/store/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Key store")

    stub = (base / "site/blocks/shelf/index.html").read_text(encoding="utf-8")
    assert '<meta name="robots" content="noindex">' in stub
    assert "It was called a shelf before." in stub
    assert found(base / "site", "blocks/store")
    assert found(base / "site", "blocks/shelf") == []
