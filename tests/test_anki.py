"""Anki's own library opens the decks: notes, ids and fields are there, and a later deck updates an earlier one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from helpers import changed, checked, real_library

from casebook import anki, catalogue
from casebook.library import Library
from casebook.spec import TRACKS

FIRST, LATER = 1_700_000_000, 1_710_000_000
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:anki", "ignore::DeprecationWarning:google")


@pytest.fixture
def collection(tmp_path) -> Iterator[Collection]:
    made = Collection(str(tmp_path / "collection.anki2"))
    yield made
    made.close()


def take_in(collection: Collection, library: Library, tracks: list[str], moment: int, folder: Path) -> Any:
    file = folder / f"{moment}.apkg"
    file.write_bytes(anki.package(anki.deck(library, tracks, "Casebook"), moment))
    options = ImportAnkiPackageOptions(with_scheduling=True)
    return collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(file), options=options)).log


def fields(collection: Collection) -> dict[str, list[str]]:
    return {note.guid: note.fields for note in map(collection.get_note, collection.find_notes(""))}


def test_every_follow_up_estimate_and_decision_is_a_note(collection, tmp_path):
    library = real_library()
    take_in(collection, library, list(TRACKS), FIRST, tmp_path)

    cases = [entry.record for entry in library.cases()]
    wanted = sum(len(case.follow_ups) + len(case.estimates) + len(case.tradeoffs) for case in cases)
    found = fields(collection)
    assert len(found) == wanted
    assert collection.card_count() == wanted
    assert all(len(note) == 3 and all(part.strip() for part in note) for note in found.values())
    kind = collection.models.by_name("Casebook")
    assert [field["name"] for field in kind["flds"]] == ["Question", "Answer", "Case"]
    titles = {note[2] for note in found.values()}
    assert titles == {case.title for case in cases}
    assert collection.decks.id_for_name("Casebook")


def test_a_later_deck_updates_and_does_not_duplicate(collection, tmp_path):
    take_in(collection, checked(catalogue.sample()), ["feature-stores"], FIRST, tmp_path)
    before = fields(collection)

    later = checked(changed(("because: All parcels fit one node.", "because: All parcels fit one node by far.")))
    log = take_in(collection, later, ["feature-stores"], LATER, tmp_path)

    after = fields(collection)
    assert after.keys() == before.keys()
    differ = [guid for guid in after if after[guid] != before[guid]]
    assert len(differ) == 1
    assert "by far" in after[differ[0]][1]
    assert len(log.new) == 0


def test_a_note_keeps_its_progress_when_it_is_updated(collection, tmp_path):
    take_in(collection, checked(catalogue.sample()), ["feature-stores"], FIRST, tmp_path)
    [card, *_] = collection.find_cards("tag:decision")
    collection.sched.set_due_date([card], "9")
    due = collection.get_card(card).due

    later = checked(changed(("because: All parcels fit one node.", "because: All parcels fit one node by far.")))
    take_in(collection, later, ["feature-stores"], LATER, tmp_path)

    assert collection.get_card(card).due == due


def test_the_deck_of_a_track_and_the_deck_of_all_share_their_notes(collection, tmp_path):
    take_in(collection, real_library(), list(TRACKS), FIRST, tmp_path)
    count = len(fields(collection))
    take_in(collection, real_library(), ["deployment"], LATER, tmp_path)
    assert len(fields(collection)) == count


def test_the_same_library_gives_the_same_bytes():
    one, other = (anki.package(anki.deck(real_library(), ["pipelines"], "x"), FIRST) for _ in range(2))
    assert one == other


def test_no_card_links_to_a_page_that_is_not_there():
    for note in anki.deck(real_library(), list(TRACKS), "x").notes:
        for part in note.fields:
            assert 'href="' not in part.replace('href="http', "")


def test_texts_are_escaped():
    library = checked(changed(("because: All parcels fit one node.", "because: '<script>x</script> {{ y }}'")))
    text = " ".join(part for note in anki.deck(library, ["feature-stores"], "x").notes for part in note.fields)
    assert "<script" not in text
    assert "{{" not in text
    assert "&lt;script&gt;" in text


def test_there_is_a_deck_of_all_and_one_of_each_track_with_a_case():
    assert list(anki.names(checked(catalogue.sample()))) == ["casebook", "casebook-feature-stores"]
