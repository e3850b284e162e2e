"""A timed round as data for the browser: the common phases and rubric, and what a case adds to them."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from casebook import text
from casebook.library import Entry, Library
from casebook.spec import TRACKS, Case
from casebook.working import unit_of, with_names, with_values


@cache
def common() -> dict[str, Any]:
    """Return the phases, the rubric and the names of its steps, for any case."""
    return tomllib.loads(files("casebook").joinpath("rounds.toml").read_text(encoding="utf-8"))


def index(library: Library) -> dict[str, Any]:
    """Return what the choice of a case needs: every case, and the common phases."""
    cases = [
        {
            "key": entry.key,
            "title": entry.record.title,
            "summary": entry.record.summary,
            "track": entry.folder,
            "domain": entry.record.domain,
            "level": entry.record.level,
            "minutes": entry.record.minutes,
        }
        for entry in library.cases()
    ]
    phases = [
        {key: value for key, value in phase.items() if key != "parts"}
        | {"minutes": {length: int(count) for length, count in phase["minutes"].items()}}
        for phase in common()["phase"]
    ]
    return {
        "cases": cases,
        "tracks": TRACKS,
        "phases": phases,
        "signals": {signal: part["title"] for signal, part in common()["rubric"].items()},
        "steps": common()["steps"],
        "levels": common()["levels"],
    }


def of_case(entry: Entry, page: str) -> dict[str, Any]:
    """Return a case's round: the prompt, each phase with its line, board, hints and reference, follow-ups, rubric, drills.

    Texts are HTML, escaped as on the case's page, of which the reference is made.
    """
    record: Case = entry.record
    assert entry.numbers is not None
    found = sections(page, entry.key)
    phases = {}
    for phase in common()["phase"]:
        notes = record.rehearsal.get(phase["id"])
        phases[phase["id"]] = {
            "says": text.line((notes and notes.says) or phase["says"]),
            "board": [text.line(item) for item in (*phase["board"], *(notes.board if notes else ()))],
            "hints": [text.block(hint, "../") for hint in (notes.hints if notes else ())],
            "reference": [{"title": part, "html": found[part]} for part in phase["parts"] if part in found],
        }
    rubric = {
        signal: {
            "title": part["title"],
            **{
                level: text.line(getattr(record.rubric[signal], level), "../")
                if signal in record.rubric
                else text.line(part[level])
                for level in ("mid", "senior", "staff")
            },
        }
        for signal, part in common()["rubric"].items()
    }
    return {
        "key": entry.key,
        "title": record.title,
        "summary": record.summary,
        "prompt": text.block(record.prompt, "../"),
        "level": record.level,
        "phases": phases,
        "follow_ups": [
            {
                "ask": text.block(part.ask, "../"),
                "level": part.level,
                "listen_for": [text.line(sign, "../") for sign in part.listen_for],
                "missed": text.block(part.missed, "../"),
            }
            for part in record.follow_ups
        ],
        "rubric": rubric,
        "clarify": [
            {"ask": text.line(part.ask, "../"), "answer": text.block(part.answer, "../")} for part in record.clarify
        ],
        "drills": drills(entry),
    }


def drills(entry: Entry) -> list[dict[str, Any]]:
    """Return every estimate as a question: what is given, the answer in base units, and the work."""
    record: Case = entry.record
    numbers = entry.numbers
    assert numbers is not None

    def number(name: str) -> dict[str, Any]:
        unit = unit_of(record, name)
        return {"name": name, "value": numbers.values[name], "unit": [unit.text, unit.factor]}

    found = []
    for name, estimate in record.estimates.items():
        used = list(dict.fromkeys(node.name for node in estimate.formula.names))
        found.append(
            {
                **number(name),
                "why": text.line(estimate.why, "../"),
                "given": [number(part) for part in used],
                "formula": with_names(estimate.formula.tree, f"../cases/{entry.key}/"),
                "worked": with_values(estimate.formula.tree, record, numbers),
            }
        )
    return found


def sections(page: str, key: str) -> dict[str, str]:
    """Return the parts of a case's page by their headings, as HTML to stand on the page of rehearsals.

    Headings inside become HTML, ids go, and links lead from there.
    """
    found = {}
    # No text of a record can look like a heading of ours: its braces are entities.
    parts = re.split(r"^## (.+) \{ #[\w-]+ \}$", page, flags=re.MULTILINE)[1:]
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        body = re.sub(r"^### (.+) \{ #[\w-]+ \}$", _heading, body, flags=re.MULTILINE)
        body = re.sub(r' id="[^"]*"', "", body).replace('="../../../', '="../')
        found[title] = body.replace('href="#', f'href="../cases/{key}/#').strip()
    return found


def _heading(line: re.Match[str]) -> str:
    title = re.sub(r"`(.+?)`", r"<code>\1</code>", line[1])
    return f"<h4>{title}</h4>"
