"""Every internal link and anchor of the built site leads somewhere, also under a sub-path."""

import re
import subprocess
from pathlib import Path
from posixpath import join, normpath

import pytest

from browser.support import Site, run, tool


def lychee(root: Path, *what: str) -> subprocess.CompletedProcess[str]:
    return run(
        root,
        tool("lychee"),
        "--offline",
        "--no-progress",
        "--include-fragments",
        "--index-files",
        "index.html",
        "--root-dir",
        str(root),
        *what,
    )


def test_every_internal_link_and_anchor_resolves_from_under_a_sub_path(site: Site):
    # The root is above the site: a link that climbs too far, or starts at the root, is a fault here.
    done = lychee(site.folder.parents[1], "--exclude-path", r"/404\.html$", "**/*.html")

    assert done.returncode == 0, done.stdout[-3000:]
    assert "Total" in done.stdout


def test_the_page_for_what_is_not_there_leads_on_from_the_root(site: Site):
    done = lychee(site.folder, "404.html")

    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    "broken",
    [
        '<a href="gone/">x</a>',
        '<a href="#gone">x</a>',
        '<a href="other/#gone">x</a>',
        '<a href="../outside.html">x</a>',
        '<a href="/other/">x</a>',
        '<img src="gone.png" alt="">',
        '<link rel="stylesheet" href="gone.css">',
    ],
)
def test_a_link_to_nowhere_would_be_found(tmp_path: Path, broken: str):
    folder = tmp_path / "sub"
    (folder / "other").mkdir(parents=True)
    (folder / "other/index.html").write_text('<h1 id="here">Here</h1>', encoding="utf-8")
    (folder / "index.html").write_text('<a href="other/#here">fine</a>', encoding="utf-8")
    assert lychee(tmp_path, "**/*.html").returncode == 0

    (folder / "index.html").write_text(broken, encoding="utf-8")

    assert lychee(tmp_path, "**/*.html").returncode != 0


def test_every_icon_that_a_page_uses_is_in_the_file_of_icons(site: Site):
    ids = set(re.findall(r'id="(i-[a-z]+)"', (site.folder / "assets/icons.svg").read_text(encoding="utf-8")))
    used = set()
    for file in site.folder.rglob("index.html"):
        for where, name in re.findall(r'<use href="([^"#]+)#([^"]+)"', file.read_text(encoding="utf-8")):
            used.add((normpath(join(file.parent.relative_to(site.folder).as_posix(), where)), name))
    assert len(used) > 10
    assert {where for where, _ in used} == {"assets/icons.svg"}
    assert {name for _, name in used} <= ids
