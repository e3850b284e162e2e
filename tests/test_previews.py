"""Previews are folders of a branch with one commit; a comment is written once and then kept up to date."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers import ROOT, script

previews = script("previews")


@pytest.fixture
def remote(tmp_path, monkeypatch) -> Path:
    """Return a forge's repository with a main branch."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    folder = tmp_path / "remote"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare", "--initial-branch", "main")
    tree = git(folder, "mktree")
    git(folder, "update-ref", "refs/heads/main", git(folder, *previews.AUTHOR, "commit-tree", tree, "-m", "First"))
    return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return done.stdout.decode().strip()


def site(folder: Path, text: str = "Home", **more: str) -> Path:
    for name, content in {"index.html": text, **more}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def kept(remote: Path) -> dict[str, str]:
    names = git(remote, "ls-tree", "-r", "--name-only", "previews").split("\n")
    return {name: git(remote, "show", f"previews:{name}") for name in filter(None, names)}


# the branch


def test_the_first_preview_makes_the_branch(remote, tmp_path):
    assert previews.keep(str(remote), 7, site(tmp_path / "site", **{"assets/x.js": "x"}))
    assert kept(remote) == {"pr/7/index.html": "Home", "pr/7/assets/x.js": "x"}


def test_a_preview_takes_the_place_of_the_one_before_and_leaves_others(remote, tmp_path):
    previews.keep(str(remote), 7, site(tmp_path / "old", **{"gone.html": "x"}))
    previews.keep(str(remote), 12, site(tmp_path / "other", "Other"))
    assert previews.keep(str(remote), 7, site(tmp_path / "new", "New"))
    assert kept(remote) == {"pr/7/index.html": "New", "pr/12/index.html": "Other"}


def test_the_branch_is_one_commit_without_parents_whatever_was_before(remote, tmp_path):
    for text in ("One", "Two", "Three"):
        previews.keep(str(remote), 7, site(tmp_path / text, text))
    assert git(remote, "rev-list", "--count", "previews") == "1"
    assert git(remote, "rev-list", "--count", "main") == "1"


def test_the_same_preview_again_changes_nothing(remote, tmp_path):
    previews.keep(str(remote), 7, site(tmp_path / "site"))
    before = git(remote, "rev-parse", "previews")
    assert not previews.keep(str(remote), 7, tmp_path / "site")
    assert git(remote, "rev-parse", "previews") == before


def test_a_preview_that_is_taken_away_leaves_the_others(remote, tmp_path):
    previews.keep(str(remote), 7, site(tmp_path / "site"))
    previews.keep(str(remote), 12, tmp_path / "site")
    assert previews.keep(str(remote), 7, None)
    assert kept(remote) == {"pr/12/index.html": "Home"}
    assert not previews.keep(str(remote), 7, None)
    assert previews.keep(str(remote), 12, None)
    assert kept(remote) == {}


def test_where_there_is_no_branch_there_is_nothing_to_take_away(remote):
    assert not previews.keep(str(remote), 7, None)
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_previews_of_pull_requests_that_are_closed_go(remote, tmp_path):
    for number in (3, 7, 12):
        previews.keep(str(remote), number, site(tmp_path / "site"))
    previews.keep(str(remote), 15, tmp_path / "site", {7, 15})
    assert {name.split("/")[1] for name in kept(remote)} == {"7", "15"}


def test_a_pull_request_that_was_closed_meanwhile_gets_no_preview(remote, tmp_path):
    previews.keep(str(remote), 7, site(tmp_path / "site"))
    assert previews.keep(str(remote), 7, site(tmp_path / "new", "New"), set())
    assert kept(remote) == {}


def test_of_many_previews_the_newest_stay_and_the_one_at_hand(remote, tmp_path, monkeypatch):
    monkeypatch.setattr(previews, "KEPT", 3)
    for number in (9, 10, 11):
        previews.keep(str(remote), number, site(tmp_path / "site"))
    previews.keep(str(remote), 2, tmp_path / "site")
    assert {name.split("/")[1] for name in kept(remote)} == {"2", "10", "11"}


def test_two_that_write_at_the_same_time_both_stay(remote, tmp_path, monkeypatch):
    site(tmp_path / "site")
    whole, others = previews._run, [(8, 1), (9, 1)]

    def run(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        if arguments[0] == "push" and others:
            number, _ = others.pop()
            monkeypatch.setattr(previews, "_run", whole)
            previews.keep(str(remote), number, tmp_path / "site")
            monkeypatch.setattr(previews, "_run", run)
        return whole(here, *arguments)

    monkeypatch.setattr(previews, "_run", run)
    assert previews.keep(str(remote), 7, tmp_path / "site")
    assert {name.split("/")[1] for name in kept(remote)} == {"7", "8", "9"}


def test_a_branch_that_never_holds_still_or_cannot_be_written_is_said(remote, tmp_path, monkeypatch):
    monkeypatch.setattr(previews, "_kept", lambda *_: None)
    with pytest.raises(previews.FailedError, match="has changed 5 times"):
        previews.keep(str(remote), 7, site(tmp_path / "site"))
    monkeypatch.undo()
    hook = remote / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no rights >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    with pytest.raises(previews.FailedError, match="cannot be written: "):
        previews.keep(str(remote), 7, tmp_path / "site")


def test_a_link_or_what_is_no_site_is_not_kept(remote, tmp_path):
    site(tmp_path / "site")
    for target in ("/etc/passwd", "index.html", "."):
        link = tmp_path / "site/link"
        link.symlink_to(target)
        with pytest.raises(previews.FailedError, match="neither a file nor a folder"):
            previews.keep(str(remote), 7, tmp_path / "site")
        link.unlink()
    (tmp_path / "site/index.html").unlink()
    with pytest.raises(previews.FailedError, match="is not a site"):
        previews.keep(str(remote), 7, tmp_path / "site")


def test_every_file_of_a_site_is_kept_as_it_is(remote, tmp_path):
    previews.keep(
        str(remote), 7, site(tmp_path / "site", **{".nojekyll": "", ".gitignore": "*.html\n", "a.txt": "x\r\ny"})
    )
    shown = subprocess.run(["git", "show", "previews:pr/7/a.txt"], cwd=remote, capture_output=True, check=True)
    assert set(kept(remote)) == {"pr/7/index.html", "pr/7/.nojekyll", "pr/7/.gitignore", "pr/7/a.txt"}
    assert shown.stdout == b"x\r\ny"


# the comment

FORGE = """#!{python}
import json, sys
from pathlib import Path
log, comments = Path({log!r}), Path({comments!r})
given = sys.argv[1:]
body = next((Path(part[6:]).read_text() for part in given if part.startswith("body=@")), None)
log.write_text(log.read_text() + json.dumps([given, body]) + "\\n")
if "--jq" in given:
    import re
    login, mark = re.search(r'login == "(.*?)".*startswith\\("(.*?)"\\)', given[given.index("--jq") + 1]).groups()
    for comment in json.loads(comments.read_text()):
        if comment["login"] == login and comment["body"].startswith(mark):
            print(comment["id"])
if given[1:3] == ["--method", "FAIL"] or "no/rights" in " ".join(given):
    sys.exit("gh: Resource not accessible (HTTP 403)")
"""


@pytest.fixture
def forge(tmp_path, monkeypatch):
    """Put a stand-in of the forge's program first; return what tells what it was asked, and gives it comments."""
    log, comments, program = tmp_path / "log", tmp_path / "comments", tmp_path / "bin/gh"
    log.touch()
    program.parent.mkdir()
    program.write_text(FORGE.format(python=sys.executable, log=str(log), comments=str(comments)), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    def with_comments(*there: tuple[int, str, str]) -> None:
        comments.write_text(json.dumps([{"id": one[0], "login": one[1], "body": one[2]} for one in there]))

    with_comments()
    asked = lambda: [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]  # noqa: E731
    return SimpleNamespace(asked=asked, has=with_comments)


def test_the_first_comment_is_written_with_its_hidden_mark(forge):
    assert previews.tell("ada/casebook", 7, "Hello") == ""
    [_, (call, body)] = forge.asked()
    assert call[:4] == ["api", "--method", "POST", "repos/ada/casebook/issues/7/comments"]
    assert body == "<!-- casebook: preview -->\nHello"


def test_the_comment_that_is_there_is_kept_up_to_date(forge):
    forge.has((1, "ada", "Nice"), (2, "github-actions[bot]", "<!-- casebook: preview -->\nOld"))
    assert previews.tell("ada/casebook", 7, "New") == "2"
    [_, (call, body)] = forge.asked()
    assert call[:4] == ["api", "--method", "PATCH", "repos/ada/casebook/issues/comments/2"]
    assert body == "<!-- casebook: preview -->\nNew"


def test_the_mark_in_a_comment_of_somebody_else_is_not_ours(forge):
    forge.has(
        (1, "eve", "<!-- casebook: preview -->\nMine"), (2, "github-actions[bot]", "Hi <!-- casebook: preview -->")
    )
    assert previews.tell("ada/casebook", 7, "New") == ""


def test_all_pages_of_comments_are_looked_through(forge):
    previews.tell("ada/casebook", 7, "New")
    assert "--paginate" in forge.asked()[0][0]


def test_a_forge_that_refuses_is_said(forge):
    with pytest.raises(previews.FailedError, match="gh api: gh: Resource not accessible"):
        previews.tell("no/rights", 7, "New")


# as a program


def program(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    # Without the package: the job that may write installs nothing.
    call = [sys.executable, "-IS", str(ROOT / "scripts/previews.py"), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_the_program_keeps_and_drops_and_says_whether_anything_changed(remote, tmp_path):
    site(tmp_path / "site")
    for arguments, said in (
        (("keep", 7, tmp_path / "site", "--remote", remote, "--open", "7\n12\n"), "changed\n"),
        (("keep", 7, tmp_path / "site", "--remote", remote), "nothing differs\n"),
        (("drop", 7, "--remote", remote), "changed\n"),
        (("drop", 7, "--remote", remote), "nothing was there\n"),
    ):
        done = program(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, said, "")


def test_the_program_tells(forge, tmp_path):
    (tmp_path / "comment.md").write_text("Hello", encoding="utf-8")
    assert program("tell", "7", tmp_path / "comment.md", "--repository", "ada/casebook").returncode == 0
    assert forge.asked()[1][1].endswith("Hello")


def test_the_program_ends_with_one_sentence(remote, tmp_path):
    for arguments in (("keep", 7, tmp_path, "--remote", remote), ("drop", 7, "--remote", tmp_path / "nowhere"),
                      ("tell", 7, tmp_path / "gone.md")):  # fmt: skip
        done = program(*arguments)
        assert done.returncode == 1
        assert done.stderr.startswith("previews: ")
        assert "Traceback" not in done.stderr
