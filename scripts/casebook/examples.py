"""The report that each entry of the catalogue really fires, from the sample library."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import PurePosixPath

from casebook import catalogue, library
from casebook.findings import Finding, Place

ICONS = ("client", "model", "store")  # what the sample's blocks name


@cache
def fired(code: catalogue.Code) -> tuple[Finding, ...]:
    """Return the findings of the sample library with the change of a code made to it."""
    return tuple(findings(catalogue.broken(code), before=[name[6:-4] for name in catalogue.sample()]))


def findings(files: Mapping[str, bytes], before: Iterable[str] = ()) -> list[Finding]:
    """Return the findings of a library given as paths, such as `cases/blocks/store.yml`, and bytes."""
    entries, found = [], []
    for name, raw in files.items():
        path = PurePosixPath(name)
        fault = library.misplaced(path.relative_to("cases"))
        if fault:
            found.append(Finding("C007", Place(name, 1, 1), fault[0], fix=fault[1]))
        else:
            entries.append(_examined(raw, name, f"{path.parent.name}/{path.stem}"))
    return library.assemble(entries, found, ICONS, before).findings


@lru_cache(maxsize=64)
def _examined(raw: bytes, path: str, key: str) -> library.Entry:
    return library.examine(raw, path, key)
