"""The command line: `casebook check | render | build | serve | explain | schema`.

Exit codes: 0 clean, 1 findings that block, 2 misuse.
"""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from casebook import catalogue, report
from casebook.library import FOLDERS, Library, load
from casebook.store import Store

MANY = 6  # records from which a progress bar is worth its line

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Check, draw and publish a library of ML system-design cases.")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Paths = Annotated[list[Path] | None, typer.Argument(help="Show findings of these files or folders alone; the whole library is checked.")]


def root() -> Path:
    """Return the folder of the project: the nearest one upwards that holds `cases/` and `mkdocs.yml`."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "cases").is_dir() and (folder / "mkdocs.yml").is_file():
            return folder
    raise misuse("there is no `cases/` folder with a `mkdocs.yml` beside it here or above", "run this inside a clone of Casebook")


def misuse(message: str, fix: str) -> typer.Exit:
    err.print(f"[bold red]casebook:[/] {message}\n   [dim]=[/] fix: {fix}", markup=True)
    return typer.Exit(2)


def _load(base: Path, quiet: bool = False) -> Library:
    icons = [file.stem for file in (base / "docs/assets/icons").glob("*.svg")]
    store = Store(base / "build/.cache")
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task("Checking", total=None, visible=False)

        def step(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total, visible=total >= MANY)

        library = load(base / "cases", icons, store, step)
    store.prune()
    return library


@app.command()
def check(
    paths: Paths = None,
    form: Annotated[str, typer.Option("--format", help="text, json or github (annotations).")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Hints block too.")] = False,
) -> None:
    """Check every record, and say all that is wrong at once."""
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
    library = _load(base)
    findings = [finding for finding in library.findings if not wanted or any((base / finding.place.path).resolve().is_relative_to(path) for path in wanted)]
    records = sum(not wanted or any((base / entry.path).resolve().is_relative_to(path) for path in wanted) for entry in library.entries.values())
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


def show(findings: list) -> None:  # type: ignore[type-arg]  # of findings; typer reads annotations
    """Print findings for a person."""
    for finding in findings:
        out.print(report.text(finding, colour=out.is_terminal), markup=out.is_terminal)
        out.print()


@app.command()
def explain(code: Annotated[str, typer.Argument(help="The code of a finding, such as C050.")]) -> None:
    """Explain a code: what it says, why it matters, how to mend it, with an example."""
    from casebook.examples import fired

    known = catalogue.codes()
    if code.upper() not in known:
        from difflib import get_close_matches

        near = get_close_matches(code.upper(), known, n=1, cutoff=0.5)
        raise misuse(f'"{code}" is not a code', f"try `casebook explain {near[0]}`" if near else f"codes run from {min(known)} to {max(known)}")
    entry = known[code.upper()]
    out.print(f"[bold]{entry.code} {entry.title}[/] ({entry.level})\n")
    out.print(f"{entry.why}\n\n[bold]Fix[/]  {entry.fix}\n\n[bold]Example[/]\n")
    show(list(fired(entry)))


@app.command()
def schema(
    kind: Annotated[str, typer.Argument(help="case, block or tradeoff.")] = "case",
    write: Annotated[bool, typer.Option("--write", help="Write all three into build/docs/schema/, where editors look.")] = False,
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
    """Run the command line; end an interrupt or a full disk with one sentence."""
    try:
        app()
    except KeyboardInterrupt:
        err.print("casebook: interrupted")
        sys.exit(130)
    except OSError as error:
        err.print(f"[bold red]casebook:[/] {error.strerror or error}: {error.filename or ''}")
        sys.exit(1)


__all__ = ["FOLDERS", "main"]
