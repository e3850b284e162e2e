"""What git knows of the library: what changed, what was published, who wrote what."""

import os
import re
from collections import Counter
from pathlib import Path, PurePosixPath

from casebook import git
from casebook.library import FOLDERS, examine

# A name may hold anything but a line break: what moves a cursor or turns the direction of text goes.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd-\uffff]")


def start(base: Path, since: str = "") -> str:
    """Return the commit that changes are counted from: where this branch left `since`, or main. Empty if there is none."""
    asked = os.environ.get("GITHUB_BASE_REF", "")
    for name in [since] if since else [*([f"origin/{asked}"] if asked else []), "origin/main", "main"]:
        if name.startswith("-"):
            continue
        found = git.said(base, "merge-base", name, "HEAD")
        if found:
            return found.strip()
    return ""


def changed(base: Path, commit: str) -> list[Path]:
    """Return the files of `cases/` that differ from a commit, committed or not, and those that git does not know yet."""
    said = [
        git.said(base, "diff", "--name-only", "--no-renames", "-z", "--relative", commit, "--", "cases"),
        git.said(base, "ls-files", "--others", "--exclude-standard", "-z", "--", "cases"),
    ]
    names = {name for part in said if part for name in part.split("\0") if name}
    return [base / name for name in sorted(names)]


def published(base: Path, commit: str) -> list[str]:
    """Return the keys of the records that stood in a commit and are gone now, drafts left out."""
    said = git.said(
        base, "diff", "--name-only", "--no-renames", "--diff-filter=D", "-z", "--relative", commit, "--", "cases"
    )
    keys = []
    for name in filter(None, (said or "").split("\0")):
        path = PurePosixPath(name)
        key = f"{path.parent.name}/{path.stem}"
        if path.suffix != ".yml" or path.parent.name not in FOLDERS:
            continue
        raw = git.said(base, "show", f"{commit}:./{name}")
        record = examine(raw.encode(), name, key).record if raw else None
        if not getattr(record, "draft", False):
            keys.append(key)
    return keys


def authors(base: Path) -> dict[str, list[str]]:
    """Return who wrote each file of `cases/`, by commits, most first; names are as the mailmap has them.

    A shallow clone knows the last commits alone, and would credit the wrong people: it names nobody.
    """
    if (git.said(base, "rev-parse", "--is-shallow-repository") or "").strip() != "false":
        return {}
    said = git.said(
        base, "log", "--use-mailmap", "--no-merges", "--format=%x00%aN", "--name-only", "--relative", "--", "cases"
    )
    counts: dict[str, Counter[str]] = {}
    for part in (said or "").split("\0")[1:]:
        name, *names = part.strip("\n").split("\n")
        for path in filter(None, names):
            counts.setdefault(path, Counter())[" ".join(_UNPRINTABLE.sub("", name).split())] += 1
    return {
        path: [name for name, _ in sorted(count.items(), key=lambda pair: (-pair[1], pair[0])) if name]
        for path, count in counts.items()
    }
