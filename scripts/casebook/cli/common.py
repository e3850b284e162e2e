"""What the commands share: the app, where the project is, how misuse ends, how findings are printed."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casebook.findings import Finding
    from casebook.library import Library

MANY = 6  # records from which a progress bar is worth its line

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Write, check, draw and publish a library of ML system-design cases.",
)
out = Console(highlight=False, soft_wrap=True, emoji=False)  # what is typed as `:100:` stays so
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

Drafts = Annotated[bool, typer.Option("--drafts", help="With the cases that are drafts, as in a preview.")]


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


def near(name: str, known: Iterable[str], otherwise: str, cutoff: float = 0.4) -> str:
    """Return advice for a name that is not known: the nearest one, or else `otherwise`."""
    found = get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"try {found[0]}" if found else otherwise


def named(base: Path, paths: Iterable[Path] | None) -> list[Path]:
    """Return the files and folders of `cases/` that were named, whole. Ends as misuse where one is not there."""
    wanted = []
    for path in paths or ():
        if not path.exists():
            raise misuse(f'"{path}" does not exist', "name a file or folder under cases/")
        full = path.resolve()
        if not full.is_relative_to(base / "cases"):
            raise misuse(f'"{path}" is not under cases/', "name a file or folder under cases/")
        wanted.append(full)
    return wanted


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


def load(base: Path, before: Iterable[str] = (), folder: Path | None = None) -> Library:
    """Check the library under `base`, or the one in `folder`, with what is known from before.

    `before` are the keys of records that were published, which must not go without a stub.
    """
    from casebook import library
    from casebook.store import Store

    icons = [file.stem for file in (base / "docs/assets/icons").glob("*.svg")]
    store = Store(base / "build/.cache/store")
    with Bar() as bar:
        loaded = library.load(folder or base / "cases", icons, store, bar.step, before)
    store.prune()
    return loaded


def show(findings: Iterable[Finding]) -> None:
    """Print findings for a person."""
    from casebook import report

    for finding in findings:
        out.print(report.coloured(finding))
        out.print()
