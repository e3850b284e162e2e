"""Commands for who writes a case: new, check, fmt."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from casebook.cli.common import app, err, load, misuse, named, near, out, root, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casebook.findings import Finding
    from casebook.library import Library

ROUNDS = 20  # of mends and checks, at most

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Show findings of these files or folders alone; the whole library is checked."),
]


def asked(name: str, given: str, question: str) -> str:
    """Return an argument that was given, or ask for it where somebody is there to answer."""
    if given:
        return given
    if not sys.stdin.isatty():
        raise misuse(f"the {name} is missing", 'write it out: `casebook new feature-stores "Payment fraud features"`')
    return str(typer.prompt(question))


@app.command()
def new(
    track: Annotated[str, typer.Argument(help="pipelines, feature-stores, deployment or end-to-end.")] = "",
    title: Annotated[str, typer.Argument(help="The title of the case, in quotes.")] = "",
    ident: Annotated[str, typer.Option("--id", help="The file name; made from the title if left out.")] = "",
    domain: Annotated[str, typer.Option(help="The field it belongs to, such as payments.")] = "",
    level: Annotated[str, typer.Option(help="mid, senior or staff.")] = "senior",
) -> None:
    """Begin a case: write the shortest one that compiles, with comments that teach."""
    from casebook import library, scaffold
    from casebook.spec import TRACKS

    base = root()
    track = asked("track", track, f"Track ({', '.join(TRACKS)})")
    if track not in TRACKS:
        raise misuse(f'"{track}" is not a track', near(track, TRACKS, f"use one of {', '.join(TRACKS)}"))
    title = asked("title", title, "Title")
    ident = ident or scaffold.ident(title)
    domain = domain or scaffold.DOMAINS[track]
    path = base / "cases" / track / f"{ident}.yml"
    if "/" in ident or not ident or library.misplaced(PurePosixPath(track, f"{ident}.yml")):
        raise misuse(
            f'"{ident}" is not an id',
            "give one with `--id`: small letters, digits and hyphens, such as `payment-fraud-features`",
        )
    if path.exists():
        raise misuse(f"{path.relative_to(base)} is there already", "give the new case another title, or `--id`")
    text = scaffold.case(track, title, domain, level, datetime.now(UTC).year)
    made = library.examine(text.encode(), str(path.relative_to(base)), f"{track}/{ident}")
    if made.record is None:  # only the title, the domain and the level are not our own words
        first = made.findings[0]
        raise misuse(f"{first.what}{f': {first.note}' if first.note else ''}", first.fix)
    path.write_text(text, encoding="utf-8")
    loaded = load(base)
    show(finding for finding in loaded.findings if finding.place.path == made.path)
    name = path.relative_to(base)
    out.print(f"[bold]{name}[/] is there, and compiles. Next:\n", markup=True)
    out.print(f"  casebook serve {track}/{ident}   [dim]# shows it after every save[/]")
    out.print(f"  casebook check {name}   [dim]# says what is wrong, and what it still lacks[/]")


@app.command()
def check(
    paths: Paths = None,
    form: Annotated[str, typer.Option("--format", help="text, json or github (annotations).")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Hints block too.")] = False,
    changed: Annotated[bool, typer.Option("--changed", help="Show findings of what changed since main alone.")] = False,
    since: Annotated[str, typer.Option(help="The branch or commit to compare with, in place of main.")] = "",
    fix: Annotated[bool, typer.Option("--fix", help="First make the mends that are sure, in the files shown.")] = False,
) -> None:
    """Check every record, and say all that is wrong at once."""
    from casebook import catalogue, history, report

    base = root()
    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    if form not in ("text", "json", "github"):
        raise misuse(f'"{form}" is not a format', "use text, json or github")
    wanted = named(base, paths)
    start = history.start(base, since) if changed or since or form == "github" else ""
    if not start and (changed or since):
        raise misuse(
            f'git knows no "{since}" here' if since else "git knows no main branch here",
            "name a branch or a commit with `--since`, in a clone that holds it",
        )
    touched = history.changed(base, start) if start else []
    if changed:
        wanted = [path for path in touched if not wanted or any(path.is_relative_to(part) for part in wanted)]
    before = history.published(base, start) if start else ()
    library = load(base, before)

    def meant(path: str) -> bool:
        return not (wanted or changed) or any((base / path).resolve().is_relative_to(part) for part in wanted)

    for _ in range(ROUNDS if fix else 0):  # what is mended may have hidden something else
        told = mended(base, [finding for finding in library.errors() if meant(finding.place.path)])
        for line in told:
            (out if form == "text" else err).print(line, markup=False)
        if not told:
            break
        library = load(base, before)
    findings = [finding for finding in library.findings if meant(finding.place.path)]
    entries = [entry for entry in library.entries.values() if meant(entry.path)]
    if form == "json":
        sys.stdout.write(report.as_json(findings) + "\n")
    else:
        show(findings)
        if form == "github":  # which shows ten of each kind: first what the change brought, then what blocks
            new = {str(path.relative_to(base)) for path in touched}
            findings.sort(key=lambda finding: (finding.place.path not in new, report.level(finding) != "error"))
            sys.stdout.write("".join(report.annotation(finding) + "\n" for finding in findings))
            if os.environ.get("GITHUB_STEP_SUMMARY"):
                with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
                    file.write(report.markdown(findings, len(entries)))
        sure = sum(1 for finding in findings if finding.mends and catalogue.blocks(finding.code))
        if sure and form == "text":
            out.print(f"casebook check --fix mends {sure} of them", style="dim", markup=False)
        out.print(report.summary(findings, len(entries)), style="bold", markup=False)
        progress(library, {entry.key for entry in entries})
    if any(strict or catalogue.blocks(finding.code) for finding in findings):
        raise typer.Exit(1)


def mended(base: Path, findings: Iterable[Finding]) -> list[str]:
    """Make the mends of findings in their files, as far as they do not cut into each other; return what was done."""
    from casebook import mend

    told = []
    for path, found in groupby(sorted(findings, key=lambda finding: finding.order), lambda finding: finding.place.path):
        sure = [finding for finding in found if finding.mends]
        if not sure:
            continue
        text = (base / path).read_bytes().decode("utf-8-sig")
        made = mend.together(text, sure)
        rewrite(base / path, mend.apply(text, [each for finding in made for each in finding.mends]).encode())
        told += [
            f"mended {path}:{finding.place.line}: {finding.what}; {finding.note or finding.fix}" for finding in made
        ]
    return told


def rewrite(file: Path, raw: bytes) -> None:
    """Write a file whole, or not at all."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_bytes(raw)
    fresh.replace(file)


def progress(library: Library, keys: set[str]) -> None:
    """Print how whole each draft is, and the part that it should get next."""
    from casebook.checks.complete import OPTIONAL, lacking

    for key in sorted(library.drafts() & keys):
        left = lacking(library.entries[key].record)
        there, whole = len(OPTIONAL) - len(left), len(OPTIONAL)
        bar = "█" * there + "░" * (whole - there)
        then = next(
            (f"next `{name}`: {why}" for name, why in left.items()), "every part is there: delete `status: draft`"
        )
        out.print(f"draft {key}: {bar} {there} of {whole} parts; {then}", markup=False)


@app.command()
def fmt(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; all of cases/ if left out.")] = None,
    test: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with 1 if something would change.")
    ] = False,
) -> None:
    """Put keys in canonical order and wrap texts; comments and meaning stay."""
    from casebook import layout

    base = root()
    wanted = named(base, paths) or [base / "cases"]
    files = sorted({file for part in wanted for file in ([part] if part.is_file() else part.rglob("*.yml"))})
    differ = 0
    for file in files:
        raw = file.read_bytes()
        made = layout.tidy(raw, file.parent.name)
        if made == raw:
            continue
        differ += 1
        out.print(f"{'would change' if test else 'changed'} {file.relative_to(base)}", markup=False)
        if not test:
            rewrite(file, made)
    said = f"{len(files)} {'file' if len(files) == 1 else 'files'}, {differ} {'to change' if test else 'changed'}"
    out.print(said, style="bold", markup=False)
    if test and differ:
        raise typer.Exit(1)
