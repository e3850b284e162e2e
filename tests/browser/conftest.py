"""The site, built by the project's own command and served under a sub-path; a browser; a watchful page."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from browser.support import CASE_LOOKS, PAIR, PREFIX, ROOT, Faults, Look, Shown, Site, address, run, served, tool
from casebook import library

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SYSTEM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOTHING = {"config": {"lang": ["en"], "separator": " ", "pipeline": [], "fields": {}}, "docs": []}
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"  # should a page ask for another host


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as `casebook build` leaves it in `site/`; a copy, so that a build meanwhile does no harm."""
    folder = tmp_path_factory.mktemp("host") / PREFIX.strip("/")
    (ROOT / "build/.cache").mkdir(parents=True, exist_ok=True)
    with FileLock(ROOT / "build/.cache/tests.lock"):  # processes of one run take turns: the first builds
        built = run(ROOT, tool("casebook"), "build")
        assert built.returncode == 0, built.stdout
        shutil.copytree(ROOT / "site", folder)
    icons = [file.stem for file in (ROOT / "docs/assets/icons").glob("*.svg")]
    with served(folder, PREFIX) as address:
        yield Site(folder, address, library.load(ROOT / "cases", icons))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium: the one that is asked for, Playwright's own, or the system's; the quick shell before the rest."""
    with sync_playwright() as playwright:
        asked = os.environ.get("CASEBOOK_CHROMIUM")
        own = Path(playwright.chromium.executable_path)
        system = next(filter(None, map(shutil.which, SYSTEM)), None)
        found = asked or (str(own) if own.exists() else system)
        assert found, "no browser: install Chromium, or run `python -m playwright install chromium`"
        launched = playwright.chromium.launch(executable_path=found, args=[*ARGUMENTS, NOWHERE])
        yield launched
        launched.close()


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Look:
    """The look that a test asks for, or one of the pair by its name."""
    given: Look | None = getattr(request, "param", None)
    return given or PAIR[crc32(request.function.__name__.encode()) % 2]


@pytest.fixture
def faults() -> Faults:
    return Faults()


@contextmanager
def opening(
    browser: Browser, site: Site, look: Look, faults: Faults, module: ModuleType
) -> Iterator[Callable[..., Page]]:
    """Open pages in a context of their own, with options; nothing may go wrong in any of them.

    The theme reads the whole search index on every page, which is most of what a page costs here: a
    module that does not search (`SEARCHES`) gets an empty one.
    """
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        given: dict[str, Any] = {
            "base_url": site.address,
            "color_scheme": look.scheme,
            "viewport": {"width": look.width, "height": 900},
            "reduced_motion": "reduce",
            "locale": "en-GB",
            **options,
        }
        context = browser.new_context(**given)
        context.set_default_timeout(30_000)
        faults.watch(context)
        if not getattr(module, "SEARCHES", False):
            context.route("**/search/search_index.json", lambda route: route.fulfill(json=NOTHING))
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert faults.left() == []


@pytest.fixture
def opened(
    browser: Browser, site: Site, look: Look, faults: Faults, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    with opening(browser, site, look, faults, request.module) as make:
        yield make


@pytest.fixture(scope="module", params=CASE_LOOKS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def shown(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Shown]:
    """The page of a case, loaded once for the tests of a module that only look at it."""
    key, look = request.param
    faults = Faults()
    with opening(browser, site, look, faults, request.module) as make:
        page = make()
        answers: dict[str, Response] = {}
        page.on("response", lambda got: answers.setdefault(got.url, got))
        page.goto(address(key))
        yield Shown(page, look, faults, answers, site.library.entries[key])


@pytest.fixture
def page(opened: Callable[..., Page]) -> Page:
    return opened()
