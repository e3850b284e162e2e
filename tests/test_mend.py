import re

import pytest
from helpers import SAMPLE, changed, found, one, pointed
from hypothesis import given
from hypothesis import strategies as st

from casebook import catalogue, examples, mend, source
from casebook.findings import Finding, Mend, Place

TEXT = "one: a\ntwo: b\nthree: c\n"


def finding(*mends: Mend) -> Finding:
    return Finding("C021", Place("x.yml", mends[0].line, 1), "is wrong", mends=mends)


def test_an_edit_replaces_so_many_characters_from_a_line_and_column():
    assert mend.apply(TEXT, [Mend(2, 6, 1, "beta")]) == "one: a\ntwo: beta\nthree: c\n"


def test_the_last_edit_is_made_first_so_that_places_stay_true():
    edits = [Mend(1, 1, 3, "eins"), Mend(1, 6, 1, "A"), Mend(3, 8, 1, "C")]
    assert mend.apply(TEXT, edits) == mend.apply(TEXT, edits[::-1]) == "eins: A\ntwo: b\nthree: C\n"


def test_a_line_is_put_in_and_another_deleted():
    assert mend.apply(TEXT, [Mend(2, 1, 0, "new: x\n")]) == "one: a\nnew: x\ntwo: b\nthree: c\n"
    assert mend.apply(TEXT, [mend.cut(TEXT.split("\n"), 1, 2)]) == "one: a\nthree: c\n"


def test_what_is_put_in_at_one_place_stands_in_the_order_given():
    assert mend.apply("b", [Mend(1, 1, 0, "1"), Mend(1, 1, 0, "2"), Mend(1, 1, 1, "c")]) == "12c"


def test_one_edit_given_twice_is_made_once():
    assert mend.apply(TEXT, [Mend(1, 1, 0, "x")] * 2) == "x" + TEXT


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_breaks_stay_what_they_are(newline):
    text = TEXT.replace("\n", newline)
    assert mend.apply(text, [Mend(3, 1, 5, "drei")]) == text.replace("three", "drei")
    assert mend.apply(text, [mend.cut(TEXT.split("\n"), 0, 2)]) == f"three: c{newline}"


@given(
    st.text("ab\n\r"),
    st.lists(st.builds(Mend, st.integers(1, 9), st.integers(1, 9), st.just(0), st.just("+")), max_size=4),
)
def test_what_is_only_put_in_takes_nothing_away(text, mends):
    assert mend.apply(text, mends).replace("+", "") == mend.apply(text, [])


def test_edits_that_cut_into_each_other_are_not_made_at_once():
    first, second, third = finding(Mend(1, 1, 6, "x")), finding(Mend(1, 6, 1, "y")), finding(Mend(2, 1, 3, "z"))
    assert mend.together(TEXT, [first, second, third]) == [first, third]
    assert mend.together(TEXT, [second, first]) == [second]


def test_a_finding_is_mended_whole_or_not_at_all():
    pair = finding(Mend(1, 6, 1, "x"), Mend(3, 8, 1, "y"))
    assert mend.together(TEXT, [finding(Mend(3, 1, 8, "")), pair]) == [finding(Mend(3, 1, 8, ""))]


@pytest.mark.parametrize(
    ("line", "column", "width", "made"),
    [
        ("to: stroe, does", 5, 5, "to: store, does"),
        ('to: "stroe", does', 5, 7, 'to: "store", does'),
        ("to: 'stroe'", 5, 7, "to: 'store'"),
        ("to: the stroe", 5, 9, None),
        ('to: "str\\x6fe"', 5, 11, None),
    ],
)
def test_a_name_takes_the_place_of_another_where_just_that_stands_there(line, column, width, made):
    edits = mend.swap(Place("x.yml", 1, column, width), line, "stroe", "store")
    assert (mend.apply(line, edits) if edits else None) == made


def test_a_limit_that_begins_with_a_sign_of_yaml_comes_in_quotes():
    assert mend.swap(Place("x.yml", 1, 8, 6), "limit: => 5 s", "=> 5 s", ">= 5 s")[0].text == '">= 5 s"'


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        (["a: x", "b: y"], 1),
        (["a:", "  - x", "", "b: y"], 2),
        (["a:", "- x", "- y", "b: y"], 3),
        (["a: >-", "  one", "", "  two", "# a remark", "b: y"], 4),
        (["a:", "  b:", "    c: x"], 3),
    ],
)
def test_a_key_ends_where_nothing_is_further_in(lines, after):
    assert mend.extent(lines, 0, 0) == after


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Plain words", "Plain words"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("With: a colon", '"With: a colon"'),
        ("ends with:", '"ends with:"'),
        ("a # remark", '"a # remark"'),
        (">= 5 s", '">= 5 s"'),
        ("- dash", '"- dash"'),
        ('a "word"', 'a "word"'),
        ("", '""'),
        ("*kept*", '"*kept*"'),
        ("two\nlines", '"two\\nlines"'),
    ],
)
def test_a_text_is_written_plain_where_it_may_be(text, made):
    assert mend.scalar(text) == made


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=12), st.booleans())
def test_what_is_written_is_read_again(text, flow):
    written = mend.scalar(text, flow)
    document, findings = source.parse((f"{{k: {written}}}" if flow else f"k: {written}").encode(), "x.yml")
    if text not in ("~", "null", "Null", "NULL"):
        assert document is not None, findings
        assert document.data == {"k": text}


# what findings propose, each in the sample

MENDS = [
    ("    store: {block: store", "    stroe: {block: store", "    store: {block: store"),
    ("groups: {online: Page path", "groups: {onlin: Page path", "groups: {online: Page path"),
    ("  peak_views: {formula", "  peak_view: {formula", "  peak_views: {formula"),
    ("component: scans", "component: scns", "component: scans"),
    ("limit: <= 64 GB", "limit: ≤ 64 GB", "limit: <= 64 GB"),
    ("limit: <= 64 GB", "limit: =< 64 GB", "limit: <= 64 GB"),
    ("limit: <= 64 GB", "limit: => 1 GB", 'limit: ">= 1 GB"'),
    ("formula: parcels * bytes", "formula: parcels × bytes", "formula: parcels * bytes"),
    ("value: 500 B/item", "value: 500 B per item", "value: 500 B/item"),
    ("value: 20 million item", "value: 20 Milion item", "value: 20 million item"),
    ("value: 20 million item", "value: 20,000,000 item", "value: 20000000 item"),
    ("title: Parcel arrival times", "title: |-\n  Parcel\n  arrival times", "title: >-\n  Parcel\n  arrival times"),
    ("    - Show an arrival time on every parcel page.", "    - Show: an arrival time.", '    - "Show: an arrival time."'),
    ("prompt: Design the", "prompt: Design: the", None),
    ("split: By day.", "split: [By day.]", "split: By day."),
    ("split: By day.", "split:\n    - By day.", "split:\n    By day."),
    ("slices: [Rural routes]", "slices: Rural routes", "slices:\n    - Rural routes"),
    ("{p50: 1 ms, p99: 8 ms}", "{p50: -1 ms, p99: 8 ms}", "{p50: 1 ms, p99: 8 ms}"),
    ("    pick: one\n", "    pick: many\n", "    pick: one\n"),
    ("range: [2, 10]", "range: [10, 2]", "range: [2, 10]"),
    ("from: predictor, to: store, does", "from: store, to: predictor, does", "from: predictor, to: store, does"),
    ("level: mid", "level: &level mid", "level: mid"),
    ("level: mid", "level: !word mid", "level: mid"),
    ("level: mid", "\tlevel: mid", "level: mid"),
    ("level: mid", "  level: mid", "level: mid"),
    ("    noticed: Age", "       noticed: Age", "    noticed: Age"),
    ("    range: [2 million", "   range: [2 million", "    range: [2 million"),
    ("  split: By day.", "split: By day.", "  split: By day."),
    ("  task: Predict", "\ttask: Predict", "  task: Predict"),
    ("level: mid", "level mid", "level: mid"),
    ("level: mid", "level:mid", "level: mid"),
    ("level: mid", 'level: "mid', 'level: "mid"'),
    ("level: mid", 'level: mid"', None),
    ("slices: [Rural routes]", "slices: [Rural routes", "slices: [Rural routes]"),
    ("slices: [Rural routes]", "slices: [Rural routes]]", "slices: [Rural routes]"),
    ("level: mid", "level: mid\nlevel: senior", "level: mid"),
    ("{p50: 1 ms, p99: 8 ms}", "{p50: 1 ms, p99: 8 ms, p50: 2 ms}", "{p50: 1 ms, p99: 8 ms}"),
    ("  label_delay: Two days at the median.\n", "", "  label_delay: Half within three weeks, nearly all within 90 days.\n"),
    ('as_of: "2025"', "as_of: 31.12.2025", "as_of: 2025-12-31"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "mended"), MENDS, ids=[repr(new)[:50] for _, new, _ in MENDS])
def test_a_mend_leaves_what_was_meant(old, new, mended):
    text = changed((old, new))[SAMPLE].decode()
    first = next(finding for finding in found((old, new)) if finding.mends)
    made = mend.apply(text, first.mends)
    if mended is not None:
        assert made == changed((old, mended))[SAMPLE].decode()
    assert made != text


def test_who_indents_with_tabs_has_all_of_them_mended_at_once():
    text = re.sub(
        "^( +)", lambda lead: "\t" * (len(lead[0]) // 2), catalogue.sample()[SAMPLE].decode(), flags=re.MULTILINE
    )
    finding = one(examples.findings({**catalogue.sample(), SAMPLE: text.encode()}), "C003")
    assert pointed(finding) == "\t"
    assert mend.apply(text, finding.mends) == catalogue.sample()[SAMPLE].decode()


def test_of_several_slips_each_is_mended_in_turn():
    text = changed(("level: mid\n", "level: mid: senior\n"), ("  split: By day.", "\tsplit: By day."), ("slices: [Rural routes]", "slices: [Rural routes"))[SAMPLE].decode()  # fmt: skip
    seen = []
    while finding := next(iter(examples.findings({**catalogue.sample(), SAMPLE: text.encode()})), None):
        if finding.code != "C003":
            break
        seen.append(finding.place[1:3])
        text = mend.apply(text, finding.mends)
    assert seen == [(5, 11), (80, 1), (90, 11)]
    assert finding is not None
    assert finding.code == "C022"  # what was meant by two words, nobody knows


def test_a_tab_is_named_as_one_where_nothing_makes_the_file_sound():
    finding = one(found(("level: mid\n", "level: mid\n[\n \tx: y\n")), "C003")
    assert (finding.what, pointed(finding), finding.mends) == ("is not YAML: a tab stands in the indent", "\t", ())


def test_a_key_that_became_text_is_shown_where_it_is():
    finding = one(found(("    response: Fall back to the route's median.\n    component: scans", "    response: >-\n      Fall back.\n      component: scans")), "C027")  # fmt: skip
    assert pointed(finding) == "component:"
    lacking = one(found(("    breaks: Features grow old.\n    noticed: Age", "    breaks: >-\n      Features grow old.\n      noticed: Age")), "C020")  # fmt: skip
    assert pointed(lacking) == "noticed: Age of the newest feature."


def test_a_missing_part_goes_where_the_spec_has_it_in_lines_and_in_braces():
    first = one(found(("    noticed: Age of the newest feature.\n", "")), "C020").mends[0]
    assert (first.line, first.text) == (
        100,
        "    noticed: Event-time lag of the job; mean of a counter against yesterday.\n",
    )
    last = one(found((", action: Show the route's median.}", "}")), "C020").mends[0]
    assert last.text.startswith(", action: Page the on-call")


@pytest.mark.parametrize(
    ("gone", "put"),
    [
        ("title: Parcel arrival times\n", "title: Parcel arrival\n"),
        ("      label: Arrival model\n", "      label: Predictor\n"),
        ("      title: Show an arrival time\n", "      title: Predict\n"),
        ("    title: The week before Christmas\n", "    title: Christmas\n"),
    ],
)
def test_a_title_or_a_label_that_is_missing_is_made_of_the_id(gone, put):
    mended = one(found((gone, "")), "C020").mends
    assert mend.apply(changed((gone, ""))[SAMPLE].decode(), mended) == changed((gone, put))[SAMPLE].decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      block: predictor\n", ""),
        ("views * peak_factor, unit: request/s,", "views * peak_factor,"),
        ("{value: 64 GB, range", "{range"),
        ("measure: store_size, limit: <= 64 GB", "measure: store_size"),
    ],
)
def test_what_hangs_on_other_parts_of_the_record_is_not_made_up(old, new):
    assert one(found((old, new)), "C020").mends == ()
