"""Archives of strangers are data: what could harm is refused whole, what is no record is left out."""

import json
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from helpers import ROOT, SAMPLE, script

from casebook import catalogue, source

preview = script("preview")
SAMPLES = catalogue.sample()
FINE = {**SAMPLES, "number": b"7\n"}


def entry(name: str, kind: int = 0, packed: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = (kind | 0o644) << 16
    made.compress_type = packed
    return made


def archive(folder: Path, files: dict[str, bytes], *more: tuple[zipfile.ZipInfo, bytes]) -> Path:
    """Return an archive of some files and of some entries that somebody has made by hand."""
    path = folder / "cases.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in files.items():
            made.writestr(entry(name, stat.S_IFREG), raw)
        for one, raw in more:
            made.writestr(one, raw)
    return path


def there(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(folder: Path, path: Path, words: str) -> None:
    """An archive is refused with a reason, and nothing of it is written, in the folder or beside it."""
    before = sorted(folder.rglob("*"))
    with pytest.raises(preview.RefusedError, match=words):
        preview.take(path, folder / "to")
    assert sorted(folder.rglob("*")) == before


# what is taken


def test_records_and_the_number_are_taken_byte_for_byte(tmp_path):
    taken = preview.take(archive(tmp_path, FINE), tmp_path / "to")
    assert taken == (7, len(SAMPLES), [])
    assert there(tmp_path / "to") == FINE
    assert not any(path.stat().st_mode & 0o111 for path in (tmp_path / "to").rglob("*.yml"))


def test_every_record_of_the_real_library_can_be_taken(tmp_path):
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in (ROOT / "cases").rglob("*.yml")}
    assert preview.take(archive(tmp_path, {**files, "number": b"1"}), tmp_path / "to")[1:] == (len(files), [])


def test_an_archive_of_the_shape_that_the_check_uploads_is_taken(tmp_path):
    folders = [(entry(f"cases/{name}/", stat.S_IFDIR, zipfile.ZIP_STORED), b"") for name in ("blocks", "tradeoffs")]
    assert preview.take(archive(tmp_path, FINE, *folders), tmp_path / "to")[0] == 7


@pytest.mark.parametrize(
    "name",
    [
        "cases/README.md",
        "cases/blocks/README.md",
        "cases/blocks/Page.yml",
        "cases/blocks/page.yaml",
        "cases/elsewhere/page.yml",
        "cases/blocks/deeper/page.yml",
        "cases/page.yml",
        "other/blocks/page.yml",
        "cases/blocks/.gitattributes",
        "cases/blocks/page.yml.py",
        "cases/blocks/%s.yml" % ("x" * 61),
        "cases/blocks/a b.yml",
        "cases/blocks/\u00e9.yml",
        ".git/config",
        "mkdocs.yml",
        "scripts/casebook/__init__.py",
        "cases",
        "numbers",
    ],
)
def test_what_is_no_record_is_left_out(tmp_path, name):
    taken = preview.take(archive(tmp_path, {**FINE, name: b"x"}), tmp_path / "to")
    assert taken[2] == [name]
    assert there(tmp_path / "to") == FINE


# what is refused


@pytest.mark.parametrize(
    "name",
    [
        "../cases/blocks/x.yml",
        "cases/../../x.yml",
        "cases/blocks/../../../x.yml",
        "/etc/x.yml",
        "//x.yml",
        "cases\\blocks\\x.yml",
        "..\\x.yml",
        "cases/blocks/..",
        "..",
        "/",
        ".",
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path, name):
    refused(tmp_path, archive(tmp_path, FINE, (entry(name), b"x")), "leads out of the archive")


def test_a_path_with_a_zero_byte_is_refused(tmp_path):
    path = archive(tmp_path, FINE, (entry("cases/blocks/x.ymlQ"), b"x"))
    path.write_bytes(path.read_bytes().replace(b"x.ymlQ", b"x.yml\0"))
    refused(tmp_path, path, "leads out of the archive")


@pytest.mark.parametrize("kind", ["S_IFLNK", "S_IFCHR", "S_IFBLK", "S_IFIFO", "S_IFSOCK"])
def test_what_is_no_regular_file_is_refused(tmp_path, kind):
    made = entry("cases/blocks/x.yml", getattr(stat, kind))
    refused(tmp_path, archive(tmp_path, FINE, (made, b"../../../etc/passwd")), "is not a regular file")


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_cannot_be_unpacked_bit_by_bit_is_refused(tmp_path, packed):
    refused(tmp_path, archive(tmp_path, FINE, (entry("cases/blocks/x.yml", 0, packed), b"x")), "is not a regular file")


def test_a_name_that_stands_there_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = archive(tmp_path, FINE, (entry(SAMPLE), b"other"))
    refused(tmp_path, path, "twice")


def test_a_file_larger_than_a_record_is_refused(tmp_path):
    just = {**FINE, "cases/blocks/x.yml": b"x" * source.LARGEST}
    assert preview.take(archive(tmp_path, just), tmp_path / "fits")[0] == 7
    path = archive(tmp_path, {**FINE, "cases/blocks/x.yml": b"x" * (source.LARGEST + 1)})
    refused(tmp_path, path, "larger than a record")


def test_a_huge_file_of_nothing_is_refused_wherever_it_lies(tmp_path):
    refused(tmp_path, archive(tmp_path, {**FINE, "elsewhere": bytes(50_000_000)}), "larger than a record")


def test_no_more_is_unpacked_at_a_time_than_a_record_may_have(tmp_path, monkeypatch):
    asked = []
    whole = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: asked.append(n) or whole(self, n))
    preview.take(archive(tmp_path, FINE), tmp_path / "to")
    assert set(asked) == {source.LARGEST + 1}


def test_a_file_that_is_larger_than_it_says_is_refused(tmp_path):
    raw = bytes(5_000_000)
    path = archive(tmp_path, FINE, (entry("cases/blocks/x.yml"), raw))
    said, lie = struct.pack("<L", len(raw)), struct.pack("<L", 10)
    path.write_bytes(path.read_bytes().replace(said, lie))
    refused(tmp_path, path, "cannot be read|larger than a record")


def test_more_than_the_library_can_be_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "TOTAL", 100_000)
    path = archive(tmp_path, {**FINE, **{f"cases/blocks/x{number}.yml": b"x" * 50_000 for number in range(3)}})
    refused(tmp_path, path, "all are larger than 100,000 bytes")


def test_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "MANY", 100)
    path = archive(tmp_path, {**FINE, **{f"cases/blocks/x{number}.yml": b"" for number in range(100)}})
    refused(tmp_path, path, "more than 100")


def test_a_large_archive_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "cases.zip"
    with path.open("wb") as file:
        file.truncate(preview.ARCHIVE + 1)
    refused(tmp_path, path, "larger than 16,777,216 bytes")


@pytest.mark.parametrize("raw", [b"", b"no archive", b"PK\x05\x06" + bytes(17), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_refused(tmp_path, raw):
    (tmp_path / "cases.zip").write_bytes(raw)
    refused(tmp_path, tmp_path / "cases.zip", "cannot be read")


def test_an_archive_whose_content_is_torn_is_refused(tmp_path):
    path = archive(tmp_path, FINE)
    raw = path.read_bytes()
    path.write_bytes(raw[:60] + bytes(40) + raw[100:])
    refused(tmp_path, path, "cannot be read")


def test_an_archive_under_a_password_is_refused(tmp_path):
    path = archive(tmp_path, {"number": b"7"})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    refused(tmp_path, path, "is not a regular file")


@pytest.mark.parametrize(
    "number", [b"", b"0", b"-1", b"07", b"1e3", b"7\n\n", b"7 8", b"$(id)", b"1234567890", "\u0667".encode(), b"7\r\n"]
)
def test_a_number_that_is_none_is_refused(tmp_path, number):
    refused(tmp_path, archive(tmp_path, {**SAMPLES, "number": number}), "is not a number")


def test_an_archive_that_names_no_pull_request_is_refused(tmp_path):
    refused(tmp_path, archive(tmp_path, SAMPLES), "does not name its pull request")


# whose it is

PULL = {
    "number": 7,
    "state": "open",
    "head": {"sha": "a" * 40, "repo": {"full_name": "ada/casebook"}},
    "base": {"ref": "main"},
}


def test_the_pull_request_whose_head_was_checked_is_the_one():
    preview.verify(PULL, 7, "a" * 40, "ada/casebook")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": 8}, "not the head"),
        ({"head": {"sha": "b" * 40, "repo": {"full_name": "ada/casebook"}}}, "not the head"),
        ({"head": {"sha": "a" * 40, "repo": {"full_name": "eve/casebook"}}}, "not the head"),
        ({"head": {"sha": "a" * 40, "repo": None}}, "not the head"),
        ({"head": None}, "not the head"),
        ({"state": "closed"}, "not open"),
        ({"base": {"ref": "release"}}, "not for main"),
        ({"base": None}, "not for main"),
    ],
)
def test_any_other_is_refused(change, words):
    with pytest.raises(preview.RefusedError, match=words):
        preview.verify({**PULL, **change}, 7, "a" * 40, "ada/casebook")


def test_a_run_that_names_no_head_is_refused():
    with pytest.raises(preview.RefusedError, match="not the head"):
        preview.verify({**PULL, "head": {"sha": "", "repo": {"full_name": ""}}}, 7, "", "")


# as a program


def program(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, str(ROOT / "scripts/preview.py"), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_the_program_takes_and_verifies(tmp_path):
    path = archive(tmp_path, {**FINE, "cases/::error::x\n.yml": b"x"})
    done = program("take", path, tmp_path / "to")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"pull request 7: {len(SAMPLES)} records\nleft out: 'cases/::error::x\\n.yml'\n"
    (tmp_path / "pull.json").write_text(json.dumps(PULL), encoding="utf-8")
    given = ("verify", tmp_path / "pull.json", "--number", "7", "--repository", "ada/casebook")
    assert program(*given, "--sha", "a" * 40).returncode == 0
    done = program(*given, "--sha", "b" * 40)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == "preview: the check ran on bbbbbbbbbbbb of ada/casebook, which is not the head of pull request 7\n"
    )


def test_the_program_ends_with_one_sentence(tmp_path):
    for path, raw in (("torn.zip", b"x"), ("fine.zip", archive(tmp_path, FINE).read_bytes())):
        (tmp_path / path).write_bytes(raw)
    (tmp_path / "there/cases").mkdir(parents=True)
    for arguments in ((tmp_path / "torn.zip", tmp_path / "to"), (tmp_path / "gone.zip", tmp_path / "to"),
                      (tmp_path / "fine.zip", tmp_path / "there")):  # fmt: skip
        done = program("take", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("preview: ")
        assert done.stderr.count("\n") == 1


def test_an_archive_that_says_nothing_of_kinds_is_taken(tmp_path):
    with zipfile.ZipFile(tmp_path / "cases.zip", "w") as made:
        for name, raw in FINE.items():
            one = zipfile.ZipInfo(name)
            one.create_system, one.external_attr = 0, 0  # as on Windows
            made.writestr(one, raw)
    assert preview.take(tmp_path / "cases.zip", tmp_path / "to")[0] == 7
