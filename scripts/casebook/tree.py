"""Pages, diagrams, data and hand-written files become `build/docs` and `build/theme`.

Writes what changed and removes what went. With `cli`, the only module that writes to disk (the store
writes its own folder). `build/docs` is a plain docs tree that any builder of this kind can publish;
`build/theme` holds the theme's overrides and the drawings that they put into pages. The page of a record
is an `index.md` in the folder that its address names: MkDocs takes a link in HTML as seen from the
address, Zensical as seen from the file, and there the two are one.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from casebook import (
    anki,
    data,
    disk,
    facts,
    gathered,
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
from casebook.spec import TRACKS
from casebook.store import Store
from casebook.works import Bench, Drawn, Job, as_json, bench, compose, downloads, drawing, missing, together

Progress = Callable[[str, int, int], None]
FINDINGS = "findings.html"


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


def render(
    library: Library,
    base: Path,
    store: Store | None = None,
    progress: Progress | None = None,
    only: str | None = None,
    previewed: bool = False,
    announce: Callable[[str], object] | None = None,
) -> Outcome:
    """Write `build/docs` and `build/theme` under `base`. With `only`, leave out
    other cases, but for those that hand-written pages speak of.

    `announce` is told of each page once it is written, in the order in which a site builder reads them;
    and first of all, by an empty text, once every file is there by name. Drawings are left to the
    outcome's `figures` and `downloads`: the builder reads pages for a while before it looks at a figure,
    and never looks at a download, so they can be drawn while it runs. The library must have no error.
    Raises OSError; `figures` and `downloads` DrawingError, too.
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
    tree = {f"schema/{kind}.json": made.encode() for kind, made in schema.schemas().items()}
    tree["assets/rehearsal/cases.json"] = as_json(rounds.index(library))
    tree["assets/data/units.json"] = as_json(data.units())
    tree["assets/icons.svg"] = svg.sprite(table.drawings).encode()
    tree["assets/favicon.svg"] = table.drawings["casebook"].replace("currentColor", "#2456c7").encode()
    tree.update(handwritten.pages(docs))
    theme = handwritten.overrides(docs)
    theme[".icons/casebook.svg"] = table.drawings["casebook"].encode()
    disk.write(
        build / "facts.json",
        json.dumps(
            facts.facts(library, datetime.fromtimestamp(site.changed(base), UTC).year), indent=1, ensure_ascii=False
        ).encode(),
    )
    jobs: dict[str, Job] = {_page(entry.key): partial(compose, entry, table, store) for entry in cases}
    jobs |= _shared(library, table.authors)
    drawn_later = {f"figures/{folder}{entry.key}.html" for entry in cases for folder in ("", "thumbnails/")}
    written_later = {*jobs, *(name for entry in cases for name in _given(entry.key))}
    loaded = {f"assets/diagrams/{entry.key}.{form}" for entry in cases for form in ("svg", "png")}
    packs = {f"assets/anki/{name}.apkg" for name in anki.names(library)} if only is None else set()
    loaded |= packs
    kept = drawn_later | ({FINDINGS} if previewed else set())
    done = [disk.sync(build / "docs", tree, written_later | loaded), disk.sync(build / "theme", theme, kept)]
    written = sum(part[0] for part in done)
    if announce:
        disk.expect(build / "docs", written_later)
        for name in ("", *(name for name in tree if name.endswith(".md"))):
            announce(name)
    written += _compose(
        jobs, build / "docs", announce, many=missing("page", cases, table, store) > 3, progress=progress
    )
    results: list[Drawn] = []

    def figures(alone: bool) -> int:
        written = 0
        drawings = [partial(drawing, entry, table, store) for entry in cases]
        made = together(drawings, many=alone and missing("drawn", cases, table, store) > 3)
        for count, (entry, drawn) in enumerate(zip(cases, made, strict=True), 1):
            results.append(drawn)
            written += disk.write(build / f"theme/figures/{entry.key}.html", drawn.inline.encode())
            written += disk.write(build / f"theme/figures/thumbnails/{entry.key}.html", drawn.thumbnail.encode())
            if progress:
                progress("Drawing", count, len(cases))
        return written

    def rest(alone: bool) -> int:
        written = 0
        pairs = [partial(downloads, entry, drawn, table, store) for entry, drawn in zip(cases, results, strict=True)]
        made = together(pairs, many=alone and missing("downloads", cases, table, store) > 3)
        for count, (entry, contents) in enumerate(zip(cases, made, strict=True), 1):
            for form, content in zip(("svg", "png"), contents, strict=True):
                written += disk.write(build / "docs/assets/diagrams" / f"{entry.key}.{form}", content)
            if progress:
                progress("Drawing downloads", count, len(cases))
        if packs:
            moment = site.changed(base)
            for name, (tracks, title) in anki.names(library).items():
                pack = anki.package(anki.deck(library, tracks, title), moment)
                written += disk.write(build / f"docs/assets/anki/{name}.apkg", pack)
        return written

    return Outcome(
        written=written,
        removed=sum(part[1] for part in done),
        files=len(tree) + len(theme) + len(written_later) + len(drawn_later) + len(loaded),
        figures=figures,
        downloads=rest,
    )


def _page(key: str) -> str:
    return f"cases/{key}/index.md"


def _given(key: str) -> tuple[str, str]:
    """Return the names of a case's numbers and of its round."""
    return f"assets/data/{key}.json", f"assets/rehearsal/{key}.json"


def _order(name: str) -> tuple[list[str], str]:
    """What a site builder reads pages by: the files of a folder come before the folders in it."""
    *folders, file = name.split("/")
    return folders, file


def _compose(
    jobs: Mapping[str, Job],
    docs: Path,
    announce: Callable[[str], object] | None,
    many: bool,
    progress: Progress | None,
) -> int:
    """Make pages and write them, in the order in which they are read; return how many files were written.

    With a builder that is told, on this core alone: it needs the other one.
    """
    names = sorted(jobs, key=_order)
    written = 0
    made = together([jobs[name] for name in names], many=many and not announce)
    for count, (name, page) in enumerate(zip(names, made, strict=True), 1):
        if isinstance(page, tuple):
            page, *given = page
            key = name.removeprefix("cases/").removesuffix("/index.md")
            written += sum(disk.write(docs / file, content) for file, content in zip(_given(key), given, strict=True))
        written += disk.write(docs / name, page.encode())
        if announce:
            announce(name)
        if progress:
            progress("Writing", count, len(names))
    return written


def tell(base: Path, findings: Sequence[Finding]) -> None:
    """Write findings for the pages of a preview, which show them above what they hold."""
    disk.write(base / "build/theme" / FINDINGS, report.as_html(findings).encode())


def renew(base: Path, entry: Entry | None, key: str, table: Bench) -> None:
    """Write what belongs to one case, if it is given, and have the site builder make its page again.

    The page comes last, and always bears a new time: a builder that looks at nothing else sees the
    figures and findings, which are put into it, with it.
    """
    page = base / "build/docs" / _page(key)
    if entry is not None:
        text, numbers, game = compose(entry, table, None)
        drawn = drawing(entry, table, None)
        for name, content in zip(_given(key), (numbers, game), strict=True):
            disk.write(base / "build/docs" / name, content)
        disk.write(base / f"build/theme/figures/{key}.html", drawn.inline.encode())
        disk.write(page, text.encode())
    os.utime(page)


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
