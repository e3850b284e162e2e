"""What people write by hand under `docs/`, as it goes into the docs tree: pages, styles, scripts; and the theme's overrides."""

import re
from pathlib import Path


def pages(docs: Path) -> dict[str, bytes]:
    """Return the hand-written files, each page told where it comes from, for its edit link."""
    made = {}
    for file in _files(docs):
        name = file.relative_to(docs)
        if name.parts[0] == "overrides" or name.parts[:2] == ("assets", "icons"):
            continue
        raw = file.read_bytes()
        if file.suffix == ".md":
            page = raw.decode()
            head = re.match(r"---\n(.*?)\n---\n", page, re.DOTALL)
            own = f"source: docs/{name.as_posix()}"
            page = f"---\n{head[1]}\n{own}\n---\n{page[head.end() :]}" if head else f"---\n{own}\n---\n{page}"
            raw = page.encode()
        if file.suffix == ".js":
            raw = lean(raw.decode()).encode()
        if file.suffix == ".css":
            raw = bare(raw.decode()).encode()
        made[name.as_posix()] = raw
    return made


def lean(script: str) -> str:
    """Return a script of ours without comments on lines of their own and without indentation: a seventh less to load.

    No text of it may span lines, which a test watches.
    """
    bare = re.sub(r"^[ \t]*(/\*\*.*?\*/|//[^\n]*)\n", "", script, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"\n[\s]*", "\n", bare).lstrip()


def bare(style: str) -> str:
    """Return a style sheet of ours without comments and indentation; no text of it may hold either."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)).lstrip()


def overrides(docs: Path) -> dict[str, bytes]:
    """Return the theme's overrides by their name in the theme."""
    folder = docs / "overrides"
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in _files(folder)}


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
