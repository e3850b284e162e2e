"""The report that each entry of the catalogue really fires, from the sample library."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from casebook import catalogue
from casebook.findings import Finding
from casebook.library import load

ICONS = ("client", "model", "store")  # what the sample's blocks name


@cache
def fired(code: catalogue.Code) -> tuple[Finding, ...]:
    """Return the findings of the sample library with the change of a code made to it."""
    return tuple(findings(catalogue.broken(code)))


def findings(library: Mapping[str, bytes]) -> list[Finding]:
    """Return the findings of a library given as paths and bytes."""
    with TemporaryDirectory() as folder:
        for name, raw in library.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(raw)
        return load(Path(folder, "cases"), ICONS).findings
