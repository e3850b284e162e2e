"""Commands that make the site: render, build, serve."""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from casebook.cli.common import Bar, Drafts, app, err, load, misuse, near, out, root, show

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import Popen

    from casebook.library import Library
    from casebook.preview import Preview


def prepare(
    base: Path,
    only: str | None = None,
    begin: Callable[[], Popen[str]] | None = None,
    drafts: bool = False,
    previewed: bool = False,
    keep: Callable[[Library], None] | None = None,
) -> bool:
    """Check and render; print what was found. Return whether the tree is there to be published.

    `begin` starts a held builder, which runs while drawings are made. With `drafts`, they are rendered,
    too; if `previewed`, pages show what was found above what they hold. `keep` is given the library.
    """
    from casebook import stamp

    asked = f"{only} {drafts} {previewed}"
    said = None if keep else stamp.unchanged(base, asked)
    if said is not None:
        out.print(f"{said}; nothing changed", style="bold", markup=False)
        return True
    builder = begin() if begin else None
    from casebook import draw, report, site, tree
    from casebook.store import Store

    library = load(base)
    if only is not None and only not in library.entries:
        hint = "name it by track and id, such as feature-stores/payment-fraud-features"
        raise misuse(f'there is no case "{only}"', near(only, library.entries, hint))
    if keep:
        keep(library)
    show(library.findings)
    said = report.summary(library.findings, len(library.entries))
    out.print(said, style="bold", markup=False)
    if previewed:
        path = library.entries[only].path if only else ""
        tree.tell(base, [finding for finding in library.findings if not path or finding.place.path == path])
    if library.errors():
        return False
    shown = library if drafts else library.published()
    try:
        with Bar() as bar:
            announce = partial(site.tell, builder) if builder else None
            done = tree.render(shown, base, Store(base / "build/.cache/store"), bar.step, only, previewed, announce)
            written = done.written + done.figures(builder is None)
            if builder:
                site.release(builder)
            written += done.downloads(builder is None)
    except draw.DrawingError as error:
        err.print(f"[bold red]casebook:[/] a diagram cannot be drawn: {escape(str(error))}")
        return False
    out.print(f"build/docs: {done.files} files, {written} written, {done.removed} removed", markup=False)
    stamp.keep(base, asked, said)
    return True


@app.command()
def render(drafts: Drafts = False) -> None:
    """Check, then turn cases/ and docs/ into build/docs, which mkdocs or zensical publish."""
    if not prepare(root(), drafts=drafts):
        raise typer.Exit(1)


@app.command()
def build(
    force: Annotated[bool, typer.Option("--force", help="Build the site even if nothing changed.")] = False,
    drafts: Drafts = False,
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
        if not prepare(base, begin=begin if site.holds(base) else None, drafts=drafts):
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
            site.abandon(base, builder)
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
    from casebook.preview import Preview

    base = root()
    only = case.removeprefix("cases/").removesuffix(".yml") or None
    server: Popen[str] | None = None
    followed: list[Preview] = []  # the case alone, once it is served

    def follow(library: Library) -> None:
        followed[:] = [Preview(base, library, only)] if only else []

    try:
        for changes in chain([set()], watch(base / "cases", base / "docs", debounce=100, step=20)):
            if server and followed and {Path(path) for _, path in changes} == {followed[0].file}:
                save(followed[0])
                ready = True
            else:
                ready = prepare(base, only, drafts=True, previewed=True, keep=follow)
            if ready and server is None:
                address = f"127.0.0.1:{port}"
                # The theme's folder, too: figures and findings are put into pages from there. Of one
                # case, only the page that changed is made again.
                alone = ["--dirty"] if only else []
                watched = ["--watch", "build/theme"] if not only else []
                server = site.command(
                    base,
                    "serve",
                    "--dev-addr",
                    address,
                    "--livereload",
                    *watched,
                    *alone,
                    more=site.HASTE if only else None,
                )
                out.print(f"[bold]http://{address}/[/] follows every save; Ctrl+C ends it")
            elif server is None:
                out.print("There is no page yet: mend what is named above, and it comes up.", markup=False)
            elif server.poll() is not None:
                raise misuse(f"the server ended: is port {port} taken?", f"try `casebook serve --port {port + 1}`")
    finally:
        if server:
            server.terminate()


def save(followed: Preview) -> None:
    """Take a saved case into its preview, and print what is found in it."""
    from casebook import draw, report

    try:
        findings = followed.save()
    except FileNotFoundError:  # an editor puts a new file in its place: another change follows
        return
    except draw.DrawingError as error:
        err.print(f"[bold red]casebook:[/] a diagram cannot be drawn: {escape(str(error))}")
        return
    show(findings)
    out.print(report.summary(findings, 1), style="bold", markup=False)
