import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

from casebook import disk, site


@pytest.fixture
def base(tmp_path) -> Path:
    """Return a project with a rendered tree, an old site, and a builder that has made a new one."""
    disk.sync(tmp_path / "build/docs", {"index.md": b"# Home", "assets/diagrams/x.svg": b"<svg/>"})
    disk.sync(tmp_path / "build/theme", {"main.html": b"x"})
    disk.sync(tmp_path / "site", {"index.html": b"old", "gone.html": b"old"})
    (tmp_path / "mkdocs.yml").write_text("site_name: x", encoding="utf-8")
    return tmp_path


def builder(base: Path, monkeypatch, program: str) -> subprocess.Popen[str]:
    """Start a builder that runs a program with the folder of the new site as its last argument."""

    def stand_in(folder: Path, *arguments: str, said: Path, **_) -> subprocess.Popen[str]:
        call = [sys.executable, "-c", program, arguments[-1]]
        with said.open("w") as out:
            return subprocess.Popen(call, cwd=folder, stdout=out, stderr=subprocess.STDOUT, text=True)

    monkeypatch.setattr(site, "command", stand_in)
    return site.start(base)


NEW = "import pathlib, sys; new = pathlib.Path(sys.argv[1]); new.mkdir(parents=True); (new / 'index.html').write_text('new')"


def test_a_new_site_takes_the_place_of_the_old_one(base, monkeypatch):
    site.finish(base, builder(base, monkeypatch, NEW))
    assert (base / "site/index.html").read_text() == "new"
    assert not (base / "site/gone.html").exists()
    assert (base / "site/assets/diagrams/x.svg").read_text() == "<svg/>"
    assert [folder.name for folder in (base / "build").iterdir() if "site" in folder.name] == []


@pytest.mark.parametrize(
    "program",
    [
        "print('a link leads nowhere'); raise SystemExit(1)",
        f"{NEW}; print('a link leads nowhere'); raise SystemExit(3)",
    ],
)
def test_a_builder_that_refuses_leaves_the_old_site_whole(base, monkeypatch, program):
    with pytest.raises(site.SiteError, match="a link leads nowhere"):
        site.finish(base, builder(base, monkeypatch, program))
    assert (base / "site/index.html").read_text() == "old"
    assert (base / "site/gone.html").exists()
    assert not site.fresh(base)


def test_a_site_is_fresh_until_anything_that_it_is_built_from_changes(base, monkeypatch):
    assert not site.fresh(base)
    site.finish(base, builder(base, monkeypatch, NEW))
    assert site.fresh(base)

    (base / "build/docs/index.md").write_bytes(b"# Other")
    assert not site.fresh(base)


@pytest.mark.parametrize("name", ["mkdocs.yml", "build/theme/main.html", "build/docs/new.md"])
def test_a_site_is_not_fresh_after_a_change(base, monkeypatch, name):
    site.finish(base, builder(base, monkeypatch, NEW))
    (base / name).write_bytes(b"something else")
    assert not site.fresh(base)


def test_a_setting_of_the_environment_makes_another_site(base, monkeypatch):
    site.finish(base, builder(base, monkeypatch, NEW))
    monkeypatch.setenv("CASEBOOK_SITE_URL", "https://example.org/")
    assert not site.fresh(base)


def test_a_site_that_was_taken_away_when_the_build_was_killed_comes_back(base):
    (base / "site").rename(base / "build/site.old")
    site.restore(base)
    assert (base / "site/index.html").read_text() == "old"

    (base / "build/site.old").mkdir()
    site.restore(base)
    assert (base / "site/index.html").read_text() == "old", "a site that is there stays"


def test_no_module_of_ours_imports_the_site_builder():
    for file in (ROOT / "scripts/casebook").rglob("*.py"):
        assert "import mkdocs" not in file.read_text(encoding="utf-8").replace("from mkdocs", "import mkdocs"), file


@pytest.mark.skipif(os.name == "nt", reason="paths are compared as text")
def test_one_module_imports_yaml_and_one_imports_diagrams():
    imported: dict[str, set[str]] = {"yaml": set(), "diagrams": set()}
    for file in (ROOT / "scripts/casebook").rglob("*.py"):
        for name, files in imported.items():
            if any(
                line.strip().startswith((f"import {name}", f"from {name} "))
                for line in file.read_text(encoding="utf-8").split("\n")
            ):
                files.add(file.name)
    assert imported == {"yaml": {"source.py"}, "diagrams": {"draw.py"}}


def test_a_builder_that_is_held_waits_until_it_is_released(base):
    program = (
        "import hold; from types import SimpleNamespace as Any; hold.on_startup(); print('lists', flush=True);"
        "[hold.on_page_read_source(Any(file=Any(src_uri=name))) or print(name, flush=True) for name in ('b.md', 'a.md')];"
        "hold.on_env(None); print('draws')"
    )
    held = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT / "scripts/casebook", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env={**os.environ, site.HELD: "1"},
    )  # fmt: skip
    with pytest.raises(subprocess.TimeoutExpired):
        held.wait(0.3)
    site.tell(held, "")
    assert held.stdout.readline() == "lists\n"
    site.tell(held, "a.md")
    with pytest.raises(subprocess.TimeoutExpired):
        held.wait(0.3)
    site.tell(held, "b.md")
    assert [held.stdout.readline(), held.stdout.readline()] == ["b.md\n", "a.md\n"]
    with pytest.raises(subprocess.TimeoutExpired):
        held.wait(0.3)
    site.release(held)
    assert held.communicate(timeout=30)[0] == "draws\n"


def test_a_builder_may_say_much_while_it_is_told_of_many_pages(base):
    (base / "mkdocs").mkdir()  # stands in for the builder, which is run as a module
    (base / "mkdocs/__init__.py").touch()
    (base / "mkdocs/__main__.py").write_text(
        "import sys; print('x' * 1_000_000, flush=True); sys.stdin.read(); raise SystemExit('that was all')"
    )
    held = site.start(base, held=True)
    for number in range(5000):
        site.tell(held, f"cases/feature-stores/case-{number}/index.md")
    site.release(held)
    with pytest.raises(site.SiteError, match="that was all"):
        site.finish(base, held)


def test_a_builder_whose_settings_lack_the_hook_is_not_started_before_the_tree_is_there(base):
    assert not site.holds(base)
    (base / "mkdocs.yml").write_text("hooks:\n  - scripts/casebook/hold.py # x\n", encoding="utf-8")
    assert site.holds(base)
    assert site.holds(ROOT)


def test_a_builder_run_by_hand_waits_for_nothing(base):
    program = "import hold; hold.on_startup(); hold.on_env(None)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT / "scripts/casebook", timeout=30).returncode == 0
