"""The same docs tree and settings build with MkDocs, strictly, and with its theme's successor."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from browser.support import CASES, ROOT, address, copied, run, tool

TYPED = "{{ 7*7 }} {% raw %} {# gone? #} <script>harm()</script> &amp; ${x} @base@ <!--figure:architecture-->"
TITLE = "Braces {{ 7*7 }} and <b>bold</b> & more"
KEY = CASES[0]
BUILDERS = {"mkdocs": ("build", "--strict"), "zensical": ("build", "--clean", "--strict")}
ADDRESSES = re.compile(r'(?:href|src)="((?!https?:|#|data:|mailto:)[^"]*)"')


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, rendered, with a case whose texts look like templates and markup."""
    base = copied(tmp_path_factory.mktemp("project"))
    case = base / f"cases/{KEY}.yml"
    text = case.read_text(encoding="utf-8")
    assert text.count("prompt: >-\n") == 1
    text = text.replace("prompt: >-\n", f"prompt: >-\n  {TYPED}\n")
    text = re.sub(r"^title: .*$", lambda _: f"title: {json.dumps(TITLE)}", text, count=1, flags=re.MULTILINE)
    case.write_text(text, encoding="utf-8")
    done = run(base, tool("casebook"), "render")
    assert done.returncode == 0, done.stdout
    return base


@pytest.fixture(scope="module", params=BUILDERS)
def built(request: pytest.FixtureRequest, rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a builder makes of it from nothing: no cache, no site; to be published under `/sub/path/`."""
    base = tmp_path_factory.mktemp(request.param) / "project"
    shutil.copytree(rendered, base, ignore=shutil.ignore_patterns(".cache", "cases"))
    shutil.copytree(rendered / "build/docs/cases", base / "build/docs/cases", dirs_exist_ok=True)
    done = run(
        base,
        tool(request.param),
        *BUILDERS[request.param],
        CASEBOOK_SITE_URL="https://host.example/sub/path/",
        CASEBOOK_REPOSITORY="https://forge.example/a/fork",
    )
    assert done.returncode == 0, done.stdout
    assert not re.search(r"WARNING|ERROR|[1-9]\d* issue", done.stdout), done.stdout
    return base / "site"


def page(site: Path, where: str) -> str:
    return (site / where / "index.html").read_text(encoding="utf-8")


def test_every_page_is_there(built: Path, rendered: Path):
    sources = (rendered / "build/docs").rglob("*.md")
    pages = {
        file.relative_to(rendered / "build/docs").as_posix().removesuffix(".md").removesuffix("index")
        for file in sources
    }

    assert {one.rstrip("/") for one in pages} == {
        file.parent.relative_to(built).as_posix().strip(".") for file in built.rglob("index.html")
    }
    assert (built / "404.html").is_file()


def test_the_diagrams_are_in_place_with_their_icons_and_links(built: Path):
    for key in CASES:
        html = page(built, address(key))
        assert re.search(r'<figure[^>]*id="diagram"[^>]*>\s*<svg [^>]*class="diagram"', html), key
        assert '<use href="../../../assets/icons.svg#i-' in html
        assert re.search(r'<a href="\.\./\.\./\.\./blocks/[a-z-]+/" aria-label=', html)
    home = page(built, "")
    assert re.search(r'<svg [^>]*class="diagram"', home)
    assert re.search(r'<use href="(\./)?assets/icons\.svg#i-', home)
    assert page(built, "cases").count("diagram--thumbnail") == len(CASES)
    assert '<use href="../../assets/icons.svg#i-' in page(built, "blocks/client")
    for file in built.rglob("*.html"):
        html = file.read_text(encoding="utf-8")
        if file.parent.name != KEY.split("/")[1]:
            assert "@base@" not in html, file
            assert "<!--figure:" not in html, file


def test_every_link_of_every_page_stays_under_the_sub_path_and_leads_somewhere(built: Path):
    lost = set()
    for file in built.rglob("index.html"):
        for link in ADDRESSES.findall(file.read_text(encoding="utf-8")):
            target = (file.parent / unescape(link).partition("#")[0].partition("?")[0]).resolve()
            if not target.is_relative_to(built.resolve()) or not (
                target.is_file() or (target / "index.html").is_file()
            ):
                lost.add((file.relative_to(built).as_posix(), link))
    assert sorted(lost)[:10] == []
    assert 'href="/sub/path/cases/"' in (built / "404.html").read_text(encoding="utf-8")


def test_hand_written_pages_have_their_facts(built: Path):
    for where in ("", "guide", "contribute"):
        article = page(built, where).partition("<article")[2]
        assert article
        assert not re.search(r"\{\{|\{%|\{#", article)
    assert f"{len(CASES)} complete designs" in page(built, "")
    assert re.search(r"comes to <strong>[\d,.]+ [\w/ ]+</strong>", page(built, "guide"))
    assert re.search(r"There are \d+ of them", page(built, "contribute"))


def test_text_that_looks_like_a_template_or_markup_is_shown_as_typed(built: Path):
    html = page(built, address(KEY))
    prompt = re.search(r'<blockquote class="prompt">(.*?)</blockquote>', html, re.DOTALL)
    assert prompt is not None
    assert TYPED in " ".join(unescape(re.sub(r"<[^>]+>", "", prompt[1])).split())
    assert "<script>harm" not in html

    titles = re.findall(r"<title>(.*?)</title>|<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert len(titles) == 2
    for one in titles:
        assert TITLE in unescape("".join(one))
        assert "<b>" not in "".join(one)
    card = re.search(r'<span class="card__title">(Braces.*?)</span>', page(built, "cases"))
    assert card is not None
    assert unescape(card[1]) == TITLE


def test_edit_links_lead_to_the_source_in_the_repository_that_is_set(built: Path):
    for where, source in {
        address(KEY): f"cases/{KEY}.yml",
        "blocks/client": "cases/blocks/client.yml",
        "guide": "docs/guide.md",
        "": "docs/index.md",
        "contribute/checks/c050": "scripts/casebook/catalogue.toml",
    }.items():
        assert f'href="https://forge.example/a/fork/edit/main/{source}" rel="edit"' in page(built, where)
        assert (ROOT / source).is_file()


def test_a_search_index_names_the_cases(built: Path):
    index = next(built.rglob("search*.json"))

    assert all(address(key) in index.read_text(encoding="utf-8") for key in CASES)


def test_nothing_is_asked_of_another_host(built: Path):
    for where in ("", "cases", address(KEY), "guide"):
        asked = re.findall(r'<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(https?:[^"]*)"', page(built, where))
        assert [one for one in asked if not one.startswith("https://host.example/sub/path/")] == []


def test_a_fact_that_is_not_there_ends_the_build(rendered: Path, tmp_path: Path):
    base = tmp_path / "project"
    shutil.copytree(rendered, base)
    guide = base / "build/docs/guide.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "\n{{ number('no/case', 'x') }}\n", encoding="utf-8")

    done = run(base, tool("mkdocs"), "build", "--strict")

    assert done.returncode != 0
    assert 'there is no case "no/case"' in done.stdout
