"""What the tests of the site share: its addresses, a copy of the project, a server, and how to look at a page."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from lxml.html import HtmlElement
from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from casebook.library import Entry, Library
from casebook.spec import TRACKS, Case

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=30_000)  # a busy machine is no fault of the site
PREFIX = "/sub/path/"  # as on a host that gives a project a folder, not a name


@dataclass(frozen=True)
class Look:
    """A reader's screen."""

    scheme: str
    width: int

    def __str__(self) -> str:
        return f"{self.scheme}-{self.width}"


LOOKS = [Look(scheme, width) for scheme in ("light", "dark") for width in (390, 1440)]
one_look = pytest.mark.parametrize("look", [Look("light", 1440)], ids=str, indirect=True)
# Both schemes and both widths. A test of what does not hang on either has one of the two, by its name; what
# does is tried in both, or in all four.
PAIR = [LOOKS[0], LOOKS[3]]
both_looks = pytest.mark.parametrize("look", PAIR, ids=str, indirect=True)
every_look = pytest.mark.parametrize("look", LOOKS, ids=str, indirect=True)


@dataclass(frozen=True)
class Site:
    """The built site: its files, its address with the sub-path, and the library that it was built from."""

    folder: Path
    address: str
    library: Library = field(repr=False)


def keys(folder: str) -> list[str]:
    """Return the keys of the records of a folder of `cases/`."""
    return [f"{folder}/{file.stem}" for file in sorted((ROOT / "cases" / folder).glob("*.yml"))]


CASES = [key for track in TRACKS for key in keys(track)]
BLOCKS = keys("blocks")
TRADEOFFS = keys("tradeoffs")


# Each case in one look, the next in another: what a page shows of a record, it shows in all of them.
CASE_LOOKS = [(key, LOOKS[(0, 3)[place % 2]]) for place, key in enumerate(CASES)]


class Faults(list[str]):
    """What went wrong while a page was used: errors, requests that failed, requests to another host."""

    def __init__(self) -> None:
        super().__init__()
        self.expected: list[re.Pattern[str]] = []

    def expect(self, pattern: str) -> None:
        """Let faults pass that are what a test is about."""
        self.expected.append(re.compile(pattern))

    def left(self) -> list[str]:
        return [fault for fault in self if not any(pattern.search(fault) for pattern in self.expected)]

    def watch(self, context: BrowserContext) -> None:
        context.on("console", lambda said: self.append(f"console: {said.text}") if said.type == "error" else None)
        context.on("weberror", lambda thrown: self.append(f"error: {thrown.error}"))
        context.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))
        context.on("response", lambda got: self.append(f"{got.status}: {got.url}") if got.status >= 400 else None)
        context.on("request", lambda request: self._asked(request.url))

    def _failed(self, url: str, why: str) -> None:
        if "ERR_ABORTED" not in why:  # given up by the browser itself: the reader went on, or saves a file
            self.append(f"failed: {url} {why}")

    def _asked(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.append(f"left the site: {url}")


@dataclass(frozen=True)
class Shown:
    """The page of a case as a reader has it, and what it was made of. Tests that share one leave it as it was."""

    page: Page
    look: Look
    faults: Faults
    answers: dict[str, Response]  # to what the page asked for, by address
    entry: Entry = field(repr=False)

    @property
    def key(self) -> str:
        return self.entry.key

    @property
    def record(self) -> Case:
        assert isinstance(self.entry.record, Case)
        return self.entry.record


def address(key: str) -> str:
    """Return the address of a record's page, as seen from the site's root."""
    return f"{key}/" if key.startswith(("blocks/", "tradeoffs/")) else f"cases/{key}/"


def _kinds() -> dict[str, str]:
    """Return a page of every kind: all that the navigation leads to, and one of each kind of record."""
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    pages = re.findall(r": ([\w/-]+)\.md$", nav, re.MULTILINE)
    named = {page: re.sub(r"index$", "", page) if page.endswith("index") else f"{page}/" for page in pages}
    return {
        **{page.removesuffix("/index"): where for page, where in named.items()},
        "a case": address(CASES[0]),
        "a block": address(BLOCKS[0]),
        "a trade-off": address(TRADEOFFS[0]),
        "a check": "contribute/checks/c050/",
    }


KINDS = _kinds()


# The colours of a page of a case.
INK = """() => {
    const style = (selector, name) => getComputedStyle(document.querySelector(selector))[name];
    return {
        scheme: document.body.dataset.mdColorScheme, ground: style('body', 'backgroundColor'),
        box: style('#diagram .node__box', 'fill'), label: style('#diagram .node__label', 'fill'), text: style('article h1', 'color'),
    };
}"""


def parsed(site: Site, key: str) -> HtmlElement:
    """Return the page of a record as it was built, for tests of what it holds and not of how it looks."""
    return html.fromstring((site.folder / address(key) / "index.html").read_text(encoding="utf-8"))


def text(element: HtmlElement) -> str:
    """Return the text of an element of a parsed page on one line."""
    return " ".join(element.text_content().split())


def said(locator: Locator) -> str:
    """Return the text of an element on one line."""
    return " ".join((locator.text_content() or "").split())


def all_said(locator: Locator) -> list[str]:
    """Return the texts of elements, each on one line."""
    return [" ".join(text.split()) for text in locator.all_text_contents()]


def search(page: Page, words: str) -> Locator:
    """Open the search, type, and return the links of the results."""
    opener = page.locator("label.md-header__button[for='__search']")
    if opener.is_visible():
        opener.click()
    box = page.get_by_role("textbox", name="Search")
    box.click()
    box.fill(words[:-1])
    box.press_sequentially(words[-1])
    expect(page.locator(".md-search-result__meta")).to_have_text(re.compile(r"^(No|\d+) matching document"))
    return page.locator(".md-search-result__link")


def serious(page: Page) -> list[str]:
    """Return what axe finds on a page that would keep somebody out."""
    return [
        f"{found['id']} ({found['impact']}): " + "; ".join(node["html"][:120] for node in found["nodes"][:3])
        for found in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


# How many times Tab is pressed at least until an element has the focus; less than nought is Shift and Tab.
AWAY = """target => {
  const now = document.activeElement;
  if (now === target) return 0;
  const above = now !== document.body && now.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
  const all = [...document.querySelectorAll("button, select, textarea")].filter((one) => one.checkVisibility() && !one.disabled);
  const between = all.filter((one) => {
    const [first, last] = above ? [target, now] : [now, target];
    return first.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING
      && last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING;
  });
  return (above ? -1 : 1) * (1 + between.filter((one) => one.tabIndex >= 0 && !one.closest("[inert]")).length);
}"""


class Hand:
    """How a person acts on a page: with a pointer, or with the keyboard alone."""

    def __init__(self, page: Page, keyboard: bool) -> None:
        self.page, self.keyboard = page, keyboard

    def reach(self, target: Locator) -> None:
        """Press Tab, or Shift and Tab where the element is further up, until it has the focus."""
        target.wait_for(state="attached")
        for _ in range(600):
            away = target.evaluate(AWAY)
            if not away:
                return
            for _ in range(max(1, abs(away) - 1)):
                self.page.keyboard.press("Tab" if away > 0 else "Shift+Tab")
        raise AssertionError(f"Tab never comes to {target}")

    def press(self, target: str | Locator) -> None:
        """Press a button, named or given, or follow a link."""
        found = self.page.get_by_role("button", name=target, exact=True) if isinstance(target, str) else target
        if self.keyboard:
            self.reach(found)
            self.page.keyboard.press("Enter")
        else:
            found.click()

    def write(self, field: Locator, text: str) -> None:
        """Put a text in the place of what a field holds."""
        if self.keyboard:
            self.reach(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def choose(self, radios: Locator, index: int) -> None:
        """Choose one of a group of radio buttons."""
        if self.keyboard:
            checked = [place for place, radio in enumerate(radios.all()) if radio.is_checked()]
            at = checked[0] if checked else 0
            self.reach(radios.nth(at))
            self.page.keyboard.press("Space")
            for _ in range(abs(index - at)):
                self.page.keyboard.press("ArrowRight" if index > at else "ArrowLeft")
        else:
            radios.nth(index).check()


def contrast(one: str, other: str) -> float:
    """Return the contrast of two opaque colours, as WCAG counts it."""

    def light(colour: str) -> float:
        assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", colour), f"{colour} is not an opaque colour"
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder under a prefix, and its own 404 page, like the hosts of static sites."""

    def __init__(self, *args: Any, prefix: str, **more: Any) -> None:
        self.prefix = prefix
        super().__init__(*args, **more)

    def translate_path(self, path: str) -> str:
        if not path.startswith(self.prefix):
            return str(Path(self.directory) / "outside" / "the" / "prefix")
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = (Path(self.directory) / "404.html").read_bytes() if code == 404 else (message or "").encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up early is no fault of the site."""


@contextmanager
def served(folder: Path, prefix: str = "/") -> Iterator[str]:
    """Serve a folder on a free port of this machine; the address ends with the prefix."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, directory=str(folder), prefix=prefix))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tool(name: str) -> str:
    """Return a program of this environment."""
    return str(Path(sys.executable).with_name(name))


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which nothing speaks to the project but what is given."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CASEBOOK_", "SOURCE_DATE", "GITHUB_"))
    }
    return {**kept, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "NO_COLOR": "1", **more}


def run(folder: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder; what it says on both ends is in `stdout`."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def copied(target: Path) -> Path:
    """Copy what a site is made from: the records, what is written by hand, the settings and the macros."""
    for part in ("cases", "docs"):
        shutil.copytree(ROOT / part, target / part, ignore=shutil.ignore_patterns(".*"))
    (target / "scripts/casebook").mkdir(parents=True)
    for name in ("macros.py", "hold.py"):
        shutil.copy(ROOT / "scripts/casebook" / name, target / "scripts/casebook")
    shutil.copy(ROOT / "mkdocs.yml", target)
    return target


def contents(*folders: Path) -> dict[str, bytes]:
    """Return every file of some folders by its path, the folder's own name first."""
    return {
        file.relative_to(folder.parent).as_posix(): file.read_bytes()
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
