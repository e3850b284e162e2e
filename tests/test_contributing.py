"""What CONTRIBUTING and the README say works as written, from the first command to the commit."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from helpers import ROOT

from casebook import catalogue, library

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
FIELDS = re.search(r"change three fields: `(\w+)`, `(\w+)`, and the value of `(\w+)`", GUIDE)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the project as it is now, with an environment that is ready."""
    folder = tmp_path_factory.mktemp("newcomer") / "casebook"
    git = {"GIT_AUTHOR_NAME": "A Newcomer", "GIT_AUTHOR_EMAIL": "new@example.org"}
    os.environ.update({**git, **{name.replace("AUTHOR", "COMMITTER"): value for name, value in git.items()}})
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    for name in ("cases", "docs", "scripts", "Makefile", "mkdocs.yml", "CONTRIBUTING.md"):  # what is not committed yet
        target = folder / name
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, target)
    subprocess.run(["git", "commit", "--quiet", "--all", "--allow-empty", "-m", "As it is"], cwd=folder, check=True)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    for name in ("pyproject.toml", "constraints.txt"):  # older than the environment, which is ready for them
        os.utime(folder / name, (0, 0))
    return folder


def run(folder: Path, command: str) -> str:
    """Run one line as a person types it; the package is the clone's own."""
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CASEBOOK_"))}
    return {**kept, "PYTHONPATH": str(folder / "scripts"), "NO_COLOR": "1"}


def served(folder: Path, command: str, wanted: str) -> None:
    """Start a server, see the page that it was started for, and end it as a person does."""
    port = 8000 + os.getpid() % 2000
    with subprocess.Popen(
        f"exec {command} --port {port}",
        shell=True,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as server:
        key = command.split()[-1]
        for _ in range(240):
            try:
                with urlopen(f"http://127.0.0.1:{port}/cases/{key}/") as page:
                    assert wanted in page.read().decode()
                break
            except OSError:
                assert server.poll() is None, server.stdout.read().decode() if server.stdout else ""
                time.sleep(0.25)
        else:
            raise AssertionError("no page came")
        server.send_signal(signal.SIGINT)
        server.wait(20)


@pytest.mark.skipif(os.name != "posix", reason="the guide speaks to a shell")
def test_a_newcomer_who_does_what_the_guide_says_ends_with_a_case_in_a_commit(clone: Path):
    said = {}
    for command in COMMANDS:
        if " serve " in command:
            served(clone, command, "Twelve carts")
            continue
        said[command] = run(clone, command)
        if " new " in command:  # the three fields that the guide names
            assert FIELDS
            made = clone / "cases/feature-stores/session-features-for-a-shop.yml"
            text = made.read_text(encoding="utf-8")
            for name, value in zip(FIELDS.groups(), ("Twelve carts a second.", "Design it.", None), strict=True):
                pattern = rf"^{name}: .*$" if value else rf"^(  {name}: \{{value: )[^,]*"
                text, count = re.subn(
                    pattern, f"{name}: {value}" if value else r"\g<1>20 million request/day", text, flags=re.MULTILINE
                )
                assert count == 1, name
            made.write_text(text, encoding="utf-8")

    checked = next(text for command, text in said.items() if "--changed" in command)
    assert "1 record checked: no findings" in checked
    assert "draft feature-stores/session-features-for-a-shop: ░" in checked
    assert run(clone, "git log -1 --format=%s").strip() == "Add session features for a shop"
    assert "session-features-for-a-shop.yml" in run(clone, "git show --name-only --format= HEAD")
    assert run(clone, "git status --porcelain cases").strip() == ""


def test_the_guide_names_every_step_of_the_path():
    words = " ".join(COMMANDS)
    for step in ("make check", " new ", " check ", " serve ", " fmt ", " explain ", "git commit"):
        assert step in words


def test_the_stub_that_the_guide_shows_is_one():
    shown = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert shown
    stub = library.examine(shown[1].encode(), "cases/feature-stores/old.yml", "feature-stores/old")
    assert not stub.findings
    assert stub.record.moved_to == "feature-stores/session-features-for-a-shop"


def test_every_make_target_that_is_named_exists():
    told = GUIDE + (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    named = set(re.findall(r"(?:^|`)make ([a-z]+)", told, re.MULTILINE))

    assert {"site", "test", "build", "check", "format"} <= named
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_finding_that_the_readme_shows_is_what_the_check_prints():
    from casebook import report

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```\n(cases/.*?)```", readme, re.DOTALL)
    assert shown is not None
    path = "cases/feature-stores/payment-fraud-features.yml"
    raw = (
        (ROOT / path)
        .read_bytes()
        .replace(b"to: history-store, does: Reads the rows", b"to: histroy-store, does: Reads the rows")
    )

    entry = library.examine(raw, path, "feature-stores/payment-fraud-features")

    assert [report.text(finding) for finding in entry.findings] == [shown[1].rstrip()]
    assert catalogue.get("C050").title
