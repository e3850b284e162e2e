"""Commands that tell or give out what there is: explain, compare, schema, export."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.common import app, load, misuse, near, out, root, show


@app.command()
def explain(code: Annotated[str, typer.Argument(help="The code of a finding, such as C050.")]) -> None:
    """Explain a code: what it says, why it matters, how to mend it, with an example."""
    from casebook import catalogue
    from casebook.examples import fired

    known = catalogue.codes()
    if code.upper() not in known:
        hint = f"codes run from {min(known)} to {max(known)}"
        advice = near(code.upper().replace("O", "0"), known, hint, 0.5)
        raise misuse(f'"{code}" is not a code', re.sub("try (C.*)", r"try `casebook explain \1`", advice))
    entry = known[code.upper()]
    out.print(f"[bold]{entry.code} {entry.title}[/] ({entry.level})\n")
    out.print(f"{entry.why}\n\n[bold]Fix[/]  {entry.fix}\n\n[bold]Example[/]\n")
    show(list(fired(entry)))


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="The folder to compare with, such as another clone's `cases/`.")],
    site: Annotated[str, typer.Option(help="The address at which that one is published, for pictures.")] = "",
    preview: Annotated[str, typer.Option(help="The address of a preview of this one, for links and pictures.")] = "",
    longest: Annotated[
        int, typer.Option(help="Leave parts out beyond so many characters, for a comment.")
    ] = sys.maxsize,
) -> None:
    """Print what this library changes against another one, as Markdown for who reviews it."""
    from casebook import compare as comparison

    base = root()
    inside = before / "cases" if (before / "cases").is_dir() else before
    if not inside.is_dir():
        raise misuse(f'"{before}" is not a folder', "name a folder with a library, such as `../other-clone/cases`")
    for name, address in (("site", site), ("preview", preview)):
        if address and not re.fullmatch(r"https?://[^\s()<>]+", address):
            raise misuse(f'"{address}" is not an address', f"write `--{name} https://…`")
    old = load(base, folder=inside.resolve())
    new = load(base, old.published().entries)
    sys.stdout.write(comparison.compare(old, new, site, preview, longest))


exports = typer.Typer(no_args_is_help=True, help="Take the library out in another form.")
app.add_typer(exports, name="export")


@exports.command("anki")
def export_anki(
    folder: Annotated[Path, typer.Option("--to", help="Folder to write the decks into.")] = Path("build/anki"),
) -> None:
    """Write follow-ups, estimates and decisions as Anki decks: one of all tracks, and one of each."""
    from casebook import anki, site

    base = root()
    library = load(base)
    show(library.errors())
    if library.errors():
        raise typer.Exit(1)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (tracks, title) in anki.names(library).items():
        made = anki.deck(library, tracks, title)
        (folder / f"{name}.apkg").write_bytes(anki.package(made, site.changed(base)))
        out.print(f"{folder / name}.apkg: {len(made.notes)} notes", markup=False)


@app.command()
def schema(
    kind: Annotated[str, typer.Argument(help="case, block or tradeoff.")] = "case",
    write: Annotated[
        bool, typer.Option("--write", help="Write all of them into build/docs/schema/, where editors look.")
    ] = False,
    test: Annotated[
        bool, typer.Option("--check", help="End with 1 if what editors look at is not up to date.")
    ] = False,
) -> None:
    """Print a JSON Schema, or write all of them to where editors look."""
    from casebook.schema import KINDS, as_json, schemas

    if test:
        folder = root() / "build/docs/schema"
        files = {folder / f"{name}.json": text for name, text in schemas().items()}
        stale = [file.name for file, text in files.items() if not file.is_file() or file.read_text("utf-8") != text]
        out.print(
            f"build/docs/schema: {f'{len(stale)} of {len(files)} out of date; write them with `casebook schema --write`' if stale else 'up to date'}",
            markup=False,
        )
        raise typer.Exit(1 if stale else 0)
    if write:
        target = root() / "build/docs/schema"
        target.mkdir(parents=True, exist_ok=True)
        for name, text in schemas().items():
            (target / f"{name}.json").write_text(text, encoding="utf-8")
        out.print(f"wrote {', '.join(f'{name}.json' for name in KINDS)} to build/docs/schema/")
        return
    if kind not in KINDS:
        raise misuse(f'"{kind}" is not a kind of record', f"use one of {', '.join(KINDS)}")
    sys.stdout.write(json.dumps(as_json(kind), indent=2, ensure_ascii=False) + "\n")
