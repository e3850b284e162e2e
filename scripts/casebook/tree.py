"""Pages, diagrams, data and hand-written files become `build/docs` and `build/theme`.

Writes what changed and removes what went. With `cli`, the only module that writes to disk (the store
writes its own folder). `build/docs` is a plain docs tree that any builder of this kind can publish;
`build/theme` holds the theme's overrides and the drawings that they put into pages. The page of a record
is an `index.md` in the folder that its address names: MkDocs takes a link in HTML as seen from the
address, Zensical as seen from the file, and there the two are one.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import resvg_py

from casebook import (
    anki,
    data,
    download,
    draw,
    facts,
    gathered,
    graph,
    handwritten,
    history,
    pages,
    reference,
    report,
    rounds,
    schema,
    site,
    svg,
    text,
)
from casebook.findings import Finding
from casebook.library import Entry, Library
from casebook.spec import TRACKS, Block
from casebook.store import Store

Progress = Callable[[str, int, int], None]
FINDINGS = "findings.html"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawings of one case: for its page, for its card in the index, and what the downloads are made from."""

    inline: str
    thumbnail: str
    dot: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a render did to the disk, and what is still to be drawn: figures first, then downloads.

    Both are told whether they are alone (not so where another program has use for the other cores),
    and return how many files they wrote.
    """

    written: int
    removed: int
    files: int
    figures: Callable[[bool], int]
    downloads: Callable[[bool], int]

    def later(self, alone: bool = True) -> int:
        """Draw all that is still to be drawn."""
        return self.figures(alone) + self.downloads(alone)


@dataclass(frozen=True)
class Bench:
    """What pages and drawings need, whatever the case: names of other records, icons, a folder of pictures, authors."""

    names: pages.Names
    blocks: dict[str, Block]
    drawings: dict[str, str]
    pictures: Path
    digest: str
    authors: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of each file, as git knows them

    def seal(self, kind: str, entry: Entry) -> str:
        """Return the digest of what a page, a drawing or the downloads of a case are made from."""
        names = self.authors.get(entry.path, ()) if kind == "page" else ()
        return Store.digest(entry.digest.encode(), self.digest.encode(), *(name.encode() for name in names))


def compose(entry: Entry, bench: Bench, store: Store | None) -> tuple[str, bytes, bytes]:
    """Return the page of a case, its numbers and its round as JSON, from the store if nothing of it changed."""
    digest = bench.seal("page", entry)
    cached = store.get("page", digest) if store else None
    if isinstance(cached, tuple):
        return cached
    page = pages.case(entry, bench.names, bench.authors.get(entry.path, ()))
    made = page, _json(data.as_json(entry.record)), _json(rounds.of_case(entry, page))
    if store:
        store.put("page", digest, made)
    return made


def drawing(entry: Entry, bench: Bench, store: Store | None) -> Drawn:
    """Return the drawings of a case, from the store if nothing of it changed."""
    digest = bench.seal("drawn", entry)
    cached = store.get("drawn", digest) if store else None
    if isinstance(cached, Drawn):
        return cached
    picture = _graph(entry, bench)
    source = draw.dot(picture)
    raw = draw.render(source, "svg", bench.pictures)
    drawn = Drawn(*svg.inline(raw, picture), source, raw)
    if store:
        store.put("drawn", digest, drawn)
    return drawn


def _graph(entry: Entry, bench: Bench) -> graph.Graph:
    used = entry.numbers.utilisation if entry.numbers else None
    return graph.build(entry.key.replace("/", "--"), entry.record, bench.blocks, used)


def downloads(entry: Entry, drawn: Drawn, bench: Bench, store: Store | None) -> tuple[bytes, bytes]:
    """Return the diagram of a case as files of their own: SVG and PNG."""
    digest = bench.seal("downloads", entry)
    cached = store.get("downloads", digest) if store else None
    if isinstance(cached, tuple):
        return cached
    picture = _graph(entry, bench)
    icons = {name: (bench.pictures / name).read_bytes() for name in draw.pictures(drawn.dot)}
    png = download.picture(draw.render(drawn.dot, "png", bench.pictures), drawn.raw, icons)
    made = download.alone(drawn.raw, picture, bench.drawings).encode(), png
    if store:
        store.put("downloads", digest, made)
    return made


Job = Callable[[], Any]
_jobs: list[Job] = []  # what a forked worker finds in place, so that no record is sent to it


def _run(index: int) -> Any:
    return _jobs[index]()


def together(jobs: Sequence[Job], many: bool) -> Iterator[Any]:
    """Return the results of jobs, in order: on every core if there are many, else here."""
    workers = min(os.cpu_count() or 1, 8)
    if not many or workers < 2 or not hasattr(os, "fork"):
        yield from (job() for job in jobs)
        return
    _jobs[:] = jobs
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        yield from pool.map(_run, range(len(jobs)), chunksize=max(1, min(4, len(jobs) // (4 * workers))))
    _jobs.clear()


def bench(library: Library, docs: Path, scratch: Path) -> Bench:
    """Prepare the icons: as text for SVG, rasterised by kind and icon for the layout and for PNG."""
    drawings = {file.stem: file.read_text(encoding="utf-8") for file in sorted((docs / "assets/icons").glob("*.svg"))}
    names = pages.Names.of(library)
    digest = Store.digest(json.dumps([names.blocks, names.tradeoffs, drawings], sort_keys=True).encode())
    pictures = scratch / Store.digest(json.dumps(drawings, sort_keys=True).encode())
    pictures.mkdir(parents=True, exist_ok=True)
    for kind, icon in sorted({(kind, icon) for _, kind, icon in names.blocks.values()}):
        file = pictures / f"{kind}-{icon}.png"
        if icon in drawings and not file.is_file():
            coloured = drawings[icon].replace("currentColor", draw.KINDS[kind])
            fresh = file.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=coloured, width=88, height=88)))
            fresh.replace(file)
    return Bench(names, {name: entry.record for name, entry in library.blocks().items()}, drawings, pictures, digest)


def render(
    library: Library,
    base: Path,
    store: Store | None = None,
    progress: Progress | None = None,
    only: str | None = None,
    previewed: bool = False,
) -> Outcome:
    """Write `build/docs` and `build/theme` under `base`. With `only`, leave out
    other cases, but for those that hand-written pages speak of.

    Drawings are left to the outcome's `figures` and `downloads`: the site builder reads pages for a
    while before it looks at a figure, and never looks at a download, so they can be drawn while it
    runs. The library must have no error. Raises OSError; `figures` and `downloads` DrawingError, too.
    """
    docs, build = base / "docs", base / "build"
    table = replace(bench(library, docs, build / ".cache/pictures"), authors=history.authors(base))
    if only is not None:
        by_hand = "".join(file.read_text(encoding="utf-8") for file in docs.rglob("*.md"))
        kept = {
            key for key, entry in library.entries.items() if key == only or entry.folder not in TRACKS or key in by_hand
        }
        library = Library({key: entry for key, entry in library.entries.items() if key in kept}, library.findings)
    cases = library.cases()
    shared = _shared(library, table.authors)
    jobs: list[Job] = [*(partial(compose, entry, table, store) for entry in cases), *shared.values()]
    made = together(jobs, many=_missing("page", cases, table, store) > 3)
    tree: dict[str, bytes] = {}
    for count, (entry, (page, numbers, game)) in enumerate(zip(cases, islice(made, len(cases)), strict=True), 1):
        tree[f"cases/{entry.key}/index.md"] = page.encode()
        tree[f"assets/data/{entry.key}.json"] = numbers
        tree[f"assets/rehearsal/{entry.key}.json"] = game
        if progress:
            progress("Writing", count, len(cases))
    tree.update({name: page.encode() for name, page in zip(shared, made, strict=True)})
    tree.update({f"schema/{kind}.json": made.encode() for kind, made in schema.schemas().items()})
    tree["assets/rehearsal/cases.json"] = _json(rounds.index(library))
    tree["assets/data/units.json"] = _json(data.units())
    tree["assets/icons.svg"] = svg.sprite(table.drawings).encode()
    tree["assets/favicon.svg"] = table.drawings["casebook"].replace("currentColor", "#2456c7").encode()
    tree.update(handwritten.pages(docs))
    theme = handwritten.overrides(docs)
    theme[".icons/casebook.svg"] = table.drawings["casebook"].encode()
    _write(
        build / "facts.json",
        json.dumps(
            facts.facts(library, datetime.fromtimestamp(site.changed(base), UTC).year), indent=1, ensure_ascii=False
        ).encode(),
    )
    figured = {f"figures/{folder}{entry.key}.html" for entry in cases for folder in ("", "thumbnails/")}
    loaded = {f"assets/diagrams/{entry.key}.{form}" for entry in cases for form in ("svg", "png")}
    packs = {f"assets/anki/{name}.apkg" for name in anki.names(library)} if only is None else set()
    loaded |= packs
    kept = figured | ({FINDINGS} if previewed else set())
    done = [sync(build / "docs", tree, loaded), sync(build / "theme", theme, kept)]
    results: list[Drawn] = []

    def figures(alone: bool) -> int:
        written = 0
        drawings = [partial(drawing, entry, table, store) for entry in cases]
        made = together(drawings, many=alone and _missing("drawn", cases, table, store) > 3)
        for count, (entry, drawn) in enumerate(zip(cases, made, strict=True), 1):
            results.append(drawn)
            written += _write(build / f"theme/figures/{entry.key}.html", drawn.inline.encode())
            written += _write(build / f"theme/figures/thumbnails/{entry.key}.html", drawn.thumbnail.encode())
            if progress:
                progress("Drawing", count, len(cases))
        return written

    def rest(alone: bool) -> int:
        written = 0
        pairs = [partial(downloads, entry, drawn, table, store) for entry, drawn in zip(cases, results, strict=True)]
        made = together(pairs, many=alone and _missing("downloads", cases, table, store) > 3)
        for count, (entry, contents) in enumerate(zip(cases, made, strict=True), 1):
            for form, content in zip(("svg", "png"), contents, strict=True):
                written += _write(build / "docs/assets/diagrams" / f"{entry.key}.{form}", content)
            if progress:
                progress("Drawing downloads", count, len(cases))
        if packs:
            moment = site.changed(base)
            for name, (tracks, title) in anki.names(library).items():
                pack = anki.package(anki.deck(library, tracks, title), moment)
                written += _write(build / f"docs/assets/anki/{name}.apkg", pack)
        return written

    return Outcome(
        written=sum(part[0] for part in done),
        removed=sum(part[1] for part in done),
        files=len(tree) + len(theme) + len(figured) + len(loaded),
        figures=figures,
        downloads=rest,
    )


def tell(base: Path, findings: Sequence[Finding]) -> None:
    """Write findings for the pages of a preview, which show them above what they hold."""
    _write(base / "build/theme" / FINDINGS, report.as_html(findings).encode())


def renew(base: Path, entry: Entry | None, key: str, table: Bench) -> None:
    """Write what belongs to one case, if it is given, and have the site builder make its page again.

    The page comes last, and always bears a new time: a builder that looks at nothing else sees the
    figures and findings, which are put into it, with it.
    """
    page = base / "build/docs" / f"cases/{key}/index.md"
    if entry is not None:
        text, numbers, game = compose(entry, table, None)
        drawn = drawing(entry, table, None)
        _write(base / f"build/docs/assets/data/{key}.json", numbers)
        _write(base / f"build/docs/assets/rehearsal/{key}.json", game)
        _write(base / f"build/theme/figures/{key}.html", drawn.inline.encode())
        _write(page, text.encode())
    os.utime(page)


def _missing(kind: str, cases: Sequence[Entry], table: Bench, store: Store | None) -> int:
    """Return for how many cases the store has nothing of a kind."""
    if store is None:
        return len(cases)
    return sum(not store.has(kind, table.seal(kind, entry)) for entry in cases)


def _shared(library: Library, authors: Mapping[str, Sequence[str]]) -> dict[str, Job]:
    """Return how to make the pages that are not of one case: blocks, trade-offs, indexes, reference, checks."""
    made: dict[str, Job] = {
        f"blocks/{name}/index.md": partial(gathered.block, entry, library, authors.get(entry.path, ()))
        for name, entry in library.blocks().items()
    }
    made.update(
        {
            f"tradeoffs/{name}/index.md": partial(gathered.tradeoff, entry, library, authors.get(entry.path, ()))
            for name, entry in library.tradeoffs().items()
        }
    )
    made.update({f"{text.url(key)}index.md": partial(pages.moved, key, stub) for key, stub in library.moved().items()})
    made["cases/index.md"] = partial(gathered.cases_index, library)
    made["blocks/index.md"] = partial(gathered.blocks_index, library)
    made["tradeoffs/index.md"] = partial(gathered.tradeoffs_index, library)
    made["contribute/fields.md"] = reference.fields
    made.update(reference.checks())
    return made


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _write(file: Path, content: bytes) -> bool:
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


def sync(folder: Path, tree: dict[str, bytes], later: Set[str] = frozenset()) -> tuple[int, int]:
    """Make a folder hold these files, those that come later, and no others; return how many were written and removed."""
    for name in tree:
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{name} would leave {folder}")
    written = sum(_write(folder / name, content) for name, content in sorted(tree.items()))
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
