"""Builds are steady: the same bytes twice, and the previous site whole whatever happens."""

import signal
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from browser.support import copied, environment, run, tool


def files(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("first")
    copied(base)
    done = run(base, tool("casebook"), "build", SOURCE_DATE_EPOCH="1700000000")
    assert done.returncode == 0, done.stdout
    return base


def test_two_builds_of_the_same_files_are_the_same_bytes(built: Path, tmp_path: Path):
    copied(tmp_path)

    done = run(tmp_path, tool("casebook"), "build", SOURCE_DATE_EPOCH="1700000000")

    assert done.returncode == 0, done.stdout
    for part in ("build/docs", "build/theme", "site"):
        assert files(tmp_path / part) == files(built / part), part


def test_a_second_build_with_nothing_changed_writes_nothing(built: Path):
    times = {file: file.stat().st_mtime_ns for file in (built / "build/docs").rglob("*") if file.is_file()}

    done = run(built, tool("casebook"), "build")

    assert "nothing changed" in done.stdout
    assert {file: file.stat().st_mtime_ns for file in times} == times


def test_a_record_with_an_error_builds_nothing_and_leaves_the_site(built: Path):
    before = files(built / "site")
    case = built / "cases/deployment/llm-chat-serving.yml"
    text = case.read_text(encoding="utf-8")
    case.write_text(text.replace("domain: assistants", "domain: assistance"), encoding="utf-8")

    done = run(built, tool("casebook"), "build")
    case.write_text(text, encoding="utf-8")

    assert done.returncode == 1
    assert "C022" in done.stdout
    assert files(built / "site") == before


def test_a_killed_build_leaves_the_site_whole_and_the_next_one_right(built: Path):
    before = files(built / "site")
    (built / "docs/guide.md").touch()
    guide = built / "docs/guide.md"
    text = guide.read_text(encoding="utf-8")
    guide.write_text(text.replace("# How to read a case", "# How to read any case"), encoding="utf-8")
    builder = subprocess.Popen(
        [tool("casebook"), "build"],
        cwd=built,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert builder.stdout is not None
    builder.stdout.readline()  # the check has spoken; drawing or building goes on
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    builder.stdout.close()
    assert files(built / "site") == before

    done = run(built, tool("casebook"), "build")

    assert done.returncode == 0, done.stdout
    assert "How to read any case" in (built / "site/guide/index.html").read_text(encoding="utf-8")
    guide.write_text(text, encoding="utf-8")


def test_a_folder_that_cannot_be_written_gives_one_sentence(tmp_path: Path):
    copied(tmp_path)
    (tmp_path / "build").write_text("a file stands here", encoding="utf-8")

    done = run(tmp_path, tool("casebook"), "build")

    assert done.returncode == 1
    assert "Traceback" not in done.stdout
    assert "casebook:" in done.stdout
