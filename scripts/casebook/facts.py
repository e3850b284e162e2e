"""What hand-written pages may say of the library, as data: the macros read it without the package."""

from casebook import anki, catalogue, rounds, scaffold
from casebook.library import Library
from casebook.spec import TRACKS
from casebook.working import number


def facts(library: Library, year: int) -> dict[str, object]:
    """Return what hand-written pages may ask for through macros, as JSON data."""
    cases = {}
    for entry in library.cases():
        assert entry.numbers is not None
        names = (*entry.record.assumptions, *entry.record.estimates)
        cases[entry.key] = {
            "title": entry.record.title,
            "summary": entry.record.summary,
            "level": entry.record.level,
            "numbers": {
                name: number(entry.record, entry.numbers, name) for name in names if name in entry.numbers.values
            },
            "formulas": {name: estimate.formula.text for name, estimate in entry.record.estimates.items()},
        }
    counted = {
        "cases": len(cases),
        "blocks": len(library.blocks()),
        "tradeoffs": len(library.tradeoffs()),
        "estimates": sum(len(entry.record.estimates) for entry in library.cases()),
        "decisions": sum(len(entry.record.tradeoffs) for entry in library.cases()),
        "sources": sum(len(getattr(entry.record, "references", ())) for entry in library.entries.values()),
        "checks": len(catalogue.codes()),
    }
    decks = {name: TRACKS[tracks[0]] for name, (tracks, _) in anki.names(library).items() if len(tracks) == 1}
    scaffolds = {
        track: {
            "title": title,
            "text": scaffold.case(track, "Title of the case", scaffold.DOMAINS[track], "senior", year),
        }
        for track, title in TRACKS.items()
    }
    return {
        "scaffolds": scaffolds,
        "counts": counted,
        "cases": cases,
        "phases": rounds.index(library)["phases"],
        "decks": decks,
    }
