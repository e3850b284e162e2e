"""Load everything, run everything: a folder of records becomes a Library and its findings."""

import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path, PurePosixPath
from typing import Any

from casebook import catalogue, checks, shape, slips, source
from casebook.checks.library import RULES, Shelf, employed
from casebook.document import Document
from casebook.estimate import compute
from casebook.findings import Finding, Place
from casebook.flips import Flip, flips
from casebook.outcome import Numbers
from casebook.spec import TRACKS, Block, Case, Moved, Part, Tradeoff
from casebook.spec.base import ID
from casebook.store import Store

FOLDERS: dict[str, type[Part]] = {"blocks": Block, "tradeoffs": Tradeoff, **dict.fromkeys(TRACKS, Case)}
MANY = 6  # files from which a second process pays for itself


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the library: its record if it is one, its numbers, and what its own rules found."""

    key: str  # `feature-stores/payment-fraud-features`, `blocks/event-log`
    path: str
    digest: str
    record: Any
    numbers: Numbers | None
    findings: tuple[Finding, ...]
    uses: tuple[checks.Use, ...]
    flips: tuple[Flip, ...] = ()

    @property
    def folder(self) -> str:
        return self.key.split("/")[0]

    @property
    def id(self) -> str:
        return self.key.split("/")[1]


@dataclass(frozen=True)
class Library:
    """Every record by key, and every finding in order of place."""

    entries: dict[str, Entry]
    findings: list[Finding]

    def cases(self) -> list[Entry]:
        """Return the sound cases by track and title."""
        tracks = list(TRACKS)
        found = [entry for entry in self.entries.values() if isinstance(entry.record, Case)]
        return sorted(found, key=lambda entry: (tracks.index(entry.folder), entry.record.title))

    def blocks(self) -> dict[str, Entry]:
        """Return the sound blocks by id, in order of title."""
        return self._of("blocks")

    def tradeoffs(self) -> dict[str, Entry]:
        """Return the sound trade-offs by id, in order of title."""
        return self._of("tradeoffs")

    def moved(self) -> dict[str, Moved]:
        """Return the stubs by key."""
        return {entry.key: entry.record for entry in self.entries.values() if isinstance(entry.record, Moved)}

    def drafts(self) -> frozenset[str]:
        """Return the keys of the cases that are not to be published yet."""
        return frozenset(entry.key for entry in self.cases() if entry.record.draft)

    def published(self) -> "Library":
        """Return the library without its drafts."""
        drafts = self.drafts()
        return Library({key: entry for key, entry in self.entries.items() if key not in drafts}, self.findings)

    def _of(self, folder: str) -> dict[str, Entry]:
        found = [entry for entry in self.entries.values() if isinstance(entry.record, FOLDERS[folder])]
        found = [entry for entry in found if entry.folder == folder]
        return {entry.id: entry for entry in sorted(found, key=lambda entry: entry.record.title)}

    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if catalogue.blocks(finding.code)]

    def hints(self) -> list[Finding]:
        return [finding for finding in self.findings if not catalogue.blocks(finding.code)]


def examine(raw: bytes, path: str, key: str, digest: str = "") -> Entry:
    """Read, shape, compute and check one record; depends on nothing but its arguments."""

    def model(document: Document) -> type[Part]:
        return Moved if "moved_to" in document.data else FOLDERS[key.split("/")[0]]

    def faults(text: str) -> slips.Read:
        document, found = source.parse(text.encode(), path)
        if document is None:
            return slips.Read(found[0].place.line, 0)
        return slips.Read(slips.WHOLE, len(found) + shape.faults(document, model(document)))

    document, found = source.parse(raw, path)
    if document is None:
        return Entry(key, path, digest, None, None, tuple(slips.unread(found, raw, faults)), ())
    record, wrong = shape.validate(document, model(document))
    found += wrong
    if record is None:
        return Entry(key, path, digest, None, None, tuple(slips.strayed(found, raw, faults)), ())
    numbers = compute(record) if isinstance(record, Case) else None
    turning = flips(record, numbers) if isinstance(record, Case) and numbers else ()
    scope = checks.Scope.of(document, record, numbers, turning)
    found += checks.run(scope)
    return Entry(key, path, digest, record, numbers, tuple(found), checks.uses(scope), turning)


def _load(job: tuple[str, str, str], store: Store | None) -> Entry:
    file, path, key = job
    name = Path(file)
    try:
        raw = name.read_bytes() if name.stat().st_size <= source.LARGEST else None
    except OSError:
        raw = None
    if raw is None:  # too large or unreadable: `read` says which
        return Entry(key, path, "", None, None, tuple(source.read(name, path)[1]), ())
    digest = Store.digest(path.encode(), raw)
    if store is None:
        return examine(raw, path, key, digest)
    cached = store.get("check", digest)
    if cached is None:
        cached = examine(raw, path, key, digest)
        store.put("check", digest, cached)
    return cached  # type: ignore[no-any-return]  # what was put is an Entry


def _examined(job: tuple[str, str, str], store: Store | None) -> Entry | None:
    """Return what another process needs to be sent: nothing, where it can take it from the store."""
    entry = _load(job, store)
    return None if store and store.has("check", entry.digest) else entry


def misplaced(path: PurePosixPath) -> tuple[str, str] | None:
    """Return what is wrong with the place of a file, given below the library's root, and the fix."""
    if len(path.parts) != 2 or path.parts[0] not in FOLDERS:
        return "is in no folder of the library", f"move it to one of {', '.join(f'cases/{name}/' for name in FOLDERS)}"
    if path.suffix != ".yml":
        return f'has the ending "{path.suffix}", but a record ends in .yml', f"rename it to {path.stem}.yml"
    if not re.fullmatch(ID, path.stem) or len(path.stem) > 60:
        return (
            f'"{path.stem}" is not an id',
            "name the file with small letters, digits and hyphens, such as `payment-fraud-features.yml`",
        )
    return None


def find(root: Path) -> tuple[list[tuple[str, str, str]], list[Finding]]:
    """Return every record file under `root` as (file, name in findings, key), and what is out of place."""
    jobs: list[tuple[str, str, str]] = []
    found: list[Finding] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [name for name in folders if Path(folder, name).is_symlink()]  # not followed, and not passed over
        for name in sorted(files):
            file = Path(folder, name)
            inside = PurePosixPath(file.relative_to(root).as_posix())
            if name.startswith(".") or name == "README.md":
                continue
            shown = f"{root.name}/{inside}"
            fault = misplaced(inside)
            if file.is_symlink() or not file.is_file():
                fault = "is not a regular file", "put the record itself there"
            if fault:
                found.append(Finding("C007", Place(shown, 1, 1), fault[0], fix=fault[1]))
            else:
                jobs.append((str(file), shown, f"{inside.parts[0]}/{inside.stem}"))
    return jobs, found


def load(
    root: Path,
    icons: Iterable[str] = (),
    store: Store | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    before: Iterable[str] = (),
) -> Library:
    """Load the library under `root` (a folder such as `cases/`) and run every rule.

    With a `store`, files that did not change are not examined again. `before` are the keys of records
    that were published once.
    """
    jobs, found = find(root)
    entries: dict[str, Entry] = {}
    fresh = [job for job in jobs if store is None or not store.has("check", _digest_of(job))]
    workers = min(os.cpu_count() or 1, 8)
    if len(fresh) >= MANY and workers > 1 and "fork" in _methods():
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            results = pool.map(partial(_examined, store=store), jobs, chunksize=max(1, len(jobs) // (workers * 4)))
            made = (entry or _load(job, store) for job, entry in zip(jobs, results, strict=True))
            _collect(made, entries, len(jobs), progress)
    else:
        _collect((_load(job, store) for job in jobs), entries, len(jobs), progress)
    return assemble(entries.values(), found, icons, before)


def assemble(
    entries: Iterable[Entry],
    found: Iterable[Finding] = (),
    icons: Iterable[str] = (),
    before: Iterable[str] = (),
    known: Iterable[str] = (),
) -> Library:
    """Return the library of some entries, with what the rules over all of them find.

    `known` are the keys of records that are there, too, though they are not looked at.
    """
    shelved = {entry.key: entry for entry in entries}
    findings = [*found, *(finding for entry in shelved.values() for finding in entry.findings)]
    tradeoffs = {entry.id: entry.record for entry in shelved.values() if isinstance(entry.record, Tradeoff)}
    shelf = Shelf(
        uses={key: entry.uses for key, entry in shelved.items()},
        known=frozenset((*shelved, *known)),
        moved={key: entry.record.moved_to for key, entry in shelved.items() if isinstance(entry.record, Moved)},
        drafts=frozenset(
            key for key, entry in shelved.items() if isinstance(entry.record, Case) and entry.record.draft
        ),
        options={name: tuple(record.options) for name, record in tradeoffs.items()},
        criteria={name: tuple(record.criteria) for name, record in tradeoffs.items()},
        icons=frozenset(icons),
        before=frozenset(before),
    )
    findings += [finding for rule in RULES for finding in rule(shelf)]
    if not any(catalogue.blocks(finding.code) for finding in findings):
        findings += employed(shelf)  # what a broken case would use cannot be known
    return Library(shelved, sorted(set(findings), key=lambda finding: finding.order))


def _collect(
    results: Iterable[Entry], entries: dict[str, Entry], total: int, progress: Callable[[str, int, int], None] | None
) -> None:
    for count, entry in enumerate(results, 1):
        entries[entry.key] = entry
        if progress:
            progress("Checking", count, total)


def _digest_of(job: tuple[str, str, str]) -> str:
    try:
        return (
            Store.digest(job[1].encode(), Path(job[0]).read_bytes())
            if Path(job[0]).stat().st_size <= source.LARGEST
            else ""
        )
    except OSError:
        return ""


def _methods() -> list[str]:
    from multiprocessing import get_all_start_methods

    return get_all_start_methods()
