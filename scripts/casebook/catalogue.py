"""The catalogue of codes: each with its level, why it matters, how to mend it, and a change that fires it.

The text is in `catalogue.toml`. The changes are made to the sample library in `sample/`, which is sound
and has no finding of its own, so every page of the catalogue shows a real report and every code is
fired by a test.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

SAMPLE_CASE = "cases/feature-stores/parcel-arrival.yml"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry: `change` replaces text of `file` in the sample; `content` replaces the whole file."""

    code: str
    level: str
    title: str
    why: str
    fix: str
    file: str = SAMPLE_CASE
    change: tuple[tuple[str, str], ...] = ()
    content: str = ""
    raw: str = ""  # hexadecimal, for what TOML cannot hold
    gone: bool = False  # `file` is deleted


@cache
def codes() -> dict[str, Code]:
    """Return every code, in order."""
    data = tomllib.loads(files("casebook").joinpath("catalogue.toml").read_text(encoding="utf-8"))
    made = {}
    for code, entry in data.items():
        change = tuple((old, new) for old, new in entry.pop("change", ()))
        given: dict[str, Any] = {
            key: value.strip() if isinstance(value, str) and key != "content" else value for key, value in entry.items()
        }
        made[code] = Code(code=code, change=change, **given)
    return made


def get(code: str) -> Code:
    return codes()[code]


def blocks(code: str) -> bool:
    """Return whether a finding of this code is an error; a hint advises."""
    return codes()[code].level == "error"


def sample() -> dict[str, bytes]:
    """Return the sample library: the path of each file under its root, and its bytes."""
    root = Path(str(files("casebook").joinpath("sample")))
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(root.rglob("*.yml"))}


def broken(code: Code) -> dict[str, bytes]:
    """Return the sample library with the change of a code made to it."""
    library = sample()
    if code.gone:
        del library[code.file]
    if code.raw:
        library[code.file] = bytes.fromhex(code.raw)
    elif code.content:
        library[code.file] = code.content.encode()
    for old, new in code.change:
        text = library[code.file].decode()
        if text.count(old) != 1:
            raise ValueError(f"{code.code}: the change {old!r} fits {text.count(old)} places of {code.file}")
        library[code.file] = text.replace(old, new).encode()
    return library
