"""The same docs tree and settings build with MkDocs, strictly, and with its theme's successor."""

import re
from pathlib import Path

import pytest

from browser.support import CASES, copied, run, tool

CASE = "feature-stores/payment-fraud-features"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("project")
    copied(base)
    rendered = run(base, tool("casebook"), "render")
    assert rendered.returncode == 0, rendered.stdout
    return base


def in_place(site: Path) -> None:
    """Assert that what hangs on templates and macros is there."""
    for key in CASES:
        page = (site / f"cases/{key}/index.html").read_text(encoding="utf-8")
        assert re.search(r'<svg[^>]*class="diagram"', page)
        assert 'href="../../../assets/icons.svg#i-' in page
        assert f"/edit/main/cases/{key}.yml" in page
        assert "<!--figure:" not in page
        assert "@base@" not in page
    home = (site / "index.html").read_text(encoding="utf-8")
    assert f"{len(CASES)} complete designs" in home
    assert 'class="diagram"' in home
    assert re.search(r"comes to <strong>[\d,.]+ \w", (site / "guide/index.html").read_text(encoding="utf-8"))
    assert "{{" not in home
    assert (site / "cases/index.html").read_text(encoding="utf-8").count("diagram--thumbnail") == len(CASES)


def test_mkdocs_builds_it_strictly(project: Path):
    done = run(project, tool("mkdocs"), "build", "--strict", "--site-dir", str(project / "by-mkdocs"))

    assert done.returncode == 0, done.stdout
    in_place(project / "by-mkdocs")


def test_zensical_builds_the_same_tree(project: Path):
    done = run(project, tool("zensical"), "build", "--clean")

    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout
    in_place(project / "site")


def test_a_link_to_nowhere_ends_the_build_and_leaves_the_site(tmp_path: Path):
    copied(tmp_path)
    assert run(tmp_path, tool("casebook"), "build").returncode == 0
    before = (tmp_path / "site/index.html").read_bytes()
    guide = tmp_path / "docs/guide.md"
    guide.write_text(guide.read_text(encoding="utf-8") + "\n[gone](gone.md)\n", encoding="utf-8")

    done = run(tmp_path, tool("casebook"), "build")

    assert done.returncode == 1
    assert "gone.md" in done.stdout
    assert "Traceback" not in done.stdout
    assert (tmp_path / "site/index.html").read_bytes() == before


def test_text_of_a_record_that_looks_like_a_template_is_shown_as_typed_by_both(tmp_path: Path):
    copied(tmp_path)
    case = tmp_path / f"cases/{CASE}.yml"
    text = case.read_text(encoding="utf-8")
    case.write_text(
        text.replace("prompt: >-\n", "prompt: >-\n  {{ 7*7 }} {% raw %} <script>alert(1)</script>\n", 1),
        encoding="utf-8",
    )
    rendered = run(tmp_path, tool("casebook"), "render")
    assert rendered.returncode == 0, rendered.stdout

    for builder in (("mkdocs", "build", "--strict"), ("zensical", "build", "--clean")):
        done = run(tmp_path, tool(builder[0]), *builder[1:])
        assert done.returncode == 0, done.stdout
        page = (tmp_path / f"site/cases/{CASE}/index.html").read_text(encoding="utf-8")
        assert "&#123;&#123; 7*7 &#125;&#125;" in page or "{{ 7*7 }}" in page
        assert "<script>alert" not in page
