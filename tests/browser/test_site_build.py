"""Builds are steady: the same bytes on any machine and day, and the previous site whole whatever happens."""

import os
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from browser.support import contents, copied, environment, run, tool

COMMITTED = "2020-01-02"
FEW = ["feature-stores/payment-fraud-features", "deployment/llm-chat-serving", "pipelines/recommendation-training-data"]
HOLD = """

def {where}(env):
    # Say that we got here, wait to be let go, and be seen to end.
    if "{where}" == "on_post_page_macros" and env.page.file.src_uri != "guide.md":
        return
    globals()["alive"] = open("{pipes}/alive", "w")
    open("{pipes}/reached", "w").close()
    open("{pipes}/go").close()
"""


def build(base: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run(base, tool("casebook"), "build", *options, **more)


def whole(base: Path) -> dict[str, bytes]:
    return contents(base / "site")


def commit(base: Path) -> None:
    """Put a copy under git, with one commit of a day long gone."""
    (base / ".gitignore").write_text("build/\nsite/\n", encoding="utf-8")
    git = ("git", "-c", "user.name=x", "-c", "user.email=x@example.com")
    day = f"{COMMITTED}T12:00:00Z"
    for command in (("init", "-q"), ("add", "."), ("commit", "-q", "--no-verify", "-m", "all")):
        done = run(base, *git, *command, GIT_AUTHOR_DATE=day, GIT_COMMITTER_DATE=day, GIT_CONFIG_GLOBAL=os.devnull)
        assert done.returncode == 0, done.stdout


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def keep_few(base: Path) -> None:
    """Delete all records but a few cases and what these name, so that a build takes seconds."""
    texts = {
        file.relative_to(base / "cases").with_suffix("").as_posix(): file.read_text(encoding="utf-8")
        for file in (base / "cases").rglob("*.yml")
    }
    kept, waiting = set(), list(FEW)
    while waiting:
        key = waiting.pop()
        if key not in kept:
            kept.add(key)
            named = re.findall(r"\b(?:block|about): ([\w-]+)$", texts[key], re.MULTILINE)
            waiting += [other for other in texts if other in texts[key] or other.partition("/")[2] in named]
    for key in texts.keys() - kept:
        (base / f"cases/{key}.yml").unlink()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a few cases, committed and built once; tests copy it before they change it."""
    base = copied(tmp_path_factory.mktemp("first"))
    keep_few(base)
    commit(base)
    done = build(base)
    assert done.returncode == 0, done.stdout
    return base


@pytest.fixture
def base(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first, tmp_path / "project"))


def test_two_builds_of_one_commit_are_the_same_bytes(tmp_path: Path):
    """Of the whole library."""
    bases = [copied(tmp_path / "one"), copied(tmp_path / "another" / "place")]
    elsewhere = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"}

    for base, more in zip(bases, ({}, elsewhere), strict=True):
        commit(base)
        done = build(base, **more)
        assert done.returncode == 0, done.stdout

    for part in ("build/docs", "build/theme", "site"):
        one, two = (contents(base / part) for base in bases)
        assert sorted(one) == sorted(two)
        assert [name for name in one if one[name] != two[name]] == []


def test_a_build_bears_the_day_of_its_commit_not_of_the_build(first: Path):
    days = set(re.findall(r"<lastmod>(.*?)</lastmod>", (first / "site/sitemap.xml").read_text(encoding="utf-8")))

    assert days == {COMMITTED}


def test_a_day_that_is_asked_for_goes_before_the_commit_s(base: Path):
    assert build(base, "--force", SOURCE_DATE_EPOCH="86400").returncode == 0

    assert "<lastmod>1970-01-02</lastmod>" in (base / "site/sitemap.xml").read_text(encoding="utf-8")


def unspoken_of(base: Path) -> str:
    """Return a case that no other file names, so that it can go."""
    texts = {
        file: file.read_text(encoding="utf-8")
        for part in ("docs", "cases")
        for file in (base / part).rglob("*.*")
        if file.suffix in (".md", ".yml")
    }
    return next(
        key for key in FEW if not any(key in text for file, text in texts.items() if file != base / f"cases/{key}.yml")
    )


def test_after_a_case_went_and_came_back_the_site_is_what_it_was(first: Path, base: Path):
    key = unspoken_of(base)
    file = base / f"cases/{key}.yml"
    kept = file.read_bytes()
    file.unlink()
    done = build(base)
    assert done.returncode == 0, done.stdout
    assert [name for name in whole(base) if key in name] == []
    assert key not in (base / "site/cases/index.html").read_text(encoding="utf-8")

    file.write_bytes(kept)
    assert build(base).returncode == 0

    before, after = whole(first), whole(base)
    assert sorted(before) == sorted(after)
    assert [name for name in before if before[name] != after[name]] == []


def test_a_second_build_with_nothing_changed_writes_nothing(base: Path):
    assert build(base).returncode == 0  # a copy has new times
    times = {file: file.stat().st_mtime_ns for part in ("build/docs", "site") for file in (base / part).rglob("*")}

    done = build(base)

    assert "nothing changed" in done.stdout
    assert "site: up to date" in done.stdout
    assert {file: file.stat().st_mtime_ns for file in times} == times


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (f"cases/{FEW[0]}.yml", "\ndomain: ", "\ndomain: no-", "C022"),
        (f"cases/{FEW[0]}.yml", "\ndomain: ", "\ndomain: [", "error"),
        ("docs/guide.md", "## Numbers", "[gone](gone.md)\n\n## Numbers", "gone.md"),
        ("docs/guide.md", "## Numbers", "[gone](cases/index.md#gone)\n\n## Numbers", "#gone"),
        ("docs/guide.md", "## Numbers", "{{ number('no/case', 'x') }}\n\n## Numbers", 'no case "no/case"'),
        ("docs/overrides/main.html", "{% block htmltitle %}", "{% block htmltitle %}{{ gone.there }}", "gone"),
        ("mkdocs.yml", "docs_dir: build/docs", "docs_dir: [", "mkdocs.yml"),
    ],
    ids=["a wrong record", "no YAML", "a link", "an anchor", "a fact", "a template", "the settings"],
)
def test_a_build_that_fails_says_why_and_leaves_the_previous_site_whole(
    first: Path, file: str, old: str, new: str, said: str
):
    before = whole(first)
    kept = (first / file).read_bytes()
    rewrite(first / file, old, new)

    done = build(first)
    (first / file).write_bytes(kept)

    assert done.returncode == 1
    assert said in done.stdout
    assert whole(first) == before
    assert not list((first / "build").glob("site*"))


def test_once_what_failed_is_mended_the_site_is_built(base: Path):
    before = whole(base)
    rewrite(base / "docs/guide.md", "## Numbers", "[gone](gone.md)\n\n## Numbers")
    assert build(base).returncode == 1
    rewrite(base / "docs/guide.md", "[gone](gone.md)\n\n", "")

    assert build(base).returncode == 0

    assert whole(base) == before


class Held:
    """A build whose builder waits: by default, when it has written all pages."""

    def __init__(self, base: Path, pipes: Path, where: str = "on_post_build") -> None:
        self.pipes = pipes
        pipes.mkdir()
        for name in ("reached", "go", "alive"):
            os.mkfifo(pipes / name)
        macros = base / "scripts/casebook/macros.py"
        plain = macros.read_text(encoding="utf-8")
        macros.write_text(plain + HOLD.format(where=where, pipes=pipes), encoding="utf-8")
        self.alive = os.open(pipes / "alive", os.O_RDONLY | os.O_NONBLOCK)
        reached = os.open(pipes / "reached", os.O_RDONLY | os.O_NONBLOCK)
        self.process = subprocess.Popen(
            [tool("casebook"), "build"],
            cwd=base,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert select.select([reached], [], [], 300)[0], "the builder did not get there"
        os.close(reached)
        macros.write_text(plain, encoding="utf-8")  # what is built next is not held

    def let_go(self) -> None:
        with (self.pipes / "go").open("w"):
            pass

    def ended(self) -> bool:
        """Wait until the builder has ended, by itself or not."""
        return bool(select.select([self.alive], [], [], 300)[0]) and os.read(self.alive, 1) == b""

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.alive)


@pytest.fixture
def hold(base: Path, tmp_path: Path) -> Iterator[Callable[..., Held]]:
    made: list[Held] = []

    def start(where: str = "on_post_build") -> Held:
        made.append(Held(base, tmp_path / f"pipes{len(made)}", where))
        return made[-1]

    yield start
    for one in made:
        one.close()


needs_posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes hold the builder")


def second(base: Path) -> None:
    rewrite(base / "docs/guide.md", "# How to read a case", "# How to read the second")


@needs_posix
def test_while_a_build_runs_and_when_all_of_it_is_killed_the_previous_site_is_whole(
    first: Path, base: Path, hold: Callable[..., Held]
):
    second(base)
    held = hold()
    assert whole(base) == whole(first)

    os.killpg(held.process.pid, signal.SIGKILL)
    held.process.wait()
    assert held.ended()
    assert whole(base) == whole(first)

    done = build(base)
    assert done.returncode == 0, done.stdout
    assert b"How to read the second" in whole(base)["site/guide/index.html"]
    assert sorted(whole(base)) == sorted(whole(first))
    assert not list((base / "build").glob("site*"))


@needs_posix
def test_a_builder_that_a_killed_build_left_behind_does_not_spoil_the_next_site(
    first: Path, base: Path, hold: Callable[..., Held]
):
    second(base)
    left = hold("on_post_page_macros")  # it has read the second guide, and written nothing
    left.process.kill()
    left.process.wait()
    rewrite(base / "docs/guide.md", "# How to read the second", "# How to read the third")
    following = hold()  # it has written the third

    left.let_go()
    assert left.ended()
    following.let_go()
    assert following.process.wait() == 0

    built = whole(base)
    assert b"How to read the third" in built["site/guide/index.html"]
    assert sorted(built) == sorted(whole(first))
    assert build(base, "--force").returncode == 0
    assert whole(base) == built
    assert not list((base / "build").glob("site*"))


@needs_posix
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_asked_to_end_ends_its_builder_too(
    first: Path, base: Path, hold: Callable[..., Held], sign: signal.Signals
):
    second(base)
    held = hold()

    held.process.send_signal(sign)

    assert held.process.wait() == 128 + sign
    assert held.ended()
    assert whole(base) == whole(first)


def test_a_build_killed_while_the_sites_change_places_is_mended_by_the_next(first: Path, base: Path):
    (base / "site").rename(base / "build/site.old")
    rewrite(base / "docs/guide.md", "## Numbers", "[gone](gone.md)\n\n## Numbers")

    done = build(base)

    assert done.returncode == 1
    assert whole(base) == whole(first)


@pytest.mark.parametrize("place", ["build", "build/docs", "build/theme", "build/.cache"])
def test_where_nothing_can_be_written_one_sentence_says_so(tmp_path: Path, place: str):
    base = copied(tmp_path)
    keep_few(base)
    (base / place).parent.mkdir(exist_ok=True)
    (base / place).write_text("a file stands here", encoding="utf-8")

    done = build(base)

    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout
    told = [line for line in done.stdout.splitlines() if line.startswith("casebook: ")]
    assert len(told) == 1
    assert place in told[0]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_gives_one_sentence_and_the_site_stays(first: Path, base: Path):
    rewrite(base / "docs/guide.md", "# How to read a case", "# How to read any case")
    folder = base / "build/docs"
    folder.chmod(0o500)

    done = build(base)
    folder.chmod(0o700)

    assert done.returncode == 1
    assert "Traceback" not in done.stdout
    assert re.search(r"^casebook: Permission denied: .*build/docs", done.stdout, re.MULTILINE)
    assert whole(base) == whole(first)


@needs_posix
def test_a_build_killed_at_any_moment_leaves_a_site_that_is_whole_and_the_next_is_right(first: Path, base: Path):
    """At a few moments here; CASEBOOK_CRASHES asks for more."""
    moments = Random(20261122)
    begun = time.perf_counter()
    rewrite(base / "docs/guide.md", "# How to read a case", "# How to read case 0")
    assert build(base).returncode == 0
    length = time.perf_counter() - begun
    names, said = sorted(whole(first)), {"How to read case 0"}
    changing = {"site/guide/index.html", "site/search/search_index.json", "site/sitemap.xml", "site/sitemap.xml.gz"}
    steady = {name: content for name, content in whole(base).items() if name not in changing}

    for number in range(1, int(os.environ.get("CASEBOOK_CRASHES", "4")) + 1):
        rewrite(base / "docs/guide.md", f"# How to read case {number - 1}", f"# How to read case {number}")
        said.add(f"How to read case {number}")
        process = subprocess.Popen(
            [tool("casebook"), "build"],
            cwd=base,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moments.uniform(0, 1.1 * length))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if not (base / "site").exists():  # killed while the two changed places: the next build puts it back
            (base / "build/site.old").rename(base / "site")
        now = whole(base)
        assert sorted(now) == names, number
        heading = re.search(rb"<h1[^>]*>(How to read case \d+)<", now["site/guide/index.html"])
        assert heading, number
        assert heading[1].decode() in said, number
        # Pages of one build have one policy, so that the rest is what it was, byte for byte.
        assert {name for name, content in steady.items() if now[name] != content} == set(), number

    assert build(base).returncode == 0
    assert f"How to read case {number}".encode() in whole(base)["site/guide/index.html"]
    assert not list((base / "build").glob("site*"))
