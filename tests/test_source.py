import os
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from helpers import codes, document, one, pointed
from hypothesis import example, given
from hypothesis import strategies as st

from casebook import source
from casebook.document import Loc
from casebook.findings import Finding, Place
from casebook.source import DEEPEST, LARGEST


def refused(text: str | bytes, code: str) -> Finding:
    """Return the only finding of a file that gives no document."""
    raw = text.encode() if isinstance(text, str) else text
    made, findings = source.parse(raw, "t.yml")
    assert made is None
    return one(findings, code)


# what a value is


@pytest.mark.parametrize(
    "scalar",
    ["no", "yes", "on", "true", "12:30", "1.10", "1_000", "0x1F", "0o17", "1e3", ".inf", "2024-01-31", "<<", "="],
)
def test_a_scalar_stays_the_text_that_it_looks_like(scalar):
    assert document(f"a: {scalar}\nb: [{scalar}]\n").data == {"a": scalar, "b": [scalar]}


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL"])
def test_an_empty_value_and_null_are_none(nothing):
    assert document(f"a: {nothing}\nb: x\n").data == {"a": None, "b": "x"}


@pytest.mark.parametrize("quoted", ['""', "''", '"~"', "'null'"])
def test_a_quoted_scalar_is_text_whatever_it_holds(quoted):
    assert document(f"a: {quoted}\n").data == {"a": quoted[1:-1]}


def test_a_key_is_text_too():
    assert document("1: a\nno: b\n~: c\n").data == {"1": "a", "no": "b", "~": "c"}


def test_folded_text_is_joined_and_literal_text_keeps_its_lines():
    assert document("a: >-\n  one\n  two\nb: |\n  one\n  two\n").data == {"a": "one two", "b": "one\ntwo\n"}


def test_the_tag_of_plain_text_is_allowed():
    assert document("a: ! x\n").data == {"a": "x"}


@given(
    st.recursive(
        st.none()
        | st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"], exclude_characters="\ufeff")),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé ", min_size=1), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from([True, False, None]),
)
def test_what_another_program_writes_is_read_back(data, flow):
    text = yaml.safe_dump({"root": data}, allow_unicode=True, default_flow_style=flow, width=10**6)
    read = document(text)

    assert read.data == {"root": data}
    for loc, value in walk(read.data):
        if isinstance(value, str) and value.isalpha():
            place = read.value(loc)
            assert value in read.line(place.line)[place.column - 1 : place.column - 1 + place.width]


def walk(value: Any, loc: Loc = ()) -> Iterator[tuple[Loc, Any]]:
    yield loc, value
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(below, (*loc, key))


# where it stands

PLACED = """\
# a comment
title: Ünïcode title
list:
  - {from: a, to: "b c"}
  - 'it''s'
text: >-
  one
  two
"""


@pytest.mark.parametrize(
    ("loc", "place"),
    [
        (("title",), (2, 8, 13)),
        (("list", 0, "from"), (4, 12, 1)),
        (("list", 0, "to"), (4, 19, 5)),
        (("list", 0), (4, 5, 1)),
        (("list", 1), (5, 5, 7)),
        (("text",), (6, 7, 2)),
    ],
)
def test_a_value_has_the_place_where_it_is_written(loc, place):
    assert document(PLACED).value(loc) == Place("t.yml", *place)


@pytest.mark.parametrize(("loc", "place"), [(("title",), (2, 1, 5)), (("list", 0, "to"), (4, 15, 2))])
def test_a_key_has_the_place_where_it_is_written(loc, place):
    assert document(PLACED).key(loc) == Place("t.yml", *place)


@pytest.mark.parametrize(
    ("loc", "place"),
    [
        (("list", 0, "by"), (4, 5, 1)),
        (("list", 7), (3, 1, 4)),
        (("nothing",), (2, 1, 1)),
        (("title", "deep", "down"), (2, 1, 5)),
    ],
)
def test_what_is_missing_stands_at_the_nearest_part_above_it(loc, place):
    assert document(PLACED).value(loc) == Place("t.yml", *place)


@pytest.mark.parametrize(
    ("text", "column"),
    [("a: one two\n", 8), ('a: "one two"\n', 9), ("a: 'one two'\n", 9), ("- {a: one two}\n", 11)],
)
def test_characters_of_a_scalar_have_their_own_place(text, column):
    text = text if text.startswith("a") else f"x:\n{text}"
    loc: Loc = ("a",) if text.startswith("a") else ("x", 0, "a")
    place = document(text).within(loc, 4, 7)
    assert (place.column, place.width) == (column, 3)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: >-\n  one\n  two\n", (3, 3, 3)),
        ('a: "one\\ttwo"\n', (1, 10, 3)),
        ("a: |\n  one\n  two\nb: two\n", (3, 3, 3)),
    ],
)
def test_words_of_a_scalar_that_is_written_otherwise_are_found_where_they_stand_once(text, place):
    assert document(text).within(("a",), 4, 7) == Place("t.yml", *place)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("a: >-\n  one two\n  two\n", 4, 7),
        ('a: "one\\tt\\u0077o"\n', 4, 7),
        ("a: >-\n  one\n  two\n", 2, 6),
        ("a: >-\n  one\n  two\n", 3, 4),
    ],
)
def test_words_of_a_scalar_that_cannot_be_told_are_not_guessed(text, start, end):
    assert document(text).within(("a",), start, end) == document(text).value(("a",))


def test_line_ends_of_every_system_give_the_same_places():
    unix = document(PLACED)
    for end in ("\r\n", "\r"):
        other, findings = source.parse(PLACED.replace("\n", end).encode(), "t.yml")
        assert other is not None
        assert not findings
        assert other.data == unix.data
        assert other.lines == unix.lines
        assert other.value(("list", 0, "to")) == unix.value(("list", 0, "to"))


def test_a_byte_order_mark_is_no_part_of_the_first_key():
    read, findings = source.parse(b"\xef\xbb\xbftitle: x\n", "t.yml")
    assert not findings
    assert read is not None
    assert read.data == {"title": "x"}
    assert read.key(("title",)) == Place("t.yml", 1, 1, 5)


# what is refused


def test_a_key_that_stands_twice_is_refused_with_the_first_line_named():
    read, findings = source.parse(b"title: a\nx:\n  b: 1\n  b: 2\n", "t.yml")

    finding = one(findings, "C005")
    assert finding.place == Place("t.yml", 4, 3, 1)
    assert finding.note == "first on line 3"
    assert read is not None, "the rest of the record is still checked"
    assert read.data == {"title": "a", "x": {"b": "1"}}


def test_a_key_that_stands_three_times_is_refused_twice():
    _, findings = source.parse(b"a: 1\na: {a: 2}\na: [3]\n", "t.yml")
    assert codes(findings) == ["C005", "C005"]
    assert [finding.place.line for finding in findings] == [2, 3]


def test_the_same_key_in_two_mappings_is_no_repetition():
    assert document("a: {k: 1}\nb: {k: 1}\nc: [{k: 1}, {k: 1}]\n").data["b"] == {"k": "1"}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a: &x 1\n", "&x 1"),
        ("a: *x\n", "*x"),
        ("a: {<<: *x}\n", "*x"),
        ("a: !!python/object/apply:os.system [echo]\n", "!!python"),
        ("a: !!str 1\n", "!!str 1"),
        ("a: !own {b: 1}\n", "!own"),
        ("&x a: 1\n", "&x a"),
        ("? [a, b]\n: 1\n", "["),
        ("? {a: b}\n: 1\n", "{"),
        ("!!str a: 1\n", "!!str a"),
    ],
)
def test_anchors_aliases_tags_and_keys_that_are_no_words_are_refused(text, at):
    assert pointed(refused(text, "C004")).startswith(at)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor():
    layers = "".join(
        f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n"
        for below, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    finding = refused(f"a: &a [lol, lol]\n{layers}", "C004")
    assert (finding.place.line, finding.place.column) == (1, 4)


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "---\na: 1\n---\n", "a: 1\n...\nb: 2\n"])
def test_more_than_one_document_is_refused(text):
    refused(text, "C003")


def test_a_document_may_begin_with_its_marker():
    assert document("---\na: 1\n...\n").data == {"a": "1"}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~\n", "null\n"])
def test_an_empty_file_is_no_record(text):
    assert refused(text, "C006").what == "is empty"


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [("- a\n- b\n", "a list", 1), ("\n# so\nhello\n", "a lone text", 3), ("[]\n", "a list", 1)],
)
def test_a_list_or_a_lone_text_is_no_record(text, kind, line):
    finding = refused(text, "C006")
    assert kind in finding.what
    assert finding.place.line == line


@pytest.mark.parametrize(
    ("raw", "byte", "line", "column"),
    [
        (b"title: \xff\n", "0xff", 1, 8),
        (b"a: 1\nb: caf\xe9\n", "0xe9", 2, 7),
        ("é: 1\nü: ".encode() + b"\xff", "0xff", 2, 4),
        (b"\xef\xbb\xbfab: \xff\n", "0xff", 1, 5),
        (b"\xff\xfet\x00", "0xff", 1, 1),
        (b"ab: \xe2\x82", "0xe2", 1, 5),
    ],
)
def test_bytes_that_are_not_utf_8_are_shown_with_their_line_and_column(raw, byte, line, column):
    finding = refused(raw, "C001")
    assert byte in finding.what
    assert (finding.place.line, finding.place.column) == (line, column)


@pytest.mark.parametrize("letter", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\ufffe", "\ufeff"])
def test_a_character_that_no_text_holds_is_refused_where_it_stands(letter):
    for end in ("\n", "\r\n", "\r"):
        finding = refused(f"a: 1{end}bü: x{letter}y{end}", "C001")
        assert f"U+{ord(letter):04X}" in finding.what
        assert (finding.place.line, finding.place.column) == (2, 6)


@pytest.mark.parametrize(
    ("text", "line", "column", "fix"),
    [
        ("a: b: c\n", 1, 5, "quotes round a text that holds `: `"),
        ("a:\n\t- b\n", 2, 1, "YAML has no tabs"),
        ("a: @b\n", 1, 4, "begins with a special character"),
        ("a: [b\n", 1, 6, "brackets"),
        ('a: "b\n\n\n', 1, 6, "quotes"),
        ("a: 1\n b: 2\n", 2, 3, ""),
        ("a: 1\nb\n", 2, 2, ""),
    ],
)
def test_what_is_not_yaml_is_reported_alone_with_its_place_and_a_fix(text, line, column, fix):
    finding = refused(text, "C003")
    assert (finding.place.line, finding.place.column) == (line, column)
    assert finding.line == text.split("\n")[line - 1]
    assert fix in finding.fix


def test_nesting_is_allowed_to_its_limit_and_no_further():
    document("a: " + "[" * (DEEPEST - 1) + "x" + "]" * (DEEPEST - 1))
    refused("a: " + "[" * DEEPEST + "x" + "]" * DEEPEST, "C002")
    refused("a: " + "{b: " * DEEPEST + "x" + "}" * DEEPEST, "C002")


def test_very_deep_nesting_is_refused_like_any_other():
    refused("a: " + "[" * 100_000, "C002")
    refused("".join(" " * depth + "a:\n" for depth in range(200)), "C002")


# reading files


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_not(tmp_path):
    file = tmp_path / "t.yml"
    file.write_bytes(b"a: " + b"x" * (LARGEST - 3))
    assert source.read(file, "t.yml")[0] is not None

    file.write_bytes(b"a: " + b"x" * (LARGEST - 2))
    made, findings = source.read(file, "t.yml")
    assert made is None
    assert f"{LARGEST + 1:,}" in one(findings, "C002").what


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path):
    for path in (tmp_path, tmp_path / "gone.yml"):
        made, findings = source.read(path, "cases/x.yml")
        assert made is None
        assert one(findings, "C001").place.path == "cases/x.yml"


@pytest.mark.skipif(os.name == "nt", reason="names of that kind are not allowed there")
def test_the_name_in_findings_is_the_one_that_was_given(tmp_path):
    file = tmp_path / "odd\nname.yml"
    file.write_text("[", encoding="utf-8")
    assert source.read(file, "cases/shown.yml")[1][0].place.path == "cases/shown.yml"


# whatever comes in


def sound(raw: bytes):
    made, findings = source.parse(raw, "t.yml")
    assert made is not None or len(findings) == 1
    lines = raw.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in findings:
        place = finding.place
        assert 1 <= place.line <= len(lines)
        assert place.column >= 1
        assert place.width >= 1
        assert finding.line in ("", lines[place.line - 1].removeprefix("\ufeff"))
        assert finding.fix
    if made is not None:
        for loc, _ in walk(made.data):
            place = made.value(loc)
            assert 1 <= place.line <= len(made.lines)
            assert 1 <= place.column <= len(made.line(place.line)) + 1


@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
@example(b"\xef\xbb\xbf\xff")
def test_reading_any_bytes_gives_a_document_or_a_finding(raw):
    sound(raw)


@given(st.text(max_size=200))
def test_reading_any_text_gives_a_document_or_a_finding(text):
    sound(text.encode("utf-8", errors="surrogatepass"))


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "b: ",
                "- ",
                "[",
                "]",
                "{",
                "}",
                ",",
                ": ",
                "\n",
                "  ",
                "\t",
                '"',
                "'",
                "#",
                "&x",
                "*x",
                "!!str ",
                "|\n",
                ">-\n",
                "? ",
                "---\n",
                "...\n",
                "%YAML 1.2\n",
                "\\",
                "\\ud800",
                "<<",
                "~",
                "\r",
            ]
        ),
        max_size=30,
    )
)
def test_reading_any_mixture_of_yaml_gives_a_document_or_a_finding(parts):
    sound("".join(parts).encode())
