import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT, SAMPLE, changed, project, real, whole
from typer.testing import CliRunner, Result

from casebook import catalogue, cli, draw, layout, tree
from casebook.schema import KINDS
from casebook.spec import TRACKS


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    return project(tmp_path_factory.mktemp("sound"), catalogue.sample())


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> Path:
    return project(tmp_path_factory.mktemp("broken"), catalogue.broken(catalogue.get("C050")))


@pytest.fixture(scope="module")
def hinted(tmp_path_factory) -> Path:
    return project(tmp_path_factory.mktemp("hinted"), catalogue.broken(catalogue.get("C102")))


@pytest.fixture
def run(monkeypatch):
    """Return a function that runs a command in a folder and gives exit code and output."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def call(folder: Path, *arguments: str) -> Result:
        monkeypatch.chdir(folder)
        return CliRunner().invoke(cli.app, list(arguments), catch_exceptions=False)

    return call


def refused(done: Result, *words: str) -> None:
    """Misuse ends with 2 and says what is wrong and what to do, on standard error alone."""
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in whole(done.stderr)


# check


def test_check_ends_with_zero_where_nothing_is_found(run, sound):
    done = run(sound, "check")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "7 records checked: no findings\n", "")


def test_check_ends_with_one_and_shows_what_blocks(run, broken):
    done = run(broken, "check")
    assert done.exit_code == 1
    assert f"{SAMPLE}:70:33: error C050 " in done.stdout
    assert done.stdout.endswith("7 records checked: 1 error\n")


def test_check_ends_with_zero_on_a_hint_and_with_one_if_strict(run, hinted):
    assert run(hinted, "check").exit_code == 0
    assert "1 hint" in run(hinted, "check").stdout
    assert run(hinted, "check", "--strict").exit_code == 1


def test_check_works_from_a_folder_within_the_project(run, broken):
    assert run(broken / "cases/blocks", "check").exit_code == 1


def test_check_of_one_path_shows_its_findings_alone_and_checks_the_whole_library(run, broken):
    assert run(broken, "check", "cases/blocks").stdout == "4 records checked: no findings\n"
    assert run(broken, "check", SAMPLE).exit_code == 1
    assert run(broken / "cases", "check", "blocks", "feature-stores").exit_code == 1


def test_check_writes_json(run, broken):
    done = run(broken, "check", "--format", "json")
    assert done.exit_code == 1
    [row] = json.loads(done.stdout)
    assert (row["code"], row["path"], row["line"]) == ("C050", SAMPLE, 70)
    assert set(row) == {"code", "level", "path", "line", "column", "width", "message", "note", "fix", "mends"}


def test_check_annotates_for_github_if_asked_or_on_its_runners(run, broken, monkeypatch):
    asked = run(broken, "check", "--format", "github")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    told = run(broken, "check")
    assert told.stdout == asked.stdout
    [line] = [line for line in asked.stdout.split("\n") if line.startswith("::")]
    assert line.startswith(f"::error file={SAMPLE},line=70,col=33,")
    assert run(broken, "check", "--format", "text").stdout.count("::") == 0


def test_errors_are_annotated_before_hints(run, tmp_path):
    files = changed(("    - Show an arrival time on every parcel page.\n", "    - ''\n"))
    files["cases/blocks/page.yml"] = files["cases/blocks/page.yml"].split(b"\n", 1)[1]
    lines = run(project(tmp_path, files), "check", "--format", "github").stdout.split("\n")
    assert [line[:7] for line in lines if line.startswith("::")] == ["::error", "::notic"]


def test_a_check_of_what_is_known_from_before_says_the_same(run, tmp_path):
    base = project(tmp_path, catalogue.broken(catalogue.get("C050")))
    assert run(base, "check").stdout == run(base, "check").stdout
    (base / SAMPLE).write_bytes(catalogue.sample()[SAMPLE])
    assert run(base, "check").exit_code == 0


def test_text_that_looks_like_markup_or_an_emoji_is_printed_as_typed(run, tmp_path):
    line = "levle: ':b: [bold] [/] \\[x] :100:'"
    files = changed(("summary: An", "# a line\n" * 95 + "summary: An"), ("level: mid", line))
    said = run(project(tmp_path, files), "check").stdout
    assert f"{SAMPLE}:100:1: error C021" in said
    assert f"100 | {line}\n" in said


# check --fix

SLIPS = [
    ("level: mid\n", "\tlevel: mid\n"),
    ("minutes: 45\n", "minuts: 45\n"),
    ("from: predictor, to: store, does", "from: predictor, to: stroe, does"),
    ("range: [2, 10]", "range: [10, 2]"),
    ("    noticed: Age of the newest feature.\n", ""),
]


def test_fix_makes_every_mend_that_is_sure_and_says_what_it_did(run, tmp_path):
    base = project(tmp_path, changed(*SLIPS))
    done = run(base, "check", "--fix")
    assert (done.exit_code, done.stderr) == (0, "")
    told = done.stdout.split("\n")
    assert [line.split(":")[0] for line in told[:5]] == [f"mended {SAMPLE}"] * 5  # the tab hid the others
    assert "a tab stands in the indent" in told[0]
    assert done.stdout.endswith("7 records checked: no findings\n")
    text = (base / SAMPLE).read_text(encoding="utf-8")
    assert "    noticed: Event-time lag" in text
    assert (
        text.replace(text.split("    noticed: ")[1].split("\n")[0], "Age of the newest feature.")
        == catalogue.sample()[SAMPLE].decode()
    )
    assert run(base, "check", "--fix").stdout == "7 records checked: no findings\n"


def test_without_fix_no_file_changes_and_the_last_lines_say_what_it_could_do(run, tmp_path):
    files = changed(*SLIPS[1:])
    base = project(tmp_path, files)
    done = run(base, "check")
    assert done.exit_code == 1
    assert done.stdout.split("\n")[-3:] == ["casebook check --fix mends 2 of them", "7 records checked: 2 errors", ""]
    assert {path: (base / path).read_bytes() for path in files} == files


def test_fix_touches_the_files_that_are_shown_alone(run, tmp_path):
    files = changed(SLIPS[1])
    files["cases/blocks/page.yml"] = files["cases/blocks/page.yml"].replace(b"icon: ", b"icn: ")
    base = project(tmp_path, files)
    assert run(base, "check", "--fix", "cases/blocks").exit_code == 0
    assert (base / SAMPLE).read_bytes() == files[SAMPLE]
    assert b"\nicon: " in (base / "cases/blocks/page.yml").read_bytes()


def test_fix_leaves_hints_and_what_it_is_not_sure_of(run, tmp_path):
    files = changed(("level: mid", "level: excellent"), ("minutes: 45", "minutes: 500"))
    base = project(tmp_path, files)
    assert run(base, "check", "--fix").exit_code == 1
    assert (base / SAMPLE).read_bytes() == files[SAMPLE]
    (base / SAMPLE).write_bytes(catalogue.sample()[SAMPLE].split(b"\n", 1)[1])
    assert run(base, "check", "--fix").exit_code == 0
    assert b"yaml-language-server" not in (base / SAMPLE).read_bytes()


def test_fix_keeps_line_breaks_and_leaves_no_other_file(run, tmp_path):
    files = changed(SLIPS[2])
    files[SAMPLE] = files[SAMPLE].replace(b"\n", b"\r\n")
    base = project(tmp_path, files)
    assert run(base, "check", "--fix").exit_code == 0
    assert (base / SAMPLE).read_bytes() == catalogue.sample()[SAMPLE].replace(b"\n", b"\r\n")
    assert len(list((base / SAMPLE).parent.iterdir())) == 1


def test_what_fix_did_is_no_part_of_the_json(run, tmp_path):
    base = project(tmp_path, changed(SLIPS[1], ("level: mid", "level: excellent")))
    done = run(base, "check", "--fix", "--format", "json")
    assert [row["code"] for row in json.loads(done.stdout)] == ["C022"]
    assert f"mended {SAMPLE}:6" in done.stderr


# misuse


def test_a_folder_without_a_library_is_misuse(run, tmp_path):
    for command in ("check", "render", "build", "serve"):
        refused(run(tmp_path, command), "there is no `cases/` folder", "inside a clone")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "cases/nothing.yml"], ['"cases/nothing.yml" does not exist', "under cases/"]),
        (["check", "mkdocs.yml"], ['"mkdocs.yml" is not under cases/']),
        (["check", ".."], ['".." is not under cases/']),
        (["check", "[/x]"], ['"[/x]" does not exist']),
        (["check", "[bold]"], ['"[bold]" does not exist']),
        (["check", "--format", "xml"], ['"xml" is not a format', "text, json or github"]),
        (["explain", "C05O"], ['"C05O" is not a code', "try `casebook explain C0"]),
        (["explain", "nonsense"], ['"nonsense" is not a code', "codes run from C001"]),
        (["schema", "cases"], ['"cases" is not a kind of record', "case, block, tradeoff"]),
        (["serve", "feature-stores/parcel-arivals"], ["there is no case", "try feature-stores/parcel-arrival"]),
    ],
)
def test_misuse_says_what_is_wrong_and_what_to_do(run, sound, arguments, words):
    refused(run(sound, *arguments), *words)


@pytest.mark.parametrize("arguments", [["chek"], ["check", "--no-such-option"], ["explain"], ["serve", "--port", "x"]])
def test_an_unknown_command_or_option_is_misuse(run, sound, arguments):
    assert run(sound, *arguments).exit_code == 2


def test_without_a_command_the_help_is_shown(run, sound):
    done = run(sound)
    for command in ("check", "render", "build", "serve", "explain", "schema"):
        assert command in done.output


# explain


@pytest.mark.parametrize("code", catalogue.codes())
def test_explain_says_all_that_the_catalogue_knows_and_shows_the_example(run, sound, code):
    entry = catalogue.get(code)
    done = run(sound, "explain", code)
    assert done.exit_code == 0
    said = whole(done.stdout)
    for part in (f"{code} {entry.title}", f"({entry.level})", entry.why, entry.fix, f"{entry.level} {code} "):
        assert whole(part) in said


def test_a_code_may_be_typed_in_small_letters(run, sound):
    assert run(sound, "explain", "c050").stdout == run(sound, "explain", "C050").stdout


def test_explain_needs_no_library(run, tmp_path):
    assert run(tmp_path, "explain", "C001").exit_code == 0


# schema


@pytest.mark.parametrize("kind", KINDS)
def test_schema_prints_json(run, tmp_path, kind):
    done = run(tmp_path, "schema", kind)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["$id"] == f"{kind}.json"


def test_schema_writes_all_of_them_where_editors_look(run, tmp_path):
    base = project(tmp_path, catalogue.sample())
    assert run(base, "schema", "--write").exit_code == 0
    assert sorted(file.name for file in (base / "build/docs/schema").iterdir()) == sorted(
        f"{kind}.json" for kind in KINDS
    )


# export


def test_export_writes_the_decks_where_it_is_told_to(run, sound, tmp_path):
    done = run(sound, "export", "anki", "--to", str(tmp_path / "cards"))
    assert done.exit_code == 0
    assert sorted(file.name for file in (tmp_path / "cards").iterdir()) == [
        "casebook-feature-stores.apkg",
        "casebook.apkg",
    ]
    assert re.search(r"casebook\.apkg: \d+ notes", done.stdout)


def test_export_writes_nothing_of_a_broken_library(run, broken, tmp_path):
    done = run(broken, "export", "anki", "--to", str(tmp_path / "cards"))
    assert done.exit_code == 1
    assert "C050" in done.stdout
    assert not (tmp_path / "cards").exists()


# render


def test_render_says_what_it_wrote_and_then_that_nothing_changed(run, tmp_path):
    base = project(tmp_path, catalogue.sample())
    first, second = run(base, "render"), run(base, "render")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert re.search(r"build/docs: \d+ files, \d+ written, 0 removed", first.stdout)
    assert second.stdout == "7 records checked: no findings; nothing changed\n"


def test_render_of_a_broken_library_ends_with_one_and_leaves_what_was_there(run, tmp_path):
    base = project(tmp_path, catalogue.broken(catalogue.get("C050")))
    (base / "build/docs").mkdir(parents=True)
    (base / "build/docs/index.md").write_text("before", encoding="utf-8")
    done = run(base, "render")
    assert done.exit_code == 1
    assert "error C050" in done.stdout
    assert [file.name for file in (base / "build/docs").rglob("*")] == ["index.md"]


def test_a_diagram_that_cannot_be_drawn_ends_with_one_sentence(run, tmp_path, monkeypatch):
    def failing(*_):
        raise draw.DrawingError("no `dot` could draw it: [oops]. Install it")

    monkeypatch.setattr(tree, "render", failing)
    done = run(project(tmp_path, catalogue.sample()), "render")
    assert done.exit_code == 1
    assert "a diagram cannot be drawn: no `dot` could draw it: [oops]. Install it" in whole(done.stderr)


# as a program


def program(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-c", "from casebook.cli import main; main()", *arguments]
    return subprocess.run(
        call, cwd=folder, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **more}, check=False
    )


def test_the_program_checks_the_real_library_and_says_so():
    done = program(ROOT, "check", "--strict", GITHUB_ACTIONS="")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{len(real())} records checked: no findings\n"


def test_the_program_never_warns(sound):
    done = program(sound, "check", PYTHONWARNINGS="error", PYTHONDEVMODE="1")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_that_cannot_be_written_ends_with_one_sentence(tmp_path):
    base = project(tmp_path, catalogue.sample())
    (base / "build").write_text("a file where a folder should be", encoding="utf-8")
    done = program(base, "render")
    assert done.returncode == 1
    assert done.stderr.startswith("casebook: ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a limit stands for a full disk")
def test_a_full_disk_ends_with_one_sentence_and_leaves_no_pieces(tmp_path):
    base = project(tmp_path, catalogue.sample())
    program = f"{sys.executable} -c 'from casebook.cli import main; main()'"
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 8; exec {program} render"], cwd=base, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.fullmatch(r"casebook: File too large: \S+\n", done.stderr)
    assert [file for file in (base / "build/docs").rglob(".*") if file.is_file()] == []


# new, fmt


@pytest.mark.parametrize("track", TRACKS)
def test_new_writes_a_case_that_compiles_and_says_what_to_do_next(run, tmp_path, track):
    base = project(tmp_path, real())
    done = run(base, "new", track, "A case: begun “here”", "--level", "staff")
    assert done.exit_code == 0, done.output
    name = f"cases/{track}/a-case-begun-here"
    assert f"casebook check {name}.yml" in done.stdout
    checked = run(base, "check", f"{name}.yml")
    assert "1 record checked: no findings" in checked.stdout
    assert f"draft {track}/a-case-begun-here: ░░░░░░░░░ 0 of 9 parts; next `formulation`" in checked.stdout
    assert (base / f"{name}.yml").read_bytes() == layout.tidy((base / f"{name}.yml").read_bytes(), track)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["the track is missing"]),
        (["feature-store", "A title"], ['"feature-store" is not a track', "try feature-stores"]),
        (["pipelines"], ["the title is missing"]),
        (["pipelines", "Aa"], ["at least 3"]),
        (["pipelines", "…"], ["is not an id"]),
        (["pipelines", "A title", "--level", "boss"], ['"boss" is not a choice', "mid, senior, staff"]),
        (["pipelines", "A title", "--domain", "payment"], ['did you mean "payments"?']),
        (["feature-stores", "Parcel arrival", "--id", "parcel-arrival"], ["is there already"]),
        (["feature-stores", "A title", "--id", "../../x"], ["is not an id"]),
    ],
)
def test_new_refuses_what_would_be_no_case_and_writes_nothing(run, sound, arguments, words):
    before = sorted(sound.rglob("*.yml"))
    refused(run(sound, "new", *arguments), *words)
    assert sorted(sound.rglob("*.yml")) == before


def test_fmt_says_what_it_changed_and_then_has_nothing_to_do(run, tmp_path):
    base = project(
        tmp_path,
        changed(
            ("title: Parcel arrival times\nsummary:", "summary:"),
            ("domain: logistics\n", "domain: logistics\ntitle: Parcel arrival times\n"),
        ),
    )
    first = run(base, "fmt", "--check")
    assert (first.exit_code, "would change cases/feature-stores/parcel-arrival.yml" in first.stdout) == (1, True)
    assert "changed cases/feature-stores/parcel-arrival.yml" in run(base, "fmt").stdout
    assert run(base, "fmt", "--check").exit_code == 0
    assert run(base, "check").stdout == "7 records checked: no findings\n"


def test_schema_check_tells_whether_editors_look_at_what_holds(run, tmp_path):
    base = project(tmp_path, catalogue.sample())
    assert run(base, "schema", "--check").exit_code == 1
    assert run(base, "schema", "--write").exit_code == 0
    assert run(base, "schema", "--check").exit_code == 0
