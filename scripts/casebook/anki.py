"""The library as Anki decks: follow-ups, estimates and decisions, one deck a track and one with all of them.

A note's id comes from its case and what it asks, so that a later deck updates the notes that a learner
has and keeps their progress. A question that is worded anew is a new note.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

import genanki

from casebook import text, working
from casebook.library import Entry, Library
from casebook.pages import Names
from casebook.spec import TRACKS, Case

STYLE = """
.card { font: 18px/1.5 system-ui, sans-serif; color: #1c2430; background: #fff; max-width: 38em; margin: 0 auto; padding: 1em; }
.nightMode.card { color: #e4e8ee; background: #10141a; }
.case { font-size: 13px; opacity: .7; }
code { font-size: .9em; }
"""


def _unlinked(html: str) -> str:
    """Return HTML without links to pages of the site, which lead nowhere from a card."""
    return re.sub(r'<a href="(?!https?:)[^"]*">(.*?)</a>', r"\1", html)


def _number(*parts: str) -> int:
    """Return an id as Anki wants it: below 2**31, the same for the same parts."""
    return int.from_bytes(blake2b("/".join(parts).encode(), digest_size=8).digest(), "big") % (1 << 31)


def model() -> genanki.Model:
    """Return the kind of note: a question, an answer, and the case that it is from."""
    return genanki.Model(
        _number("casebook", "model", "1"),
        "Casebook",
        fields=[{"name": "Question"}, {"name": "Answer"}, {"name": "Case"}],
        templates=[
            {
                "name": "Question and answer",
                "qfmt": '<p class="case">{{Case}}</p>{{Question}}',
                "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}",
            }
        ],
        css=STYLE,
    )


def notes(entry: Entry, names: Names) -> Iterator[tuple[str, str, str]]:
    """Return what a case asks: an id within the case, the question and the answer, both HTML."""
    record: Case = entry.record
    numbers = entry.numbers
    assert numbers is not None
    for part in record.follow_ups:
        signs = "".join(f"<li>{text.line(sign)}</li>" for sign in part.listen_for)
        answer = f"<p>A strong answer names:</p><ul>{signs}</ul><p>Most people miss:</p>{text.block(part.missed)}"
        yield f"follow-up/{part.ask}", text.block(part.ask), answer
    for name, estimate in record.estimates.items():
        given = "".join(
            f"<li><code>{used}</code> {text.attribute(working.number(record, numbers, used))}</li>"
            for used in dict.fromkeys(node.name for node in estimate.formula.names)
        )
        asked = f"<p>Estimate <code>{name}</code>.</p><p>{text.line(estimate.why)}</p><ul>{given}</ul>"
        work = working.with_values(estimate.formula.tree, record, numbers)
        result = text.attribute(working.number(record, numbers, name))
        yield (
            f"estimate/{name}",
            asked,
            f"<p><strong>{result}</strong></p><p>= {text.attribute(estimate.formula.text)}<br>= {work}</p>",
        )
    for made in record.tradeoffs:
        title, question, options, _ = names.tradeoffs[made.about]
        listed = "".join(f"<li>{text.attribute(label)}</li>" for name, label in options if name in made.options)
        picked = text.attribute(dict(options)[made.pick])
        asked = f"<p>{text.attribute(title)}: {text.line(made.question or question)}</p><ul>{listed}</ul>"
        yield f"decision/{made.about}", asked, f"<p><strong>{picked}</strong></p>{text.block(made.because)}"


def deck(library: Library, tracks: list[str], title: str) -> genanki.Deck:
    """Return the deck of some tracks."""
    known = Names.of(library)
    kind = model()
    made = genanki.Deck(_number("casebook", "deck", *tracks), title, "Casebook, CC BY 4.0.")
    for entry in library.cases():
        if entry.folder not in tracks:
            continue
        for identity, question, answer in notes(entry, known):
            made.add_note(
                genanki.Note(
                    model=kind,
                    fields=[_unlinked(question), _unlinked(answer), text.attribute(entry.record.title)],
                    guid=blake2b(f"{entry.key}/{identity}".encode(), digest_size=12).hexdigest(),
                    tags=[entry.folder, entry.id, identity.split("/")[0]],
                )
            )
    return made


def names(library: Library) -> dict[str, tuple[list[str], str]]:
    """Return every deck by the name of its file, with its tracks and title: one of all, and one a track that has a case."""
    found = {entry.folder for entry in library.cases()}
    of_tracks = {f"casebook-{track}": ([track], f"Casebook: {TRACKS[track]}") for track in TRACKS if track in found}
    return {"casebook": (list(TRACKS), "Casebook"), **of_tracks}


def package(made: genanki.Deck, moment: float) -> bytes:
    """Return a deck as Anki's file. `moment` is when its notes were changed, in seconds: Anki updates older ones."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "deck.apkg")
        genanki.Package(made).write_to_file(file, timestamp=moment)
        out = io.BytesIO()
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name in sorted(source.namelist()):  # with no date of the machine, so that bytes stay the same
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                target.writestr(info, source.read(name), compress_type=zipfile.ZIP_DEFLATED)
        return out.getvalue()
