"""What was computed before, by content: a folder of small files that is safe to delete at any time.

A key holds the content and the code that worked on it, so nothing stale is ever found. The store is
local to one machine and never committed; entries are Python pickles and are read only from there.
"""

import contextlib
import os
import pickle
import sys
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

_BUILT_WITH = (
    "pydantic",
    "pint",
    "PyYAML",
    "diagrams",
    "graphviz-pure",
    "jinja2",
    "markdown-it-py",
    "lxml",
    "resvg-py",
)


@cache
def code_digest() -> str:
    """Return a digest of this package and of what it builds with: a change of either makes all anew."""
    seal = blake2b(f"{sys.version_info[:2]} {[version(name) for name in _BUILT_WITH]}".encode(), digest_size=16)
    root = Path(__file__).parent
    for file in sorted(file for file in root.rglob("*") if file.is_file() and "__pycache__" not in file.parts):
        seal.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return seal.hexdigest()


class Store:
    """A folder of results by digest."""

    def __init__(self, root: Path) -> None:
        self.root = root / code_digest()[:16]

    @staticmethod
    def digest(*parts: bytes) -> str:
        """Return the digest of some bytes, each kept apart from the next."""
        seal = blake2b(digest_size=16)
        for part in parts:
            seal.update(len(part).to_bytes(8, "big") + part)
        return seal.hexdigest()

    def _file(self, kind: str, digest: str) -> Path:
        return self.root / kind / digest

    def has(self, kind: str, digest: str) -> bool:
        return bool(digest) and self._file(kind, digest).exists()

    def get(self, kind: str, digest: str) -> Any:
        """Return what was put under the digest; None if there is nothing that can be read."""
        try:
            return pickle.loads(self._file(kind, digest).read_bytes())  # noqa: S301 - written by this user's own build
        except Exception:  # a torn or foreign file is the same as none: it is made again
            return None

    def put(self, kind: str, digest: str, value: Any) -> None:
        """Keep a value. A folder that cannot be written costs time, not the build."""
        file = self._file(kind, digest)
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(pickle.dumps(value, protocol=5))
            fresh.replace(file)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)

    def prune(self) -> None:
        """Delete what another version of the code has left."""
        import shutil

        with contextlib.suppress(OSError):
            for old in self.root.parent.iterdir():
                if old != self.root:
                    shutil.rmtree(old, ignore_errors=True)
