"""What git knows of the library: what changed, what was published, who wrote what."""

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path, PurePosixPath

from casebook.library import FOLDERS, examine


def _git(base: Path, *arguments: str) -> str | None:
    """Return what git says, or None if there is no git, no repository, or no such commit."""
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run([git, "-c", "core.quotePath=false", *arguments], cwd=base, capture_output=True, check=False)
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def start(base: Path, since: str = "") -> str:
    """Return the commit that changes are counted from: where this branch left `since`, or main. Empty if there is none."""
    asked = os.environ.get("GITHUB_BASE_REF", "")
    for name in [since] if since else [*([f"origin/{asked}"] if asked else []), "origin/main", "main"]:
        if name.startswith("-"):
            continue
        found = _git(base, "merge-base", name, "HEAD")
        if found:
            return found.strip()
    return ""


def changed(base: Path, commit: str) -> list[Path]:
    """Return the files of `cases/` that differ from a commit, committed or not, and those that git does not know yet."""
    said = [
        _git(base, "diff", "--name-only", "--no-renames", "-z", "--relative", commit, "--", "cases"),
        _git(base, "ls-files", "--others", "--exclude-standard", "-z", "--", "cases"),
    ]
    names = {name for part in said if part for name in part.split("\0") if name}
    return [base / name for name in sorted(names)]


def published(base: Path, commit: str) -> list[str]:
    """Return the keys of the records that stood in a commit and are gone now, drafts left out."""
    said = _git(
        base, "diff", "--name-only", "--no-renames", "--diff-filter=D", "-z", "--relative", commit, "--", "cases"
    )
    keys = []
    for name in filter(None, (said or "").split("\0")):
        path = PurePosixPath(name)
        key = f"{path.parent.name}/{path.stem}"
        if path.suffix != ".yml" or path.parent.name not in FOLDERS:
            continue
        raw = _git(base, "show", f"{commit}:./{name}")
        record = examine(raw.encode(), name, key).record if raw else None
        if not getattr(record, "draft", False):
            keys.append(key)
    return keys


def authors(base: Path) -> dict[str, list[str]]:
    """Return who wrote each file of `cases/`, by commits, most first; names are as the mailmap has them."""
    said = _git(
        base, "log", "--use-mailmap", "--no-merges", "--format=%x01%aN", "--name-only", "--relative", "--", "cases"
    )
    counts: dict[str, Counter[str]] = {}
    for part in (said or "").split("\x01")[1:]:
        name, *names = part.strip().split("\n")
        for path in filter(None, names):
            counts.setdefault(path, Counter())[name] += 1
    return {
        path: [name for name, _ in sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))]
        for path, count in counts.items()
    }
