"""What git knows of the library: what changed, what was published, who wrote what."""

import html
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers import SAMPLE, checked, project
from typer.testing import CliRunner

from casebook import catalogue, cli, gathered, git, history, pages, stamp, tree, works
from casebook.store import Store

SAMPLES = catalogue.sample()
SPARE = "cases/blocks/spare.yml"
SPARE_TEXT = catalogue.broken(catalogue.get("C102"))[SPARE]
DRAFT = SAMPLES[SAMPLE].replace(b"level: mid", b"level: mid\nstatus: draft").replace(b"title: ", b"title: Draft of ")
STUB = b"# yaml-language-server: $schema=../../build/docs/schema/moved.json\nmoved_to: blocks/store\n"


class Repository:
    """A clone with a project in it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.changes = 0

    def git(self, *arguments: str, who: str = "Ada") -> str:
        given = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in
                 (("NAME", who), ("EMAIL", f"{who.split()[0]}@example.org"), ("DATE", "2026-01-02T03:04:05Z"))}  # fmt: skip
        call = ["git", "-c", "commit.gpgsign=false", *arguments]
        done = subprocess.run(call, cwd=self.base, env={**os.environ, **given}, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def write(self, path: str, raw: bytes) -> None:
        (self.base / path).parent.mkdir(parents=True, exist_ok=True)
        (self.base / path).write_bytes(raw)

    def commit(self, who: str = "Ada") -> str:
        """Commit what there is, as somebody; return the commit."""
        self.changes += 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", f"Change {self.changes}", who=who)
        return self.git("rev-parse", "HEAD")


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """Return a repository whose first commit on `main` is the sample library, on a branch of its own."""
    repository = Repository(project(tmp_path_factory.mktemp("first") / "here", SAMPLES))
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.write(".gitignore", b"/build/\n/docs\n")
    repository.write("cases/feature-stores/a-draft.yml", DRAFT)
    repository.write(SPARE, SPARE_TEXT)
    repository.commit()
    repository.git("switch", "--quiet", "--create", "work")
    return repository.base


@pytest.fixture
def plain(tmp_path, monkeypatch) -> Path:
    """Return a project that no git knows."""
    for name in ("GITHUB_BASE_REF", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return project(tmp_path / "plain", SAMPLES)


@pytest.fixture
def here(plain, first, tmp_path) -> Repository:
    """Return a clone of one's own of the first commit."""
    shutil.copytree(first, tmp_path / "here", symlinks=True)
    return Repository(tmp_path / "here")


@pytest.fixture
def check(here, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(here.base)
    return lambda *arguments: CliRunner().invoke(cli.app, ["check", *arguments], catch_exceptions=False)


# where changes are counted from


def test_changes_are_counted_from_where_the_branch_left_main(here):
    left = here.git("rev-parse", "main")
    here.commit()
    here.git("switch", "--quiet", "main")
    here.commit()
    here.git("switch", "--quiet", "work")
    assert history.start(here.base) == left != here.git("rev-parse", "main")


def test_a_remote_main_comes_before_the_one_at_hand(here):
    first = here.git("rev-parse", "HEAD")
    here.git("update-ref", "refs/remotes/origin/main", first)
    here.git("branch", "--force", "main", here.commit())
    assert history.start(here.base) == first


def test_the_base_of_a_pull_request_comes_before_main(here, monkeypatch):
    here.git("update-ref", "refs/remotes/origin/release", here.commit())
    here.commit()
    assert history.start(here.base) == here.git("rev-parse", "main")
    monkeypatch.setenv("GITHUB_BASE_REF", "release")
    assert history.start(here.base) == here.git("rev-parse", "origin/release")


def test_a_branch_that_is_named_is_the_only_one_that_counts(here):
    middle = here.commit()
    here.git("branch", "other")
    here.commit()
    assert history.start(here.base, "other") == middle
    assert history.start(here.base, "nothing") == ""


def test_a_name_that_looks_like_an_option_is_no_branch(here, monkeypatch):
    assert history.start(here.base, "--octopus") == ""
    monkeypatch.setenv("GITHUB_BASE_REF", "--all")
    assert history.start(here.base) == here.git("rev-parse", "main")


def test_without_git_there_is_no_start_and_nobody(plain, here, monkeypatch):
    monkeypatch.setattr(git.shutil, "which", lambda _: None)
    assert history.start(here.base) == ""
    assert history.authors(here.base) == {}


def test_outside_of_a_repository_there_is_no_start_and_nobody(plain):
    assert history.start(plain) == ""
    assert history.authors(plain) == {}


# what changed


def test_a_change_counts_whether_it_is_committed_staged_on_disk_or_new(here):
    start = history.start(here.base)
    assert history.changed(here.base, start) == []
    here.write("cases/blocks/page.yml", SAMPLES["cases/blocks/page.yml"] + b"# committed\n")
    here.commit()
    here.write("cases/blocks/store.yml", SAMPLES["cases/blocks/store.yml"] + b"# staged\n")
    here.git("add", "cases")
    here.write(SAMPLE, SAMPLES[SAMPLE] + b"# on disk\n")
    here.write("cases/blocks/new.yml", b"new")
    (here.base / SPARE).unlink()
    found = [path.relative_to(here.base).as_posix() for path in history.changed(here.base, start)]
    assert found == ["cases/blocks/new.yml", "cases/blocks/page.yml", SPARE, "cases/blocks/store.yml", SAMPLE]


def test_what_changed_elsewhere_or_is_ignored_does_not_count(here):
    start = history.start(here.base)
    here.write("mkdocs.yml", b"other")
    here.write(".gitignore", b"/cases/blocks/mine.yml\n")
    here.write("cases/blocks/mine.yml", b"mine")
    assert history.changed(here.base, start) == []


def test_a_file_with_any_name_is_named_whole(here):
    start = history.start(here.base)
    here.write("cases/blocks/a b\u00e9\"'.yml", b"x")
    assert history.changed(here.base, start) == [here.base / "cases/blocks/a b\u00e9\"'.yml"]


def test_a_project_below_the_root_of_its_repository_sees_its_own_files(here):
    here.git("mv", "cases", "inner-cases")
    (here.base / "inner").mkdir()
    here.git("mv", "inner-cases", "inner/cases")
    here.commit()
    inner = here.base / "inner"
    start = here.git("rev-parse", "HEAD")
    here.write("inner/cases/blocks/page.yml", b"other")
    here.write("inner/cases/blocks/new.yml", b"new")
    assert history.changed(inner, start) == [inner / "cases/blocks/new.yml", inner / "cases/blocks/page.yml"]


# what was published


def test_a_record_that_is_gone_was_published_unless_it_was_a_draft(here):
    start = history.start(here.base)
    assert history.published(here.base, start) == []
    (here.base / SPARE).unlink()
    (here.base / "cases/feature-stores/a-draft.yml").unlink()
    assert history.published(here.base, start) == ["blocks/spare"]
    here.commit()
    assert history.published(here.base, start) == ["blocks/spare"]


def test_a_record_that_was_renamed_is_gone_from_its_place(here):
    start = history.start(here.base)
    here.git("mv", SPARE, "cases/blocks/other.yml")
    assert history.published(here.base, start) == ["blocks/spare"]


def test_what_was_no_record_was_not_published(here):
    here.write("cases/README.md", b"x")
    here.write("cases/blocks/notes.txt", b"x")
    here.write("cases/elsewhere/x.yml", b"x")
    start = here.commit()
    for name in ("cases/README.md", "cases/blocks/notes.txt", "cases/elsewhere/x.yml"):
        (here.base / name).unlink()
    assert history.published(here.base, start) == []


# who wrote it


def test_who_wrote_a_file_is_named_by_commits_most_first(here):
    for who, times in (("Bob", 2), ("Cay", 3), ("Abe", 2)):
        for time in range(times):
            here.write(SPARE, SPARE_TEXT + f"# {who} {time}\n".encode())
            here.commit(who)
    assert history.authors(here.base)[SPARE] == ["Cay", "Abe", "Bob", "Ada"]
    assert history.authors(here.base)[SAMPLE] == ["Ada"]


def test_a_merge_writes_nothing(here):
    here.write("cases/blocks/page.yml", SAMPLES["cases/blocks/page.yml"] + b"# x\n")
    here.commit("Bob")
    here.git("switch", "--quiet", "main")
    here.write("cases/blocks/store.yml", SAMPLES["cases/blocks/store.yml"] + b"# x\n")
    here.commit("Cay")
    here.git("merge", "--quiet", "--no-edit", "work", who="Merger")
    assert "Merger" not in {name for names in history.authors(here.base).values() for name in names}


def test_names_are_as_the_mailmap_has_them(here):
    here.write(".mailmap", b"Ada Lovelace <ada@example.org> <Ada@example.org>\n")
    assert history.authors(here.base)[SAMPLE] == ["Ada Lovelace"]


def test_a_name_is_shown_without_what_does_not_print(here):
    here.write(SPARE, SPARE_TEXT + b"# x\n")
    here.commit("Eve\x01cases/blocks/page.yml \u202eevil  \x1b[2J")
    assert history.authors(here.base)[SPARE] == ["Ada", "Evecases/blocks/page.yml evil [2J"]
    assert history.authors(here.base)["cases/blocks/page.yml"] == ["Ada"]


def test_a_shallow_clone_names_nobody(here, tmp_path):
    here.write(SPARE, SPARE_TEXT + b"# x\n")
    here.commit("Bob")
    here.git("clone", "--quiet", "--depth", "1", f"file://{here.base}", str(tmp_path / "shallow"))
    assert history.authors(here.base)[SPARE] == ["Ada", "Bob"]
    assert history.authors(tmp_path / "shallow") == {}


# on the pages


@pytest.mark.parametrize(
    ("authors", "said"),
    [
        ([], ""),
        (["Ada"], "Ada"),
        (["Ada", "Bob"], "Ada and Bob"),
        (["Ada", "Bob", "Cay"], "Ada, Bob and Cay"),
        ([f"N{number}" for number in range(12)], "N0, N1, N2, N3, N4, N5, N6, N7, N8, N9 and 2 more"),
    ],
)
def test_names_stand_in_one_phrase(authors, said):
    assert pages.credit(authors) == said


PAGES = {
    "cases/feature-stores/parcel-arrival": SAMPLE,
    "blocks/store": "cases/blocks/store.yml",
    "tradeoffs/one-or-many": "cases/tradeoffs/one-or-many.yml",
}


def rendered(base: Path, store: Store | None = None) -> dict[str, str]:
    tree.render(checked(SAMPLES), base, store)
    return {name: (base / f"build/docs/{name}/index.md").read_text(encoding="utf-8") for name in PAGES}


def test_every_record_says_at_its_foot_who_wrote_it(here):
    for name, page in rendered(here.base).items():
        assert page.endswith('\n\n<p class="authors" data-search-exclude>Written by Ada.</p>\n'), name


def test_without_git_there_is_no_such_line(plain):
    for page in rendered(plain).values():
        assert "Written by" not in page


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7*7 }}", "**x** `y` [z](//z)", '" onclick="x&#64;'])
def test_a_name_stays_text(name):
    library = checked(SAMPLES)
    case, block, tradeoff = (library.entries[path[6:-4]] for path in PAGES.values())
    for page in (
        pages.case(case, pages.Names.of(library), [name]),
        gathered.block(block, library, [name]),
        gathered.tradeoff(tradeoff, library, [name]),
    ):
        [line] = [line for line in page.split("\n") if "Written by" in line]
        said = line.removeprefix('<p class="authors" data-search-exclude>Written by ').removesuffix(".</p>")
        assert not set(said) & set('<>{}"')
        assert html.unescape(said) == name


def test_a_page_from_the_store_names_who_wrote_it_since(here, tmp_path):
    store = Store(tmp_path / "store")
    first = rendered(here.base, store)
    here.write(SAMPLE, SAMPLES[SAMPLE] + b"# x\n")
    here.commit("Bob")
    here.write(SAMPLE, SAMPLES[SAMPLE])
    here.commit("Bob")  # the same content as before: only its history differs
    assert "Written by Bob and Ada.</p>" in rendered(here.base, store)["cases/feature-stores/parcel-arrival"]
    here.git("reset", "--quiet", "--hard", "HEAD~2")
    assert rendered(here.base, store) == first


def test_two_renders_of_one_commit_are_the_same_bytes(here, tmp_path):
    here.write(SPARE, SPARE_TEXT + b"# x\n")
    here.commit("Bob")
    here.git("clone", "--quiet", str(here.base), str(tmp_path / "other"))
    (tmp_path / "other/docs").symlink_to(here.base / "docs")
    kept = Store(tmp_path / "store")
    assert rendered(here.base) == rendered(tmp_path / "other") == rendered(here.base, kept) == rendered(here.base, kept)


def test_who_wrote_it_makes_no_drawing_anew(here, tmp_path):
    entry = checked(SAMPLES).entries["feature-stores/parcel-arrival"]
    table = works.bench(checked(SAMPLES), here.base / "docs", tmp_path / "pictures")
    credited = tree.replace(table, authors={SAMPLE: ["Ada"]})
    assert table.seal("page", entry) != credited.seal("page", entry)
    for kind in ("drawn", "downloads"):
        assert table.seal(kind, entry) == credited.seal(kind, entry)


def test_a_commit_that_changes_no_file_is_a_change_to_the_stamp(here):
    stamp.keep(here.base, None, "all well")
    assert stamp.unchanged(here.base, None) == "all well"
    here.commit("Bob")
    assert stamp.unchanged(here.base, None) is None


# casebook check --changed


def test_a_check_of_what_changed_shows_its_findings_alone(check, here):
    assert check("--changed").stdout == "0 records checked: no findings\n"
    here.write("cases/blocks/page.yml", SAMPLES["cases/blocks/page.yml"].split(b"\n", 1)[1])
    done = check("--changed")
    assert done.exit_code == 0
    assert "cases/blocks/page.yml:1:1: hint C111" in done.stdout
    assert "C102" not in done.stdout
    assert done.stdout.endswith("1 record checked: 1 hint\n")
    assert "C102" in check().stdout


def test_a_published_record_that_goes_without_a_stub_is_an_error_and_with_one_is_not(check, here):
    (here.base / SPARE).unlink()
    done = check("--changed")
    assert done.exit_code == 1
    assert f"{SPARE}:1:1: error C106" in done.stdout
    here.commit()
    assert check("--changed").exit_code == 1
    here.write(SPARE, STUB)
    done = check("--changed")
    assert (done.exit_code, done.stdout) == (0, "1 record checked: no findings\n")


def test_a_draft_may_go(check, here):
    (here.base / "cases/feature-stores/a-draft.yml").unlink()
    assert check("--changed").exit_code == 0


def test_a_check_counts_from_the_commit_that_it_is_told(check, here):
    here.write("cases/blocks/page.yml", SAMPLES["cases/blocks/page.yml"] + b"# x\n")
    here.commit()
    assert check("--changed").stdout.startswith("1 record checked")
    assert check("--changed", "--since", "HEAD").stdout.startswith("0 records checked")


def test_a_check_of_what_changed_may_be_narrowed_to_a_folder(check, here):
    here.write("cases/blocks/page.yml", SAMPLES["cases/blocks/page.yml"].split(b"\n", 1)[1])
    assert "C111" not in check("--changed", "cases/tradeoffs").stdout
    assert "C111" in check("--changed", "cases/blocks").stdout


def test_a_branch_that_git_does_not_know_is_misuse(check, here):
    done = check("--changed", "--since", "nothing")
    assert (done.exit_code, done.stdout) == (2, "")
    assert 'git knows no "nothing" here' in done.stderr


def test_without_git_a_check_of_what_changed_is_misuse_and_one_of_all_is_not(plain, monkeypatch):
    monkeypatch.chdir(plain)
    done = CliRunner().invoke(cli.app, ["check", "--changed"])
    assert done.exit_code == 2
    assert "git knows no main branch here" in done.stderr
    assert CliRunner().invoke(cli.app, ["check"]).exit_code == 0


def test_annotations_begin_with_what_the_change_brought(check, here, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    here.write("cases/tradeoffs/ready-or-asked.yml", SAMPLES["cases/tradeoffs/ready-or-asked.yml"].split(b"\n", 1)[1])
    lines = [line for line in check("--format", "github").stdout.split("\n") if line.startswith("::")]
    assert [line.split(",")[0] for line in lines] == [
        "::notice file=cases/tradeoffs/ready-or-asked.yml",
        f"::notice file={SPARE}",
    ]
    assert "hint C111" in (tmp_path / "summary").read_text(encoding="utf-8")
