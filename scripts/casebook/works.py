"""What is made of one case: its page, its numbers and its round as data, its drawings, its downloads."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import resvg_py

from casebook import data, download, draw, dress, graph, pages, rounds
from casebook.library import Entry, Library
from casebook.spec import Block
from casebook.store import Store


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawings of one case: for its page, for its card in the index, and what the downloads are made from."""

    inline: str
    thumbnail: str
    dot: str
    raw: bytes


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
    made = page, as_json(data.as_json(entry.record)), as_json(rounds.of_case(entry, page))
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
    drawn = Drawn(*dress.inline(raw, picture), source, raw)
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


def missing(kind: str, cases: Sequence[Entry], table: Bench, store: Store | None) -> int:
    """Return for how many cases the store has nothing of a kind."""
    if store is None:
        return len(cases)
    return sum(not store.has(kind, table.seal(kind, entry)) for entry in cases)


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
