"""The canonical form changes where things stand, and nothing of what they say."""

import re

import pytest
from helpers import changed, real
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook import catalogue, layout, source
from casebook.shape import fields_at
from casebook.spec import Case

SAMPLE = "cases/feature-stores/parcel-arrival.yml"
RECORDS = {**real(), **catalogue.sample()}


def tidy(text: str, folder: str = "feature-stores") -> str:
    return layout.tidy(text.encode(), folder).decode()


def said(text: str) -> object:
    document, found = source.parse(text.encode(), "x")
    assert document is not None
    assert found == []
    return document.data


@pytest.mark.parametrize("path", real(), ids=str)
def test_every_record_of_the_library_is_in_it(path: str):
    assert layout.tidy(RECORDS[path], path.split("/")[1]) == RECORDS[path], "run `casebook fmt`"


def parts(text: str) -> list[str]:
    """Return the keys of a record with all below them, as text; the first line apart."""
    return re.split(r"\n(?=[a-z])", text.split("\n", 1)[1].rstrip("\n"))


@settings(max_examples=40, deadline=None)
@given(st.permutations(parts(catalogue.sample()[SAMPLE].decode())))
def test_keys_come_back_into_order_from_any_other(mixed: list[str]):
    head = catalogue.sample()[SAMPLE].decode().split("\n", 1)[0]
    text = "\n".join([head, *(f"# about {part.split(':')[0]}\n{part}" for part in mixed)]) + "\n"

    made = tidy(text)

    assert said(made) == said(text)
    order = [name for name in fields_at(Case, ()) if name in said(made)]
    assert re.findall(r"^([a-z_]+):", made, re.MULTILINE) == order
    # The comment above a key went with it.
    assert re.findall(r"^# about (\w+)\n(\w+):", made, re.MULTILINE) == [(name, name) for name in order]
    assert tidy(made) == made


def test_keys_of_an_entry_of_a_list_come_into_order_behind_their_dash():
    text = changed(
        (
            "  - ask: Does the page wait for the prediction?\n    answer: Yes, the reader looks at it.\n",
            "  - answer: Yes, the reader looks at it. # it is short\n    ask: Does the page wait for the prediction?\n",
        )
    )[SAMPLE].decode()
    made = tidy(text)
    assert (
        "  - ask: Does the page wait for the prediction?\n    answer: Yes, the reader looks at it. # it is short\n"
        in made
    )
    assert said(made) == said(text)


def test_a_long_text_is_folded_at_a_hundred_columns_and_paragraphs_stay():
    words = "word " * 60
    text = changed(("prompt: Design the features", f'prompt: "{words}end.\\n\\nDesign the features'))[SAMPLE].decode()
    text = re.sub(r'(prompt: ".*)\n', r'\1"\n', text)
    made = tidy(text)
    assert "prompt: >-\n  word word" in made
    assert max(map(len, made.split("\n")[6:14])) <= 100
    assert said(made) == said(text)


@pytest.mark.parametrize(
    "line",
    [
        "summary: two  spaces stay " + "and more " * 20,
        "summary: a text # with a comment behind it " + "x " * 60,
        'summary: "quoted: ' + "and long " * 20 + '"',
        "summary: |\n  kept\n  as it is",
    ],
)
def test_what_cannot_be_folded_without_loss_stays_as_typed(line: str):
    text = f"title: Some title\n{line}\n"
    made = tidy(text)
    assert said(made) == said(text)
    assert re.findall("#.*", made.rstrip()) == re.findall("#.*", text.rstrip())


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abc:#-'\"|>{}[],&*!%@` \n", max_size=60))
def test_any_text_says_the_same_afterwards(value: str):
    text = f"title: A title\nsummary: {value}\nprompt: x\n"
    made = layout.tidy(text.encode(), "feature-stores")
    before, after = source.parse(text.encode(), "x")[0], source.parse(made, "x")[0]
    assert (after and after.data) == (before and before.data)


@pytest.mark.parametrize("raw", [b"", b"- a", b"\xff", b"a: [", b"title: x\ntitle: y\n"])
def test_what_is_no_record_stays_as_it_is(raw: bytes):
    assert layout.tidy(raw, "feature-stores") == raw
