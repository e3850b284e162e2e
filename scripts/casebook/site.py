"""The site builder, run as a program of its own, so that no module of ours imports it.

It builds into a new folder that takes the old one's place when it is done: a failed or killed build
leaves the previous site whole. The folder is this process's own, so that a builder left behind by a
killed build cannot write into the next one's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from casebook import policy

QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true", "PYTHONWARNINGS": "ignore"}

HELD = "CASEBOOK_HELD"  # tells `hold.py`, a hook of the builder, to wait for the end of its input

HASTE = {"CASEBOOK_PREVIEW": "1"}  # tells the same hook to look for changes more often


class SiteError(RuntimeError):
    """The site builder refused; its own words are the message."""


def seal(base: Path) -> str:
    """Return a digest of what a site is built from: the trees, the settings, the builder."""
    digest = blake2b(digest_size=16)
    digest.update(
        f"{version('mkdocs')} {version('mkdocs-material')} {sorted((key, value) for key, value in os.environ.items() if key.startswith('CASEBOOK_'))}".encode()
    )
    for folder in ("build/docs", "build/theme"):
        for file in sorted(file for file in (base / folder).rglob("*") if file.is_file()):
            state = file.stat()
            digest.update(f"{file.relative_to(base)} {state.st_size} {state.st_mtime_ns}\n".encode())
    digest.update((base / "mkdocs.yml").read_bytes())
    return digest.hexdigest()


def command(
    base: Path, *arguments: str, said: Path | None = None, more: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start the site builder; what it says goes into a file, or is dropped. `more` is environment."""
    program = [sys.executable, "-m", "mkdocs", *arguments]
    if said:
        said.parent.mkdir(parents=True, exist_ok=True)
    # A pipe would fill up where the builder says much while it is being told of pages, and both would wait.
    with (said or Path(os.devnull)).open("w", encoding="utf-8") as out:
        return subprocess.Popen(
            program,
            cwd=base,
            env={**os.environ, **QUIET, **(more or {})},
            stdin=subprocess.PIPE if HELD in (more or {}) else subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )


def fresh(base: Path) -> bool:
    """Return whether `site/` was built from what is there now."""
    stamp = base / "build/.cache/site"
    try:
        return (base / "site/index.html").is_file() and stamp.read_text(encoding="utf-8") == seal(base)
    except OSError:
        return False


def moment(base: Path) -> dict[str, str]:
    """Return the time that a site bears, as builders want it: of the last commit, so that one commit gives the same bytes on any day."""
    git = shutil.which("git")
    if "SOURCE_DATE_EPOCH" in os.environ or git is None:
        return {}
    said = subprocess.run([git, "log", "-1", "--format=%ct"], cwd=base, capture_output=True, text=True, check=False)
    return {"SOURCE_DATE_EPOCH": said.stdout.strip()} if said.stdout.strip() else {}


def changed(base: Path) -> float:
    """Return when the library was last changed, in seconds: by its last commit, or else by its files."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or moment(base).get("SOURCE_DATE_EPOCH")
    if epoch:
        return float(epoch)
    return max((file.stat().st_mtime for file in (base / "cases").rglob("*.yml")), default=0.0)


def _new(base: Path) -> Path:
    return base / f"build/site.new-{os.getpid()}"


def _said(base: Path) -> Path:
    return base / f"build/site.said-{os.getpid()}"


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # not ours to ask
        return True
    return True


def holds(base: Path) -> bool:
    """Return whether the builder of this project can be held: its settings must name the hook."""
    return "scripts/casebook/hold.py" in (base / "mkdocs.yml").read_text(encoding="utf-8")


def start(base: Path, held: bool = False) -> subprocess.Popen[str]:
    """Start building the site into a folder beside the old one. Links that lead nowhere end it.

    If `held`, the builder waits until it is told of a page before it reads it, and for `release` before
    it looks at a figure.
    """
    for left in (base / "build").glob("site.*-*"):
        number = left.name.rpartition("-")[2]
        process = int(number) if number.isdecimal() else 0
        if not process or process == os.getpid() or (os.name == "posix" and not _running(process)):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
    for folder in ("build/docs", "build/theme"):  # the builder asks for them as soon as it starts
        (base / folder).mkdir(parents=True, exist_ok=True)
    more = {**moment(base), **({HELD: "1"} if held else {})}
    return command(base, "build", "--strict", "--site-dir", str(_new(base)), said=_said(base), more=more)


def tell(builder: subprocess.Popen[str], name: str) -> None:
    """Tell a builder that is held which page is there to be read; one that has ended says why to `finish`.

    An empty name lets it begin: every file is there by name.
    """
    with suppress(OSError):
        if builder.stdin:
            builder.stdin.write(f"{name}\n")
            builder.stdin.flush()


def release(builder: subprocess.Popen[str]) -> None:
    """Let a builder that is held put figures into pages."""
    with suppress(OSError):
        if builder.stdin:
            builder.stdin.close()
    builder.stdin = None


def finish(base: Path, builder: subprocess.Popen[str]) -> None:
    """Wait for the builder and put the new site in the old one's place. Raises SiteError."""
    builder.wait()
    said = _said(base).read_text(encoding="utf-8", errors="replace")
    _said(base).unlink()
    new, old, site = _new(base), base / "build/site.old", base / "site"
    if builder.returncode != 0:
        shutil.rmtree(new, ignore_errors=True)
        raise SiteError(said.strip())
    for folder in ("assets/diagrams", "assets/anki"):  # made while the builder ran
        if (base / "build/docs" / folder).is_dir():
            shutil.copytree(base / "build/docs" / folder, new / folder, dirs_exist_ok=True)
    policy.apply(new)
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)
    stamp = base / "build/.cache/site"
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(seal(base), encoding="utf-8")


def abandon(base: Path, builder: subprocess.Popen[str]) -> None:
    """End a builder that nobody waits for any more, and delete what it left; one that was waited for left nothing."""
    if builder.poll() is None:
        builder.kill()
        builder.wait()
    shutil.rmtree(_new(base), ignore_errors=True)
    _said(base).unlink(missing_ok=True)


def restore(base: Path) -> None:
    """Put the previous site back if a build was killed between taking it away and putting the new one."""
    old, site = base / "build/site.old", base / "site"
    if old.is_dir() and not site.exists():
        old.rename(site)
