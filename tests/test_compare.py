"""What a change does, as a reviewer reads it."""

import json
import re

import pytest
from helpers import SAMPLE, changed, checked, project, whole
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from casebook import catalogue, cli, text
from casebook.compare import compare

KEY = "feature-stores/parcel-arrival"
SITE, PREVIEW = "https://site.example", "https://site.example/pr/7/"
CAME = SAMPLE.replace("parcel-arrival", "parcel-return")
STUB = b"# yaml-language-server: $schema=../../build/docs/schema/moved.json\nmoved_to: feature-stores/parcel-return\n"
SAMPLES = catalogue.sample()


def told(*changes: tuple[str, str], file: str = SAMPLE, **more: str) -> str:
    """Return what is said of a change of the sample library."""
    return compare(checked(SAMPLES), checked(changed(*changes, file=file)), **more)


def between(before: dict[str, bytes], after: dict[str, bytes], **more: str) -> str:
    return compare(checked(before), checked(after), **more)


def renamed() -> dict[str, bytes]:
    return {name: raw for name, raw in SAMPLES.items() if name != SAMPLE} | {CAME: SAMPLES[SAMPLE]}


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


# records


def test_the_same_library_differs_in_nothing():
    assert told() == "## What this changes\n\nNo record differs.\n"


def test_a_comment_or_the_order_of_keys_is_no_change():
    assert "No record differs." in told(
        ("domain: logistics\nlevel: mid\n", "# a word\nlevel: mid\ndomain: logistics\n")
    )


def test_a_case_that_came_is_named_with_its_link_and_picture():
    said = between({name: raw for name, raw in SAMPLES.items() if name != SAMPLE}, SAMPLES, preview=PREVIEW)
    assert f"- Came: [`{KEY}`](https://site.example/pr/7/cases/{KEY}/) `Parcel arrival times`\n" in said
    assert f"![after](https://site.example/pr/7/assets/diagrams/{KEY}.png)" in said
    assert "![before]" not in said


def test_a_block_that_went_is_named_and_so_is_what_it_leaves_behind():
    spare = catalogue.broken(catalogue.get("C102"))
    assert between(spare, SAMPLES) == "## What this changes\n\n- Went: `blocks/spare` `Spare part`\n"
    after = {name: raw for name, raw in SAMPLES.items() if "tradeoffs/one-or-many" not in name}
    said = between(SAMPLES, after)
    assert "- Went: `tradeoffs/one-or-many` `" in said
    assert f"{SAMPLE}:" in said, "a finding in a file that did not change, but that the change has brought"
    assert "error C080" in said


def test_a_draft_is_called_one():
    draft = changed(("level: mid", "level: mid\nstatus: draft"))
    assert f"- Came: `{KEY}` `Parcel arrival times` (draft)\n" in between({}, draft)
    assert "Status: `draft`, now `published`." in between(draft, SAMPLES)


def test_a_record_that_moved_is_compared_with_what_it_was():
    after = renamed() | {SAMPLE: STUB}
    after[CAME] = after[CAME].replace(b"value: 20 million item", b"value: 40 million item")
    said = between(SAMPLES, after, site=SITE)
    assert f"- Moved: `{KEY}` to `feature-stores/parcel-return` `Parcel arrival times`\n" in said
    assert "- Came" not in said
    assert "- Went" not in said
    assert "| `parcels` | `20 million item` | `40 million item` | × 2 |" in said


def test_a_record_that_only_moved_has_not_changed():
    assert "- Changed" not in between(SAMPLES, renamed() | {SAMPLE: STUB})


def test_a_record_that_lost_its_errors_or_got_some_is_not_compared_by_numbers():
    broken = changed(("prompt: Design", "promt: Design"))
    for before, after, when in ((SAMPLES, broken, "now"), (broken, SAMPLES, "before")):
        assert f"It has errors {when}, so that its numbers cannot be compared." in between(before, after)
    assert "error C021" in between(SAMPLES, broken)
    assert "No record differs." in between(broken, broken)


def test_more_records_than_a_reader_looks_at_are_counted():
    many = {
        f"cases/feature-stores/case-{number}.yml": SAMPLES[SAMPLE].replace(
            b"title: Parcel", b"title: %d Parcel" % number
        )
        for number in range(60)
    }
    said = between(SAMPLES, {**SAMPLES, **many})
    assert said.count("- Came: `feature-stores/case-") == 50
    assert "- Came: and 10 more\n" in said


# numbers


def test_every_number_that_changed_is_shown_before_and_after_and_no_other():
    said = told(("value: 60 million request/day", "value: 66 million request/day"))
    rows = re.findall(r"^\| `(\w+)` \| `(.+?)` \| `(.+?)` \| (.+?) \|$", said, re.MULTILINE)
    assert rows == [
        ("views", "60 million request/day", "66 million request/day", "+10 %"),
        ("peak_views", "2,780 request/s", "3,060 request/s", "+10 %"),
        ("servers", "12 replica", "13 replica", "+8.3 %"),
        ("reads_per_write", "2.4", "2.64", "+10 %"),
    ]


def test_a_number_that_changed_a_little_is_shown_with_as_many_digits_as_tell():
    said = told(("value: 60 million request/day", "value: 60.001 million request/day"))
    assert "| `views` | `60 million request/day` | `60.001 million request/day` | +0.0017 % |" in said


def test_a_formula_in_another_order_gives_the_same_number():
    assert "| `" not in told(("formula: views * peak_factor", "formula: peak_factor * views"))


def test_what_the_order_of_a_sum_makes_of_a_number_is_no_change():
    case = ("formula: views * peak_factor", "formula: views / 17 * peak_factor * 17")
    after = checked(changed(case))
    values = [library.entries[KEY].numbers.values["peak_views"] for library in (checked(SAMPLES), after)]
    assert values[0] != values[1]
    assert "| `" not in compare(checked(SAMPLES), after)


def test_a_number_shown_in_another_unit_of_its_kind_has_not_changed():
    assert "`store_size`" not in told(("unit: GB, why: Decides", "unit: MB, why: Decides"))


@pytest.mark.parametrize(
    ("value", "by"),
    [("120 million", "× 2"), ("30 million", "÷ 2"), ("61 million", "+1.7 %"), ("59 million", "−1.7 %"), ("0", "")],
)
def test_by_how_much_a_number_changed_is_a_share_or_a_multiple(value, by):
    assert f"request/day` | {by} |" in told(("value: 60 million request/day", f"value: {value} request/day"))


def test_a_number_that_is_new_or_gone_says_so():
    said = told(
        ("  servers:", "  looks: {formula: views, unit: request/hour, why: Shown.}\n  servers:"),
    )
    assert "| `looks` | new | `2.5 million request/hour` | |" in said
    renamed = changed()[SAMPLE].replace(b"travel_time", b"time_on_the_way")
    said = between(SAMPLES, {**SAMPLES, SAMPLE: renamed})
    assert "| `time_on_the_way` | new | `2 day` | |" in said
    assert "| `travel_time` | `2 day` | gone | |" in said


def test_a_number_that_cannot_be_computed_has_no_value():
    said = told(("formula: views * peak_factor", "formula: views * peak_factr"))
    assert "| `peak_views` | `2,780 request/s` | no value | |" in said
    assert "| `page-latency` |" not in said


def test_a_number_of_another_kind_says_so():
    said = told(("formula: parcels * bytes_per_parcel, unit: GB", "formula: parcels, unit: item"))
    assert "| `store_size` | `10 GB` | `20 million item` | another unit |" in said


def test_a_figure_of_a_block_that_changed_is_shown():
    files = changed(file="cases/blocks/store.yml")
    found = re.search(rb"value: (.+?)[,\n}]", files["cases/blocks/store.yml"])
    after = {**files, "cases/blocks/store.yml": files["cases/blocks/store.yml"].replace(found[1], b"77 ms", 1)}
    assert re.search(rf"- `.+`: `{found[1].decode()}`, now `77 ms`", between(SAMPLES, after))


# requirements and decisions


def test_a_requirement_that_is_missed_now_stands_with_its_figure_and_limit():
    said = told(("latency: {p50: 4 ms, p99: 15 ms}", "latency: {p50: 4 ms, p99: 70 ms}"))
    assert "| `page-latency` | met: `23 ms`, limit `<= 50 ms` | **missed**: `78 ms`, limit `<= 50 ms` |" in said
    assert "`store-size`" not in said
    assert "error C071" in said


def test_a_requirement_that_is_met_as_before_is_left_out():
    assert "Requirements" not in told(("latency: {p50: 4 ms, p99: 15 ms}", "latency: {p50: 4 ms, p99: 20 ms}"))


def test_a_requirement_that_is_new_or_gone_says_so():
    said = told(("id: store-size", "id: one-node"))
    assert "| `one-node` | new | met: `10 GB`, limit `<= 64 GB` |" in said
    assert "| `store-size` | met: `10 GB`, limit `<= 64 GB` | gone |" in said


def test_a_decision_whose_pick_turned_is_said_with_where_it_flips():
    said = told(
        ("value: 10 event/item", "value: 29 event/item"), ("pick: ready\n    because", "pick: asked\n    because")
    )
    assert "- Decision `ready-or-asked`: picked `ready`, **now picks** `asked`\n" in said
    assert (
        "- Decision `ready-or-asked`, along `peak_factor`: no flip, now `asked` flips to `ready` at `4.833`\n" in said
    )
    assert "one-or-many" not in said


def test_a_decision_picks_what_its_rule_picks():
    said = told(("value: 10 event/item", "value: 29 event/item"))
    assert "- Decision `ready-or-asked`: picked `ready`, **now picks** `asked`\n" in said
    assert "error C083" in said


def test_a_second_decision_about_the_same_question_is_counted():
    said = told(("about: one-or-many", "about: ready-or-asked"))
    assert "- Decision `ready-or-asked (2)`: new, picks `one`\n" in said
    assert "- Decision `ready-or-asked`:" not in said


def test_flip_points_that_are_the_same_to_the_exactness_of_the_search_are_left_out():
    said = told(
        ("range: [6 million request/day, 600 million request/day]", "range: [7 million request/day, 590 million request/day]")
    )  # fmt: skip
    assert "flips" not in said


def test_a_decision_that_is_new_says_what_it_picks():
    text_ = SAMPLES[SAMPLE].decode()
    start, end = text_.index("  - about: one-or-many"), text_.index("variants:")
    less = {**SAMPLES, SAMPLE: (text_[:start] + text_[end:]).encode()}
    assert "- Decision `one-or-many`: new, picks `one`\n" in between(less, SAMPLES)
    assert "- Decision `one-or-many`: gone, picks `one`\n" in between(SAMPLES, less)


# diagrams


def test_a_diagram_that_changed_has_a_picture_before_and_after():
    said = told(("label: Scan job", "label: Depot scans"), site=SITE, preview=PREVIEW)
    assert f"![before](https://site.example/assets/diagrams/{KEY}.png)\n" in said
    assert f"![after](https://site.example/pr/7/assets/diagrams/{KEY}.png)\n" in said


def test_a_box_that_came_is_named():
    said = told(
        ("  flows:\n", "    depot: {block: page, label: The depot, does: Asks too.}\n  flows:\n"),
        ("        - {from: scans", "        - {from: depot, to: scans, does: Scans a parcel}\n        - {from: scans"),
    )
    assert "The diagram has changed: came `The depot`.\n" in said


def test_what_only_a_screen_reader_tells_or_a_number_is_no_change_of_the_picture():
    for old, new in (
        ("does: Turns scans into features.", "does: Makes features of scans."),
        ("does: Asks for the parcel}", "does: Asks about the parcel}"),
        ("title: Parcel arrival times", "title: Parcel arrival hours"),
    ):
        assert "Its texts alone differ" in told((old, new), site=SITE, preview=PREVIEW)
    assert "diagram has changed" not in told(("value: 60 million request/day", "value: 66 million request/day"))


def test_a_diagram_whose_block_changed_its_icon_has_changed():
    said = told(("icon: store", "icon: model"), file="cases/blocks/store.yml", site=SITE)
    assert f"- Changed: `{KEY}`" in said
    assert "![before](" in said


def test_a_draft_has_no_picture_from_before():
    draft = changed(("level: mid", "level: mid\nstatus: draft"))
    after = {**draft, SAMPLE: draft[SAMPLE].replace(b"label: Scan job", b"label: Depot scans")}
    assert "![before]" not in between(draft, after, site=SITE, preview=PREVIEW)
    assert "![after]" in between(draft, after, site=SITE, preview=PREVIEW)


def test_a_diagram_that_cannot_be_drawn_is_left_out():
    said = told(("from: scans, to: store", "from: scans, to: stor"), site=SITE, preview=PREVIEW)
    assert "error C050" in said
    assert "![" not in said


# findings and texts of strangers


def test_findings_of_other_files_that_were_there_before_are_left_out():
    hinted = catalogue.broken(catalogue.get("C102"))
    both = {**hinted, SAMPLE: changed(("label: Scan job", "label: Depot scans"))[SAMPLE]}
    assert "C102" not in between(hinted, both)
    assert "C102" in between(SAMPLES, both)


def test_findings_stand_with_errors_first():
    modeline = "# yaml-language-server: $schema=../../build/docs/schema/case.json\n"
    said = told((modeline, ""), ("from: scans, to: store", "from: scans, to: stor"))
    assert "### Findings: 1 record checked: 1 error, 1 hint\n" in said
    assert said.index("error C050") < said.index("hint C111")


HOSTILE = [
    "@everyone see #1 and www.example.com",
    "<script>alert(1)</script> ![x](//x)",
    "**bold** `code` | cell \\| other",
    "a ``` b | c",
    "&lt;b&gt; &#64;me",
    "</code><img src=x>",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_text_of_a_record_stays_text(title):
    after = {
        **SAMPLES,
        SAMPLE: SAMPLES[SAMPLE].replace(b"title: Parcel arrival times", f"title: {json.dumps(title)}".encode()),
    }
    shown = html(compare(checked({}), checked(after)))
    item = next(line for line in shown.split("\n") if KEY in line)
    inside = re.findall(r"<code>(.*?)</code>", item)
    assert inside[1].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&") == title
    assert not re.search(r"<(script|img|strong|b)\b", shown)
    assert not re.search(r"@|#\d", re.sub(r"<code>.*?</code>", "", shown))


@pytest.mark.parametrize("said", HOSTILE)
def test_a_text_in_a_cell_stays_in_its_cell(said):
    row = html(f"| a | b |\n| --- | --- |\n| {text.code(said)} | x |\n")
    assert row.count("<td>") == 2
    assert "<td>x</td>" in row


def test_what_is_too_long_for_a_comment_is_left_out_part_by_part():
    many = {
        f"cases/feature-stores/case-{number}.yml": SAMPLES[SAMPLE].replace(
            b"title: Parcel", b"title: %d Parcel" % number
        )
        for number in range(20)
    }
    after = {name: raw.replace(b"value: 20 million item", b"value: 40 million item") for name, raw in many.items()}
    before, after = checked({**SAMPLES, **many}), checked({**SAMPLES, **after})
    whole, cut = compare(before, after), compare(before, after, longest=5000)
    assert len(cut) <= 5000 < len(whole)
    assert re.search(r"\n\d+ parts are left out here; `casebook compare` prints all\.\n$", cut)
    assert cut.count("```") % 2 == 0


# the command


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that compares a folder with a project in which a number changed."""
    base = project(tmp_path / "after", changed(("value: 20 million item", "value: 40 million item")))
    project(tmp_path / "before", SAMPLES)
    monkeypatch.chdir(base)
    return lambda *arguments: CliRunner().invoke(cli.app, ["compare", *arguments], catch_exceptions=False)


@pytest.mark.parametrize("folder", ["../before", "../before/cases"])
def test_the_command_prints_what_changed_against_a_clone_or_its_records(run, folder):
    done = run(folder)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "| `parcels` | `20 million item` | `40 million item` | × 2 |" in done.stdout


def test_the_folder_to_compare_with_may_have_any_name(run, tmp_path):
    hinted = catalogue.broken(catalogue.get("C102"))["cases/blocks/spare.yml"]
    for folder in ("before", "after"):
        (tmp_path / folder / "cases/blocks/spare.yml").write_bytes(hinted)
    (tmp_path / "before/cases").rename(tmp_path / "old")
    assert "C102" not in run("../old").stdout


def test_the_command_takes_the_addresses_of_both_sites_and_the_length_of_a_comment(run, tmp_path):
    file = tmp_path / "after" / SAMPLE
    file.write_bytes(file.read_bytes().replace(b"label: Scan job", b"label: Depot scans"))
    said = run("../before", "--site", SITE, "--preview", PREVIEW).stdout
    assert "![before](https://site.example/assets" in said
    assert "![after](https://site.example/pr/7/assets" in said
    assert "1 part is left out" in run("../before", "--longest", "300").stdout


def test_the_command_notices_a_published_record_that_went_without_a_stub_and_a_draft_that_may(run, tmp_path):
    spare = catalogue.broken(catalogue.get("C102"))["cases/blocks/spare.yml"]
    (tmp_path / "before/cases/blocks/spare.yml").write_bytes(spare)
    assert "error C106" in run("../before").stdout
    (tmp_path / "before/cases/blocks/spare.yml").unlink()
    draft = SAMPLES[SAMPLE].replace(b"level: mid", b"level: mid\nstatus: draft").replace(b"title: ", b"title: My ")
    (tmp_path / "before/cases/feature-stores/mine.yml").write_bytes(draft)
    said = run("../before").stdout
    assert "- Went: `feature-stores/mine`" in said
    assert "C106" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["../nothing"], '"../nothing" is not a folder'),
        (["mkdocs.yml"], '"mkdocs.yml" is not a folder'),
        (["../before", "--preview", "javascript:x"], '"javascript:x" is not an address'),
        (["../before", "--site", "https://x.example/) [y](z"], "is not an address"),
    ],
)
def test_the_command_says_what_is_wrong_with_what_it_was_given(run, arguments, words):
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in whole(done.stderr)
