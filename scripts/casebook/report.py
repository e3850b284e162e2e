"""Findings become text with a caret, CI annotations, or JSON. Pure: returns strings."""

import json
import re
from collections.abc import Iterable

from rich.cells import cell_len
from rich.text import Text

from casebook import catalogue
from casebook.findings import Finding
from casebook.text import attribute

SHOWN = 110  # columns of a source line; longer lines are cut round the caret
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def _clean(finding: Finding) -> Finding:
    """Return a finding whose every character prints: a file name or a key may move the cursor or begin a line."""
    path, line, what, note, fix = (
        _UNPRINTABLE.sub("\ufffd", part)
        for part in (finding.place.path, finding.line.replace("\t", " "), finding.what, finding.note, finding.fix)
    )
    return finding._replace(place=finding.place._replace(path=path), what=what, line=line, note=note, fix=fix)


def level(finding: Finding) -> str:
    return "error" if catalogue.blocks(finding.code) else "hint"


def text(finding: Finding) -> str:
    """Return one finding as a person reads it."""
    return coloured(finding).plain


def coloured(finding: Finding) -> Text:
    """Return one finding as a person reads it on a terminal."""
    finding = _clean(finding)
    place = finding.place
    tone = "bold red" if level(finding) == "error" else "bold yellow"
    said = Text()

    def row(*parts: str | tuple[str, str]) -> None:
        said.append_text(Text.assemble(*(["\n"] if said else []), *parts))

    where = f"{place.path}:{place.line}:{place.column}:"
    row((where, "bold"), " ", (f"{level(finding)} {finding.code}", tone), " ", (finding.what, "bold"))
    if finding.line.strip():
        number = str(place.line)
        margin = " " * len(number)
        shown, column, width = _window(finding.line, place.column - 1, place.width)
        pad = " " * cell_len(shown[:column])
        caret = "^" * max(1, cell_len(shown[column : column + width]))
        row(f"{margin} ", ("|", "dim"))
        row((number, "dim"), " ", ("|", "dim"), f" {shown.rstrip()}")
        row(f"{margin} ", ("|", "dim"), f" {pad}", (caret, tone), " " if finding.note else "", (finding.note, "cyan"))
    elif finding.note:
        row(f"   = note: {finding.note}")
    if finding.fix:
        row("   ", ("=", "dim"), f" fix: {finding.fix}")
    row("   ", ("=", "dim"), f" more: casebook explain {finding.code}")
    return said


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

    finding = _clean(finding)
    place = finding.place
    kind = "error" if level(finding) == "error" else "notice"
    message = ". ".join(
        part for part in (finding.what, finding.note, f"Fix: {finding.fix}" if finding.fix else "") if part
    )
    title = f"{finding.code} {catalogue.get(finding.code).title}"
    return f"::{kind} file={escaped(place.path, ',:')},line={place.line},col={place.column},endColumn={place.column + place.width},title={escaped(title, ',:')}::{escaped(message)}"


def markdown(findings: Iterable[Finding], records: int) -> str:
    """Return all findings as Markdown, for the summary of a run: what a record says stays text in it."""
    findings = [*findings]
    made = [f"### {summary(findings, records)}", ""]
    for finding in map(_clean, findings):
        told = text(finding)
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", told)), default=0))
        made += [f"{fence}text", told, fence, ""]
    return "\n".join(made)


def as_html(findings: Iterable[Finding]) -> str:
    """Return findings for a page in preview; nothing, if there are none. Braces are escaped: it goes into a template."""
    findings = [*findings]
    if not findings:
        return ""
    told = attribute("\n\n".join(map(text, findings)))
    last = ""
    if any(level(finding) == "error" for finding in findings):
        last = "<p>The page below is the last one that was sound.</p>"
    said = summary(findings, 0).partition(": ")[2]
    return f'<aside class="findings" role="status"><p><b>{said}</b></p>{last}<pre>{told}</pre></aside>'


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
            "mends": [mend._asdict() for mend in finding.mends],
        }
        for finding in map(_clean, findings)
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)
