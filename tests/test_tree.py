import json
import os
import re
from pathlib import Path

import pytest
from helpers import ROOT, changed, checked, project, real, real_library

from casebook import catalogue, disk, handwritten, library, stamp, tree, works
from casebook.facts import facts as facts_of
from casebook.library import Library
from casebook.store import Store

SAMPLE_PAGE = "build/docs/cases/feature-stores/parcel-arrival"


def sample(**changes: bytes) -> Library:
    return checked({**catalogue.sample(), **changes})


def files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


# one folder


def test_sync_writes_every_file_and_counts_them(tmp_path):
    assert disk.sync(tmp_path / "new", {"a.md": b"a", "deep/er/b.md": b"b"}) == (2, 0)
    assert files(tmp_path / "new") == {"a.md": b"a", "deep/er/b.md": b"b"}


def test_sync_writes_what_changed_and_nothing_else(tmp_path):
    disk.sync(tmp_path, {"a": b"1", "b": b"1", "c": b"1"})
    before = {name: (tmp_path / name).stat() for name in "abc"}
    assert disk.sync(tmp_path, {"a": b"1", "b": b"2", "c": b"11"}) == (2, 0)
    assert files(tmp_path) == {"a": b"1", "b": b"2", "c": b"11"}
    assert (tmp_path / "a").stat().st_mtime_ns == before["a"].st_mtime_ns
    assert (tmp_path / "a").stat().st_ino == before["a"].st_ino


def test_sync_removes_what_went_and_the_folders_that_it_leaves_empty(tmp_path):
    disk.sync(tmp_path, {"a": b"1", "deep/er/b": b"1", "deep/c": b"1"})
    (tmp_path / "stray").write_text("x", encoding="utf-8")
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    assert disk.sync(tmp_path, {"a": b"1", "deep/c": b"1"}) == (0, 3)
    assert files(tmp_path) == {"a": b"1", "deep/c": b"1"}
    assert not (tmp_path / "deep/er").exists()


def test_sync_leaves_what_comes_later(tmp_path):
    disk.sync(tmp_path, {"a": b"1", "picture": b"1", "gone": b"1"})
    assert disk.sync(tmp_path, {"a": b"1"}, later={"picture"}) == (0, 1)
    assert files(tmp_path) == {"a": b"1", "picture": b"1"}


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/etc/out"])
def test_sync_writes_nothing_at_all_if_a_name_would_leave_the_folder(name, tmp_path):
    with pytest.raises(ValueError, match="would leave"):
        disk.sync(tmp_path / "in", {"a": b"1", name: b"1"})
    assert files(tmp_path) == {}


def test_a_file_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    disk.sync(tmp_path, {"a": b"old"})

    def broken(self: Path, target: Path) -> None:
        raise OSError("full")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="full"):
        disk.sync(tmp_path, {"a": b"new"})
    assert (tmp_path / "a").read_bytes() == b"old"


def test_what_a_killed_run_left_is_cleared_away(tmp_path):
    (tmp_path / ".a.md.4711").write_bytes(b"half")
    assert disk.sync(tmp_path, {"a.md": b"1"}) == (1, 1)
    assert files(tmp_path) == {"a.md": b"1"}


# a render


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """Return a project of the sample that has been rendered."""
    folder = project(tmp_path_factory.mktemp("project"), catalogue.sample())
    tree.render(sample(), folder, Store(folder / "build/.cache/store")).later()
    return folder


def test_a_render_makes_a_page_for_every_record_and_a_drawing_for_every_case(base):
    made = files(base / "build")
    for name in ("cases/feature-stores/parcel-arrival", "blocks/page", "tradeoffs/one-or-many"):
        assert any(page.startswith(f"docs/{name}") and page.endswith(".md") for page in made)
    for name in (
        "cases/index.md",
        "blocks/index.md",
        "tradeoffs/index.md",
        "contribute/fields.md",
        "assets/icons.svg",
        "schema/case.json",
    ):
        assert f"docs/{name}" in made
    assert made["docs/assets/diagrams/feature-stores/parcel-arrival.svg"].startswith(b"<?xml")
    assert made["docs/assets/diagrams/feature-stores/parcel-arrival.png"].startswith(b"\x89PNG")
    assert "theme/figures/feature-stores/parcel-arrival.html" in made
    assert "theme/main.html" in made


def test_an_outcome_counts_the_files_that_are_there(base):
    done = tree.render(sample(), base, Store(base / "build/.cache/store"))
    assert done.files == len(files(base / "build/docs")) + len(files(base / "build/theme"))


@pytest.mark.parametrize("kept", [True, False])
def test_a_second_render_writes_nothing(base, kept):
    before = files(base / "build/docs")
    done = tree.render(sample(), base, Store(base / "build/.cache/store") if kept else None)
    done.later()
    assert (done.written, done.removed) == (0, 0)
    assert files(base / "build/docs") == before


def test_a_change_of_one_text_rewrites_the_pages_that_show_it_and_no_other(base):
    before = files(base / "build/docs")
    done = tree.render(checked(changed(("title: Parcel arrival times", "title: Parcel arrival hours"))), base)
    after = files(base / "build/docs")
    differ = {name for name in before if before[name] != after.get(name)}
    tree.render(sample(), base)
    assert before.keys() == after.keys()
    assert done.written >= len(differ) > 0
    assert any("parcel-arrival" in name for name in differ)
    assert not any(name.startswith(("contribute/", "schema/")) for name in differ)
    assert files(base / "build/docs") == before


def test_a_record_that_goes_takes_its_pages_along(base):
    spare = catalogue.broken(catalogue.get("C102"))
    tree.render(checked(spare), base)
    there = [name for name in files(base / "build/docs") if name.startswith("blocks/spare")]
    tree.render(sample(), base)
    assert there
    assert not any((base / "build/docs" / name).exists() for name in there)


def test_every_page_says_which_file_it_is_made_from(base):
    for name, raw in files(base / "build/docs").items():
        if name.endswith(".md"):
            head = raw.decode().split("---\n")[1]
            assert "\nsource: " in "\n" + head or "index.md" in name, name


def test_a_render_of_one_case_leaves_the_others_out(tmp_path):
    base = project(tmp_path, {})
    key = "deployment/llm-chat-serving"
    tree.render(real_library(), base, only=key).later()
    drawn = {name.removesuffix(".html") for name in files(base / "build/theme/figures") if "thumbnails" not in name}
    by_hand = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "docs").rglob("*.md"))
    assert key in drawn
    assert all(name == key or name in by_hand for name in drawn)


def test_facts_hold_the_numbers_of_every_case():
    facts = facts_of(real_library(), 2026)
    assert facts["counts"]["cases"] == len(facts["cases"]) == len(real_library().cases())
    assert facts["counts"]["checks"] == len(catalogue.codes())
    for key, case in facts["cases"].items():
        record = real_library().entries[key].record
        assert set(case["numbers"]) == {*record.assumptions, *record.estimates}
    json.dumps(facts)


# the stamp


@pytest.fixture
def stamped(tmp_path) -> Path:
    base = project(tmp_path, catalogue.sample())
    (base / "docs").unlink()
    disk.sync(base / "docs", {"index.md": b"# Home", "overrides/main.html": b"x"})
    disk.sync(base / "build/docs", {"index.md": b"# Home"})
    disk.sync(base / "build/theme", {"main.html": b"x"})
    stamp.keep(base, None, "6 records checked: no findings")
    return base


def test_nothing_changed_is_known_by_what_was_said(stamped):
    assert stamp.unchanged(stamped, None) == "6 records checked: no findings"


@pytest.mark.parametrize(
    "name",
    [
        "cases/blocks/page.yml",
        "docs/index.md",
        "docs/overrides/main.html",
        "build/docs/index.md",
        "build/theme/main.html",
    ],
)
def test_a_stamp_notices_a_file_that_changed_came_or_went(stamped, name):
    file = stamped / name
    content, times = file.read_bytes(), file.stat()

    file.write_bytes(content + b"\n")
    assert stamp.unchanged(stamped, None) is None

    file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert stamp.unchanged(stamped, None) is not None, "the same size and time is the same file"

    file.write_bytes(content[::-1])
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns + 1000))
    assert stamp.unchanged(stamped, None) is None, "the same size at another time is another file"
    file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    fresh = file.with_name("fresh.yml")
    fresh.write_bytes(b"x")
    assert stamp.unchanged(stamped, None) is None
    fresh.unlink()

    file.unlink()
    assert stamp.unchanged(stamped, None) is None


def test_a_stamp_is_of_one_case_or_of_all(stamped):
    assert stamp.unchanged(stamped, "feature-stores/parcel-arrival") is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"state": 1}', "null", "{"])
def test_a_stamp_that_cannot_be_read_is_none(stamped, content):
    (stamped / "build/.cache/stamp.json").write_text(content, encoding="utf-8")
    assert stamp.unchanged(stamped, None) is None


# the store


def test_a_store_gives_back_what_was_put(tmp_path):
    store = Store(tmp_path)
    digest = Store.digest(b"key")
    assert not store.has("check", digest)
    assert store.get("check", digest) is None
    store.put("check", digest, {"a": 1})
    assert store.has("check", digest)
    assert store.get("check", digest) == {"a": 1}
    assert store.get("drawn", digest) is None


def test_a_torn_file_of_a_store_is_the_same_as_none(tmp_path):
    store = Store(tmp_path)
    digest = Store.digest(b"key")
    store.put("check", digest, list(range(1000)))
    [file] = [file for file in tmp_path.rglob("*") if file.is_file()]
    file.write_bytes(file.read_bytes()[:100])
    assert store.get("check", digest) is None


def test_digests_keep_their_parts_apart():
    assert Store.digest(b"ab", b"c") != Store.digest(b"a", b"bc") != Store.digest(b"abc")


def test_what_another_version_of_the_code_left_is_pruned(tmp_path):
    store = Store(tmp_path)
    store.put("check", "x", 1)
    (tmp_path / "older/check").mkdir(parents=True)
    (tmp_path / "older/check/x").write_bytes(b"old")
    store.prune()
    assert [folder.name for folder in tmp_path.iterdir()] == [store.root.name]
    assert store.get("check", "x") == 1


def test_a_store_that_cannot_be_written_costs_nothing_but_time(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    store = Store(tmp_path / "file/below")
    store.put("check", "x", 1)
    assert store.get("check", "x") is None
    store.prune()


def test_checking_with_a_store_finds_the_same_as_without(tmp_path):
    base = project(tmp_path, {**real(), **catalogue.broken(catalogue.get("C050"))})
    icons = ["client"]
    store = Store(tmp_path / "store")
    first = library.load(base / "cases", icons, store).findings
    assert first
    assert library.load(base / "cases", icons, store).findings == first
    assert library.load(base / "cases", icons).findings == first


def test_checking_in_one_process_finds_the_same_as_in_many(tmp_path, monkeypatch):
    base = project(tmp_path, {**real(), **catalogue.broken(catalogue.get("C050"))})
    many = library.load(base / "cases").findings
    monkeypatch.setattr(library, "MANY", 1000)
    assert library.load(base / "cases").findings == many


def test_a_case_drawn_with_a_store_is_the_one_drawn_without(tmp_path):
    table = works.bench(real_library(), ROOT / "docs", tmp_path / "pictures")
    entry = real_library().cases()[0]
    store = Store(tmp_path / "store")
    assert works.compose(entry, table, store) == works.compose(entry, table, store) == works.compose(entry, table, None)
    made = works.drawing(entry, table, store)
    assert works.drawing(entry, table, store) == made == works.drawing(entry, table, None)
    assert works.downloads(entry, made, table, store) == works.downloads(entry, made, table, store)


# scripts


SCRIPTS = sorted((ROOT / "docs/assets/js").glob("*.js"))


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_a_script_is_published_without_comments_and_no_text_of_it_spans_lines(file):
    script = file.read_text(encoding="utf-8")
    for line in script.split("\n"):
        assert line.lstrip().startswith(("*", "/**", "//")) or len(re.findall(r"(?<!\\)`", line)) % 2 == 0, line
    published = handwritten.lean(script)
    assert not re.search(r"^\s*(//|/\*|\*)", published, re.MULTILINE)
    code = [line.strip() for line in script.split("\n")]
    kept = [line for line in code if line and not line.startswith(("//", "/**", "*"))]
    assert published.split("\n") == [*kept, ""]
