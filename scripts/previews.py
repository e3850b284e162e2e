"""Keep the previews of pull requests: as folders of one branch, and as one comment each that stays up to date.

The branch holds a single commit without parents: what a preview was before is of no use to anybody, and
would only grow. `publish.yml` puts the branch beside the site. Needs git and nothing else; the comment
needs the forge's own program, `gh`.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

BRANCH = "previews"
MARK = "<!-- casebook: preview -->"  # hidden, and first: the comment is known by it
KEPT = 20  # previews at once: a site may have a gigabyte
TRIES = 5  # two pull requests may be kept at the same time; the later one tries again
AUTHOR = ("-c", "user.name=Casebook previews", "-c", "user.email=previews@casebook.example")


class FailedError(RuntimeError):
    """What was asked cannot be done; the message says why."""


def keep(remote: str, number: int, site: Path | None, among: Collection[int] | None = None) -> bool:
    """Put a site in the place of a pull request's preview, or take its preview away if there is none.

    `among` are the pull requests that are still open, if that is known: no other keeps its preview, this
    one neither. Of many, the newest stay. Return whether the branch has changed. Raises FailedError.
    """
    if among is not None and number not in among:
        site = None
    if site and any(path.is_symlink() or not (path.is_file() or path.is_dir()) for path in site.rglob("*")):
        raise FailedError(f"{site} holds something that is neither a file nor a folder")
    if site and not (site / "index.html").is_file():
        raise FailedError(f"{site} is not a site")
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory() as scratch:
            if (done := _kept(Path(scratch), remote, number, site, among)) is not None:
                return done
    raise FailedError(f"the branch {BRANCH} has changed {TRIES} times while it was written")


def _kept(here: Path, remote: str, number: int, site: Path | None, among: Collection[int] | None) -> bool | None:
    """Return whether the branch has changed; None if somebody else has changed it meanwhile."""
    _git(here, "init", "--quiet", ".")
    before = ""
    if _tip(here, remote):
        _git(here, "fetch", "--quiet", "--depth", "1", remote, f"refs/heads/{BRANCH}")
        before = _git(here, "rev-parse", "FETCH_HEAD")
        _git(here, "checkout", "--quiet", "--detach", before)
    folder = here / "pr"
    if (folder / str(number)).exists():
        shutil.rmtree(folder / str(number))
    if site:
        shutil.copytree(site, folder / str(number))
    there = sorted((int(path.name) for path in folder.glob("*") if path.name.isdecimal()), reverse=True)
    stay = [other for other in there if other == number or among is None or other in among]
    stay.sort(key=lambda other: other != number)
    for other in set(there) - set(stay[:KEPT]):
        shutil.rmtree(folder / str(other))
    _git(here, "add", "--all", "--force", ".")
    tree = _git(here, "write-tree")
    if before and tree == _git(here, "rev-parse", f"{before}^{{tree}}"):
        return False
    if not before and not stay:
        return False
    commit = _git(here, *AUTHOR, "commit-tree", tree, "-m", "Previews of pull requests")
    lease = f"--force-with-lease=refs/heads/{BRANCH}:{before}"
    pushed = _run(here, "push", "--quiet", lease, remote, f"{commit}:refs/heads/{BRANCH}")
    if pushed.returncode == 0:
        return True
    if _tip(here, remote) == before:
        raise FailedError(f"the branch {BRANCH} cannot be written: {pushed.stderr.strip()}")
    return None


def _tip(here: Path, remote: str) -> str:
    """Return the commit of the branch; empty if there is no such branch."""
    return _git(here, "ls-remote", remote, f"refs/heads/{BRANCH}").split("\t")[0]


def _run(here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    call = ["git", "-c", "core.autocrlf=false", *arguments]
    return subprocess.run(call, cwd=here, capture_output=True, text=True, check=False)


def _git(here: Path, *arguments: str) -> str:
    done = _run(here, *arguments)
    if done.returncode != 0:
        raise FailedError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def tell(repository: str, number: int, text: str) -> str:
    """Write a comment to a pull request, in the place of the one that was written before. Return its id; empty if new.

    Raises FailedError.
    """
    # Anybody may write the mark, but not as the forge's own machine.
    ours = f'.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("{MARK}"))) | .id'
    comments = f"repos/{repository}/issues/{number}/comments"
    before = _gh("api", "--paginate", comments, "--jq", ours).split()
    with tempfile.TemporaryDirectory() as scratch:
        body = Path(scratch, "body")
        body.write_text(f"{MARK}\n{text}", encoding="utf-8")
        if before:
            place = f"repos/{repository}/issues/comments/{before[0]}"
            _gh("api", "--method", "PATCH", place, "--field", f"body=@{body}", "--silent")
            return before[0]
        _gh("api", "--method", "POST", comments, "--field", f"body=@{body}", "--silent")
    return ""


def _gh(*arguments: str) -> str:
    done = subprocess.run(["gh", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FailedError(f"gh {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def main() -> int:
    """Run a command; return 0, or 1 with one sentence on what failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    keeping = commands.add_parser("keep", help="put a site in the place of a preview; print `changed` if it did")
    dropping = commands.add_parser("drop", help="take a preview away; print `changed` if it was there")
    telling = commands.add_parser("tell", help="write or update the comment")
    for command in (keeping, dropping, telling):
        command.add_argument("number", type=int)
    keeping.add_argument("site", type=Path)
    telling.add_argument("file", type=Path)
    for command in (keeping, dropping):
        command.add_argument("--remote", required=True)
    keeping.add_argument("--open", default=None, help="the numbers of pull requests that are still open")
    telling.add_argument("--repository", default=os.environ.get("GITHUB_REPOSITORY", ""))
    given = parser.parse_args()
    try:
        if given.command == "tell":
            tell(given.repository, given.number, given.file.read_text(encoding="utf-8"))
        elif given.command == "drop":
            print("changed" if keep(given.remote, given.number, None) else "nothing was there")
        else:
            among = None if given.open is None else {int(number) for number in given.open.split()}
            print("changed" if keep(given.remote, given.number, given.site, among) else "nothing differs")
    except (FailedError, OSError, ValueError) as error:
        print(f"previews: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
