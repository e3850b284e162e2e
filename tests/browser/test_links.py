"""Every internal link and anchor of the built site leads somewhere."""

from browser.support import Site, run, tool


def test_every_internal_link_and_anchor_resolves(site: Site):
    done = run(
        site.folder,
        tool("lychee"),
        "--offline",
        "--no-progress",
        "--include-fragments",
        "--index-files",
        "index.html",
        "--root-dir",
        str(site.folder),
        "**/*.html",
    )

    assert done.returncode == 0, done.stdout[-3000:]
    assert "Total" in done.stdout


def test_a_link_to_nowhere_would_be_found(site: Site, tmp_path):
    (tmp_path / "index.html").write_text('<a href="gone/">x</a><a href="#gone">y</a>', encoding="utf-8")

    done = run(
        tmp_path,
        tool("lychee"),
        "--offline",
        "--no-progress",
        "--include-fragments",
        "--root-dir",
        str(tmp_path),
        "*.html",
    )

    assert done.returncode != 0
