"""Whether anything changed since the last render: inputs, code and outputs, by size and time; and the last commit.

A commit changes no file, but who wrote one and when the library was last changed.

Imports nothing heavy, so that a build with nothing to do ends before the rest is loaded.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from casebook import git

INPUTS = ("cases", "docs")
OUTPUTS = ("build/docs", "build/theme")


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":
                yield from _walk(Path(entry.path))
        else:
            yield entry


def state(base: Path, only: str | None) -> str:
    """Return a digest of every file that a render reads or writes, of the code, and of the last commit."""
    seal = blake2b(f"{only} {git.said(base, 'rev-parse', 'HEAD')}".encode(), digest_size=16)
    for folder in (*(base / name for name in (*INPUTS, *OUTPUTS)), Path(__file__).parent):
        for entry in _walk(folder):
            with suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                seal.update(f"{entry.path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return seal.hexdigest()


def _file(base: Path) -> Path:
    return base / "build/.cache/stamp.json"


def unchanged(base: Path, only: str | None) -> str | None:
    """Return what the last render said, if it would do the same again; else None."""
    try:
        kept = json.loads(_file(base).read_text(encoding="utf-8"))
        return str(kept["said"]) if kept["state"] == state(base, only) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(base: Path, only: str | None, said: str) -> None:
    """Remember a render that went well."""
    with suppress(OSError):
        _file(base).parent.mkdir(parents=True, exist_ok=True)
        _file(base).write_text(json.dumps({"state": state(base, only), "said": said}), encoding="utf-8")
