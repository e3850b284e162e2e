import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from casebook import report
from casebook.findings import Finding, Place

FINDING = Finding(
    "C050",
    Place("cases/blocks/x.yml", 94, 17, 12),
    'flow "decide" goes to "online-sotre", which is not a component',
    "          - {to: online-sotre, does: Reads 300 features}",
    'did you mean "online-store"?',
    "use the id of a component",
)


def at(line: str, column: int, width: int = 1, **more: str) -> Finding:
    return Finding("C050", Place("x.yml", 7, column, width), "is wrong", line, **more)


def drawn(finding: Finding) -> tuple[str, str]:
    """Return the line of source that is shown, and the line with the caret below it."""
    rows = report.text(finding).split("\n")
    return rows[2].partition("| ")[2], rows[3].partition("| ")[2]


def test_a_finding_shows_place_code_line_caret_note_fix_and_where_to_read_more():
    assert report.text(FINDING).split("\n") == [
        'cases/blocks/x.yml:94:17: error C050 flow "decide" goes to "online-sotre", which is not a component',
        "   |",
        "94 |           - {to: online-sotre, does: Reads 300 features}",
        '   |                 ^^^^^^^^^^^^ did you mean "online-store"?',
        "   = fix: use the id of a component",
        "   = more: casebook explain C050",
    ]


def test_a_finding_without_a_line_shows_none():
    assert report.text(Finding("C111", Place("x.yml", 1, 1), "says nothing", note="so it is", fix="say it")).split(
        "\n"
    ) == [
        "x.yml:1:1: hint C111 says nothing",
        "   = note: so it is",
        "   = fix: say it",
        "   = more: casebook explain C111",
    ]


def test_the_caret_stands_under_what_is_meant():
    shown, caret = drawn(at("a: wrong # right", 4, 5))
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "wrong"


def test_a_caret_is_never_missing():
    assert drawn(at("a:", 3, 1))[1] == "  ^"
    assert drawn(at("a", 1, 0))[1] == "^"


def test_a_tab_takes_one_column():
    assert drawn(at("\ta: wrong", 5, 5)) == (" a: wrong", "    ^^^^^")


@pytest.mark.parametrize(
    ("before", "marked"), [("名前: ", "値段"), ("é: ", "né"), ("🙂: ", "🙂🙂"), ("e\u0301: ", "x")]
)
def test_wide_characters_move_the_caret_by_their_width(before, marked):
    _, caret = drawn(at(f"{before}{marked} # rest", len(before) + 1, len(marked)))
    assert caret == " " * cell_len(before) + "^" * cell_len(marked)


@pytest.mark.parametrize("start", [1, 20, 60, 200, 500, 995])
def test_a_long_line_is_cut_round_the_caret(start):
    line = "".join(chr(ord("a") + index % 26) for index in range(1000))
    shown, caret = drawn(at(line, start, 5))
    assert len(shown) <= report.SHOWN + 2
    assert shown[caret.index("^") : caret.rindex("^") + 1] == line[start - 1 : start + 4]
    assert shown.startswith("…") == (start > 31)
    assert shown.endswith("…") == (start < 900)


def test_a_caret_is_cut_where_its_line_is():
    shown, caret = drawn(at("x" * 500, 11, 480))
    assert len(caret) <= len(shown)


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=300),
    st.integers(1, 320),
    st.integers(1, 50),
)
def test_any_line_and_any_place_in_it_can_be_shown(line, column, width):
    finding = at(line, column, width)
    rows = report.text(finding).split("\n")
    assert all("\n" not in row for row in rows)
    if line.strip():
        assert "^" in rows[3]


# colour

MARKED = st.lists(st.sampled_from([*"[]/\\ab ", "[bold]", "[/]", "[/bold]", "\\[", ":100:", ":b:", "[link=x]"])).map(
    "".join
)


@given(MARKED, MARKED, MARKED)
def test_in_colour_a_finding_says_the_same(path, line, fix):
    finding = Finding("C050", Place(path, 100, 1, 3), line, line, path, fix)
    page = io.StringIO()
    Console(
        file=page, force_terminal=True, color_system="truecolor", highlight=False, soft_wrap=True, emoji=False
    ).print(report.coloured(finding))
    said = re.sub(r"\x1b\[[\d;]*m", "", page.getvalue())
    assert "\x1b[" in page.getvalue()
    assert said == report.text(finding) + "\n"


# what a stranger wrote

HOSTILE = "a\nb\x1b[31mc\rd\u202ee\u2028f\x9bg\udcffh"


def test_no_character_of_a_finding_begins_a_line_or_moves_the_cursor():
    finding = Finding("C007", Place(HOSTILE, 1, 1), HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    said = report.text(finding) + report.annotation(finding) + report.as_json([finding])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ud800-\udfff]", said)
    assert len(report.text(finding).split("\n")) == 6
    assert said.encode()


# annotations


def test_an_annotation_names_file_line_columns_and_says_what_to_do():
    assert report.annotation(FINDING) == (
        "::error file=cases/blocks/x.yml,line=94,col=17,endColumn=29,title=C050 A flow or a failure names a component that is not there"
        '::flow "decide" goes to "online-sotre", which is not a component. did you mean "online-store"?. Fix: use the id of a component'
    )


def test_a_hint_is_annotated_as_a_notice():
    assert report.annotation(Finding("C111", Place("x.yml", 1, 1), "w")).startswith("::notice file=x.yml,")


def test_an_annotation_is_escaped():
    said = report.annotation(Finding("C050", Place("a,b:c%.yml", 1, 1), "100 %: a, b", fix="x"))
    assert "file=a%2Cb%3Ac%25.yml," in said
    assert said.endswith("::100 %25: a, b. Fix: x")


@given(st.text(max_size=40), st.text(max_size=40))
def test_an_annotation_is_one_line_and_one_command(path, what):
    said = report.annotation(Finding("C050", Place(path, 1, 1), what))
    assert "\n" not in said
    assert "\r" not in said
    properties = said.split("::")[1]
    assert properties.count(",") == 4
    assert properties.count(":") == 0


# JSON and the last line


def test_json_holds_every_part_of_a_finding():
    assert json.loads(report.as_json([FINDING])) == [
        {
            "code": "C050",
            "level": "error",
            "path": "cases/blocks/x.yml",
            "line": 94,
            "column": 17,
            "width": 12,
            "message": FINDING.what,
            "note": FINDING.note,
            "fix": FINDING.fix,
            "mends": [],
        }
    ]
    assert json.loads(report.as_json([])) == []


@pytest.mark.parametrize(
    ("codes", "records", "said"),
    [
        ([], 41, "41 records checked: no findings"),
        ([], 1, "1 record checked: no findings"),
        (["C050"], 2, "2 records checked: 1 error"),
        (["C050", "C051", "C111"], 2, "2 records checked: 2 errors, 1 hint"),
        (["C111", "C111"], 2, "2 records checked: 2 hints"),
    ],
)
def test_the_last_line_counts_what_was_found(codes, records, said):
    assert report.summary([Finding(code, Place("x", 1, 1), "") for code in codes], records) == said
