"""The command line: `casebook check | render | build | serve | explain | schema | export`.

Exit codes: 0 clean, 1 findings that block, 2 misuse. What a command needs is imported when it runs, so
that one with nothing to do is quick.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from subprocess import Popen

    from casebook.findings import Finding
    from casebook.library import Library

MANY = 6  # records from which a progress bar is worth its line

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Check, draw and publish a library of ML system-design cases.",
)
out = Console(highlight=False, soft_wrap=True, emoji=False)  # what is typed as `:100:` stays so
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Show findings of these files or folders alone; the whole library is checked."),
]


def root() -> Path:
    """Return the folder of the project: the nearest one upwards that holds `cases/` and `mkdocs.yml`."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "cases").is_dir() and (folder / "mkdocs.yml").is_file():
            return folder
    raise misuse(
        "there is no `cases/` folder with a `mkdocs.yml` beside it here or above", "run this inside a clone of Casebook"
    )


def misuse(message: str, fix: str) -> typer.Exit:
    err.print(f"[bold red]casebook:[/] {escape(message)}\n   [dim]=[/] fix: {escape(fix)}", markup=True)
    return typer.Exit(2)


class Bar:
    """A progress bar on standard error, for more than a handful of records and a person watching."""

    def __init__(self) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self.task = self.progress.add_task("", total=None, visible=False)

    def __enter__(self) -> Bar:
        self.progress.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.progress.__exit__(None, None, None)

    def step(self, what: str, done: int, total: int) -> None:
        self.progress.update(self.task, description=what, completed=done, total=total, visible=total >= MANY)


def load(base: Path) -> Library:
    """Check the library under `base`, with what is known from before."""
    from casebook import library
    from casebook.store import Store

    icons = [file.stem for file in (base / "docs/assets/icons").glob("*.svg")]
    store = Store(base / "build/.cache/store")
    with Bar() as bar:
        loaded = library.load(base / "cases", icons, store, bar.step)
    store.prune()
    return loaded


@app.command()
def check(
    paths: Paths = None,
    form: Annotated[str, typer.Option("--format", help="text, json or github (annotations).")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Hints block too.")] = False,
) -> None:
    """Check every record, and say all that is wrong at once."""
    from casebook import catalogue, report

    base = root()
    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    if form not in ("text", "json", "github"):
        raise misuse(f'"{form}" is not a format', "use text, json or github")
    wanted = []
    for path in paths or []:
        if not path.exists():
            raise misuse(f'"{path}" does not exist', "name a file or folder under cases/")
        full = path.resolve()
        if not full.is_relative_to(base / "cases"):
            raise misuse(f'"{path}" is not under cases/', "name a file or folder under cases/")
        wanted.append(full)
    library = load(base)
    findings = [
        finding
        for finding in library.findings
        if not wanted or any((base / finding.place.path).resolve().is_relative_to(path) for path in wanted)
    ]
    records = sum(
        not wanted or any((base / entry.path).resolve().is_relative_to(path) for path in wanted)
        for entry in library.entries.values()
    )
    if form == "json":
        sys.stdout.write(report.as_json(findings) + "\n")
    else:
        show(findings)
        if form == "github":
            ordered = sorted(findings, key=lambda finding: report.level(finding) != "error")
            sys.stdout.write("".join(report.annotation(finding) + "\n" for finding in ordered))
        out.print(report.summary(findings, records), style="bold", markup=False)
    if any(strict or catalogue.blocks(finding.code) for finding in findings):
        raise typer.Exit(1)


def show(findings: Iterable[Finding]) -> None:
    """Print findings for a person."""
    from casebook import report

    for finding in findings:
        out.print(report.coloured(finding))
        out.print()


def prepare(base: Path, only: str | None = None, begin: Callable[[], Popen[str]] | None = None) -> bool:
    """Check and render; print what was found. Return whether the tree is there to be published.

    `begin` starts a held builder, which runs while drawings are made.
    """
    from casebook import stamp

    said = stamp.unchanged(base, only)
    if said is not None:
        out.print(f"{said}; nothing changed", style="bold", markup=False)
        return True
    builder = begin() if begin else None
    from casebook import draw, report, site, tree
    from casebook.store import Store

    library = load(base)
    if only is not None and only not in library.entries:
        from difflib import get_close_matches

        near = get_close_matches(only, library.entries, n=1, cutoff=0.4)
        raise misuse(
            f'there is no case "{only}"',
            f"try {near[0]}" if near else "name it by track and id, such as feature-stores/payment-fraud-features",
        )
    show(library.findings)
    said = report.summary(library.findings, len(library.entries))
    out.print(said, style="bold", markup=False)
    if library.errors():
        return False
    try:
        with Bar() as bar:
            done = tree.render(library, base, Store(base / "build/.cache/store"), bar.step, only)
            if builder:
                site.read(builder)
            written = done.written + done.figures(builder is None)
            if builder:
                site.release(builder)
            written += done.downloads(builder is None)
    except draw.DrawingError as error:
        err.print(f"[bold red]casebook:[/] a diagram cannot be drawn: {escape(str(error))}")
        return False
    out.print(f"build/docs: {done.files} files, {written} written, {done.removed} removed", markup=False)
    stamp.keep(base, only, said)
    return True


@app.command()
def render() -> None:
    """Check, then turn cases/ and docs/ into build/docs, which mkdocs or zensical publish."""
    if not prepare(root()):
        raise typer.Exit(1)


@app.command()
def build(
    force: Annotated[bool, typer.Option("--force", help="Build the site even if nothing changed.")] = False,
) -> None:
    """Check, render, and build the site into site/. A failed build leaves the previous site whole."""
    from casebook import site

    base = root()
    site.restore(base)
    builders: list[Popen[str]] = []

    def begin() -> Popen[str]:
        builders.append(site.start(base, held=True))
        return builders[0]

    try:
        if not prepare(base, begin=begin if site.holds(base) else None):
            raise typer.Exit(1)
        if not builders and not force and site.fresh(base):
            out.print("site: up to date", markup=False)
            return
        site.finish(base, builders[0] if builders else site.start(base))
    except site.SiteError as error:
        err.print("[bold red]casebook:[/] the site builder refused; the previous site is untouched")
        err.print(str(error), markup=False)
        raise typer.Exit(1) from None
    finally:
        for builder in builders:
            if builder.poll() is None:
                builder.kill()
    out.print("site: built into site/", markup=False)


@app.command()
def serve(
    case: Annotated[
        str,
        typer.Argument(help="Serve this case alone, by track and id or by its file: quick, however many there are."),
    ] = "",
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8000,
) -> None:
    """Serve the site and follow every save; findings show here, and the last good pages stay up."""
    from watchfiles import watch

    from casebook import site

    base = root()
    only = case.removeprefix("cases/").removesuffix(".yml") or None
    ready = prepare(base, only)
    server = (
        site.command(base, "serve", "--dev-addr", f"127.0.0.1:{port}", "--livereload", quiet=True) if ready else None
    )
    if server:
        out.print(f"[bold]http://127.0.0.1:{port}/[/] follows every save; Ctrl+C ends it")
    try:
        for _ in watch(base / "cases", base / "docs", debounce=100):
            ready = prepare(base, only)
            if ready and server is None:
                server = site.command(base, "serve", "--dev-addr", f"127.0.0.1:{port}", "--livereload", quiet=True)
                out.print(f"[bold]http://127.0.0.1:{port}/[/] follows every save; Ctrl+C ends it")
            if server and server.poll() is not None:
                raise misuse(f"the server ended: is port {port} taken?", f"try `casebook serve --port {port + 1}`")
    finally:
        if server:
            server.terminate()


@app.command()
def explain(code: Annotated[str, typer.Argument(help="The code of a finding, such as C050.")]) -> None:
    """Explain a code: what it says, why it matters, how to mend it, with an example."""
    from casebook import catalogue
    from casebook.examples import fired

    known = catalogue.codes()
    if code.upper() not in known:
        from difflib import get_close_matches

        near = get_close_matches(code.upper(), known, n=1, cutoff=0.5)
        raise misuse(
            f'"{code}" is not a code',
            f"try `casebook explain {near[0]}`" if near else f"codes run from {min(known)} to {max(known)}",
        )
    entry = known[code.upper()]
    out.print(f"[bold]{entry.code} {entry.title}[/] ({entry.level})\n")
    out.print(f"{entry.why}\n\n[bold]Fix[/]  {entry.fix}\n\n[bold]Example[/]\n")
    show(list(fired(entry)))


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
        bool, typer.Option("--write", help="Write all three into build/docs/schema/, where editors look.")
    ] = False,
) -> None:
    """Print a JSON Schema, or write all of them to where editors look."""
    from casebook.schema import KINDS, as_json, schemas

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


def main() -> None:
    """Run the command line; end an interrupt, a full disk or a read-only folder with one sentence."""
    # A run is short and makes no cycles worth finding; looking for them took a third of the check.
    gc.disable()
    # Asked to end, it ends the builder or server that it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except KeyboardInterrupt:
        err.print("casebook: interrupted")
        sys.exit(130)
    except OSError as error:
        err.print(
            f"[bold red]casebook:[/] {escape(str(error.strerror or error))}"
            + (f": {escape(str(error.filename))}" if error.filename else "")
        )
        sys.exit(1)
