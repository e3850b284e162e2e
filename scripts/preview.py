"""Take what the check of a pull request has kept for its preview: a stranger's archive, read as data.

Anybody can put anything into it, since the check runs with the pull request's own code. So nothing is
believed: `take` unpacks records by the library's own rule of places, and nothing else; `verify` holds
the number that the archive names against what the forge knows of that pull request.
"""

import argparse
import json
import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from casebook import source
from casebook.library import misplaced

ARCHIVE = 16 * 1024**2  # bytes, packed
TOTAL = 64 * 1024**2  # bytes, unpacked
MANY = 10_000  # files
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack far more than one asks for at a time


class RefusedError(ValueError):
    """An archive or a pull request that no preview is made of; the message says why."""


def take(archive: Path, to: Path) -> tuple[int, int, list[str]]:
    """Unpack the records of an archive into `to/cases` and the pull request's number into `to/number`.

    Return the number, how many records there are, and the names of what was left out. `to` must not be
    there. Raises RefusedError, and writes nothing then.
    """
    if archive.stat().st_size > ARCHIVE:
        raise RefusedError(f"the archive is larger than {ARCHIVE:,} bytes")
    number, records, left = 0, dict[PurePosixPath, bytes](), list[str]()
    try:
        with zipfile.ZipFile(archive) as opened:
            for name, raw in _files(opened):
                if name == PurePosixPath("number"):
                    number = _number(raw)
                elif name.parts[0] == "cases" and not misplaced(PurePosixPath(*name.parts[1:])):
                    records[name] = raw
                else:
                    left.append(str(name))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError) as error:
        raise RefusedError(f"the archive cannot be read: {error}") from None
    if not number:
        raise RefusedError("the archive does not name its pull request")
    (to / "cases").mkdir(parents=True)
    (to / "number").write_text(f"{number}\n", encoding="ascii")
    for name, raw in records.items():
        (to / name).parent.mkdir(exist_ok=True)
        (to / name).write_bytes(raw)
    return number, len(records), left


def _files(opened: zipfile.ZipFile) -> list[tuple[PurePosixPath, bytes]]:
    """Return the regular files of an archive. Raises RefusedError for one that somebody has made to harm."""
    entries = opened.infolist()
    if len(entries) > MANY:
        raise RefusedError(f"the archive holds {len(entries):,} files, more than {MANY:,}")
    found: dict[PurePosixPath, bytes] = {}
    total = 0
    for entry in entries:
        name, kind = entry.orig_filename, stat.S_IFMT(entry.external_attr >> 16)
        path = PurePosixPath(name)
        if name.startswith("/") or "\\" in name or "\0" in name or ".." in path.parts or not path.parts:
            raise RefusedError(f"{name[:80]!a} leads out of the archive")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or entry.flag_bits & 1 or entry.compress_type not in PACKED:
            raise RefusedError(f"{name[:80]!a} is not a regular file")
        if entry.is_dir():
            continue
        if path in found:
            raise RefusedError(f"{name[:80]!a} stands in the archive twice")
        with opened.open(entry) as file:
            found[path] = file.read(source.LARGEST + 1)  # what the archive says of a size may be wrong
        total += len(found[path])
        if len(found[path]) > source.LARGEST or total > TOTAL:
            raise RefusedError(f"{name[:80]!a} is larger than a record, or all are larger than {TOTAL:,} bytes")
    return [*found.items()]


def _number(raw: bytes) -> int:
    if not re.fullmatch(rb"[1-9][0-9]{0,8}\n?", raw):
        raise RefusedError("the number of the pull request is not a number")
    return int(raw)


def verify(pull: Mapping[str, Any], number: int, sha: str, repository: str) -> None:
    """Hold a pull request, as the forge's API tells of it, against the run of its check.

    It must be open, on main, and its head the commit of that repository which the run has checked.
    Raises RefusedError.
    """
    head, base = pull.get("head") or {}, pull.get("base") or {}
    there = (pull.get("number"), head.get("sha"), (head.get("repo") or {}).get("full_name"))
    if not sha or not repository or there != (number, sha, repository):
        raise RefusedError(
            f"the check ran on {sha[:12]} of {repository}, which is not the head of pull request {number}"
        )
    if pull.get("state") != "open" or base.get("ref") != "main":
        raise RefusedError(f"pull request {number} is not open, or not for main")


def main() -> int:
    """Run a command; return 0, or 1 with one sentence on what was refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    taking = commands.add_parser("take", help="unpack an archive")
    taking.add_argument("archive", type=Path)
    taking.add_argument("to", type=Path)
    verifying = commands.add_parser("verify", help="hold the number against what the forge knows")
    verifying.add_argument("pull", type=Path, help="the pull request, as JSON of the forge's API")
    verifying.add_argument("--number", type=int, required=True)
    verifying.add_argument("--sha", required=True)
    verifying.add_argument("--repository", required=True)
    given = parser.parse_args()
    try:
        if given.command == "take":
            number, records, left = take(given.archive, given.to)
            print(f"pull request {number}: {records} records")
            print("".join(f"left out: {name[:200]!a}\n" for name in left[:20]), end="")
        else:
            pull = json.loads(given.pull.read_text(encoding="utf-8"))
            verify(pull, given.number, given.sha, given.repository)
    except (RefusedError, OSError, ValueError) as error:
        print(f"preview: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
