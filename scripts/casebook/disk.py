"""Files of a folder that is generated: written whole or not at all, and only where they differ."""

import os
from collections.abc import Mapping, Set
from pathlib import Path


def write(file: Path, content: bytes) -> bool:
    """Write a file if it differs; whole or not at all."""
    try:
        if file.stat().st_size == len(content) and file.read_bytes() == content:
            return False
    except OSError:
        file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(file)
    except OSError as error:  # a full disk says nothing of where, and leaves a piece
        fresh.unlink(missing_ok=True)
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(file)) from None
    return True


def sync(folder: Path, tree: Mapping[str, bytes], later: Set[str] = frozenset()) -> tuple[int, int]:
    """Make a folder hold these files, those that come later, and no others; return how many were written and removed."""
    for name in (*tree, *later):
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{name} would leave {folder}")
    written = sum(write(folder / name, content) for name, content in sorted(tree.items()))
    removed = 0
    for file in sorted(folder.rglob("*"), reverse=True):
        name = file.relative_to(folder).as_posix()
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif name not in tree and name not in later:
            file.unlink()
            removed += 1
    return written, removed


def expect(folder: Path, names: Set[str]) -> None:
    """Make empty files where there are none yet, so that who lists a folder sees all that will be in it."""
    for name in names:
        if not (folder / name).exists():
            write(folder / name, b"")
