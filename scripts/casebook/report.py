"""Findings become text with a caret, CI annotations, or JSON. Pure: returns strings."""

import json
from collections.abc import Iterable

from rich.cells import cell_len
from rich.markup import escape

from casebook import catalogue
from casebook.findings import Finding

SHOWN = 110  # columns of a source line; longer lines are cut round the caret


def level(finding: Finding) -> str:
    return "error" if catalogue.blocks(finding.code) else "hint"


def text(finding: Finding, colour: bool = False) -> str:
    """Return one finding as a person reads it, with rich markup if `colour`."""

    def paint(style: str, part: str) -> str:
        part = escape(part) if colour else part
        return f"[{style}]{part}[/]" if colour and part else part

    place = finding.place
    tone = "bold red" if level(finding) == "error" else "bold yellow"
    rows = [
        f"{paint('bold', f'{place.path}:{place.line}:{place.column}:')} {paint(tone, f'{level(finding)} {finding.code}')} {paint('bold', finding.what)}"
    ]
    if finding.line.strip():
        number = str(place.line)
        margin = " " * len(number)
        shown, column, width = _window(finding.line.replace("\t", " "), place.column - 1, place.width)
        pad = " " * cell_len(shown[:column])
        caret = "^" * max(1, cell_len(shown[column : column + width]))
        bar = paint("dim", "|")
        rows.append(f"{margin} {bar}")
        rows.append(f"{paint('dim', number)} {bar} {paint('none', shown.rstrip())}")
        rows.append(
            f"{margin} {bar} {pad}{paint(tone, caret)}{' ' if finding.note else ''}{paint('cyan', finding.note)}"
        )
    elif finding.note:
        rows.append(f"   = note: {paint('none', finding.note)}")
    if finding.fix:
        rows.append(f"   {paint('dim', '=')} fix: {paint('none', finding.fix)}")
    rows.append(f"   {paint('dim', '=')} more: {paint('none', f'casebook explain {finding.code}')}")
    return "\n".join(rows)


def _window(line: str, column: int, width: int) -> tuple[str, int, int]:
    """Cut a long line to a window round the caret; return it with the caret's column and width there."""
    if len(line) <= SHOWN:
        return line, column, width
    start = max(0, min(column - 30, len(line) - SHOWN))
    cut = ("…" if start else "") + line[start : start + SHOWN] + ("…" if start + SHOWN < len(line) else "")
    at = column - start + (1 if start else 0)
    return cut, at, min(width, max(1, len(cut) - at))


def summary(findings: Iterable[Finding], records: int) -> str:
    """Return the last line: what was looked at, and what was found."""
    levels = [level(finding) for finding in findings]
    errors, hints = levels.count("error"), levels.count("hint")
    looked = f"{records} {'record' if records == 1 else 'records'} checked"
    if not levels:
        return f"{looked}: no findings"
    parts = [
        f"{count} {word if count == 1 else word + 's'}" for count, word in ((errors, "error"), (hints, "hint")) if count
    ]
    return f"{looked}: {', '.join(parts)}"


def annotation(finding: Finding) -> str:
    """Return a finding as an annotation of GitHub's workflow commands."""

    def escaped(part: str, extra: str = "") -> str:
        for letter, code in (
            ("%", "%25"),
            ("\r", "%0D"),
            ("\n", "%0A"),
            *((letter, f"%{ord(letter):02X}") for letter in extra),
        ):
            part = part.replace(letter, code)
        return part

    place = finding.place
    kind = "error" if level(finding) == "error" else "notice"
    message = ". ".join(
        part for part in (finding.what, finding.note, f"Fix: {finding.fix}" if finding.fix else "") if part
    )
    title = f"{finding.code} {catalogue.get(finding.code).title}"
    return f"::{kind} file={escaped(place.path, ',:')},line={place.line},col={place.column},endColumn={place.column + place.width},title={escaped(title, ',:')}::{escaped(message)}"


def as_json(findings: Iterable[Finding]) -> str:
    """Return findings as JSON, a stable shape for tools."""
    rows = [
        {
            "code": finding.code,
            "level": level(finding),
            "path": finding.place.path,
            "line": finding.place.line,
            "column": finding.place.column,
            "width": finding.place.width,
            "message": finding.what,
            "note": finding.note,
            "fix": finding.fix,
        }
        for finding in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)
