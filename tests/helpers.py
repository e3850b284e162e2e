"""What the tests share: the real library and the sample as bytes, checked in memory."""

import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from casebook import catalogue, examples, library, shape, source
from casebook.estimate import compute
from casebook.findings import Finding
from casebook.library import Library
from casebook.outcome import Numbers
from casebook.spec import Case
from casebook.store import Store

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = catalogue.SAMPLE_CASE


@cache
def icons() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in (ROOT / "docs/assets/icons").glob("*.svg")))


@cache
def _real() -> tuple[tuple[str, bytes], ...]:
    return tuple(
        (file.relative_to(ROOT).as_posix(), file.read_bytes()) for file in sorted((ROOT / "cases").rglob("*.yml"))
    )


def real() -> dict[str, bytes]:
    """Return every record of the real library: path and bytes."""
    return dict(_real())


def real_cases() -> list[str]:
    """Return the paths of the real cases."""
    return [path for path in real() if path.split("/")[1] not in ("blocks", "tradeoffs")]


@lru_cache(maxsize=256)
def _examined(raw: bytes, path: str) -> library.Entry:
    return library.examine(raw, path, f"{Path(path).parent.name}/{Path(path).stem}", Store.digest(raw))


def checked(files: Mapping[str, bytes]) -> Library:
    """Return the library that these files make."""
    return library.assemble([_examined(raw, path) for path, raw in files.items()], (), icons())


@cache
def real_library() -> Library:
    return checked(real())


def changed(*changes: tuple[str, str], file: str = SAMPLE) -> dict[str, bytes]:
    """Return the sample library with some text of one file replaced; each text must stand there once."""
    files = catalogue.sample()
    text = files[file].decode()
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        text = text.replace(old, new)
    return {**files, file: text.encode()}


def found(*changes: tuple[str, str], file: str = SAMPLE) -> list[Finding]:
    """Return what is found in the sample library after a change."""
    return examples.findings(changed(*changes, file=file))


def codes(findings: Iterable[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def one(findings: Iterable[Finding], code: str) -> Finding:
    """Return the only finding, which must have this code."""
    listed = list(findings)
    assert codes(listed) == [code], listed
    return listed[0]


def pointed(finding: Finding) -> str:
    """Return the text that a finding points at."""
    place = finding.place
    return finding.line[place.column - 1 : place.column - 1 + place.width]


def sample_case(*changes: tuple[str, str]) -> Case:
    """Return the case of the sample library after a change that leaves its shape sound."""
    document, faults = source.parse(changed(*changes)[SAMPLE], SAMPLE)
    assert document is not None
    record, more = shape.validate(document, Case)
    assert record is not None, faults + more
    return record


def sample_numbers(*changes: tuple[str, str]) -> Numbers:
    return compute(sample_case(*changes))


def whole(text: str) -> str:
    """Return text with its white space made single spaces, for texts that a terminal may wrap."""
    return re.sub(r"\s+", " ", text).strip()


def project(base: Path, files: Mapping[str, bytes]) -> Path:
    """Make a folder that `casebook` takes for a project, with these records and the real docs."""
    for path, raw in files.items():
        file = base / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
    (base / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    if not (base / "docs").exists():
        (base / "docs").symlink_to(ROOT / "docs")
    return base


def document(text: str) -> Any:
    """Return the document of a text that is sound YAML of ours."""
    made, findings = source.parse(text.encode(), "t.yml")
    assert made is not None, findings
    assert not findings
    return made


def script(name: str) -> Any:
    """Return a program of `scripts/` as a module. Not by its path: a folder of tests has the name of one of them."""
    spec = spec_from_file_location(f"script_{name}", ROOT / f"scripts/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made
