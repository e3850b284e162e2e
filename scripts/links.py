"""Ask every address that the library cites whether it is still there, and write what is to be mended as Markdown.

Gently: one request at a time to a host, a second apart, nothing but GET, under a name that says who asks
and why. A page that refuses a program may well be there for a person, so what is blocked is told apart
from what is gone. An archived copy is offered, never put in: whether it holds the words that carry a
figure, somebody has to read.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urldefrag, urlencode, urlsplit
from urllib.request import Request, urlopen

from casebook import library, shape, source
from casebook.checks.scope import texts
from casebook.spec import Moved
from casebook.text import code, is_web, links

MARK = "<!-- casebook: links -->"
REPOSITORY = os.environ.get("CASEBOOK_REPOSITORY") or "https://github.com/casebook-library/casebook"
AGENT = f"Mozilla/5.0 (compatible; casebook-links/1.0; +{REPOSITORY})"
ARCHIVE = "https://archive.org/wayback/available"
GENTLY = ("--host-concurrency", "1", "--max-concurrency", "16", "--host-request-interval", "1s")
PATIENTLY = ("--timeout", "30", "--max-retries", "3", "--retry-wait-time", "5", "--max-redirects", "8")
PAUSE = 120.0  # seconds until what could not be reached is asked once more
GOOD = (301, 308)  # redirects for good
KINDS = {
    "dead": "Dead",
    "moved": "Moved for good",
    "unreachable": "Unreachable now",
    "blocked": "Blocked: a person may see more than a program",
}


class Citation(NamedTuple):
    """An address, where it stands, and the year of what it is cited for."""

    url: str
    path: str
    line: int
    year: int


class Answer(NamedTuple):
    """What became of an address: `fine`, or one of `KINDS`; in which words; and where it leads now."""

    kind: str
    said: str = ""
    to: str = ""


def cited(root: Path, year: int) -> Iterator[Citation]:
    """Return every address of a library, in the order of files; `year` is for those that have none."""
    for file, shown, key in library.find(root)[0]:
        document, _ = source.read(Path(file), shown)
        if document is None:
            continue
        model = Moved if "moved_to" in document.data else library.FOLDERS[key.split("/")[0]]
        record, _ = shape.validate(document, model)
        for index, reference in enumerate(getattr(record, "references", ())):
            for part in ("url", "archive"):
                if getattr(reference, part):
                    line = document.value(("references", index, part)).line
                    yield Citation(getattr(reference, part), shown, line, int(reference.as_of[:4]))
        for loc, text in texts(record):
            for target, at in links(text):
                if is_web(target):
                    yield Citation(target, shown, document.within(loc, at, at + len(target)).line, year)


def ask(urls: Iterable[str], pause: float = PAUSE, options: Sequence[str] = (*GENTLY, *PATIENTLY)) -> dict[str, Answer]:
    """Return the answer of each address; what cannot be reached is asked once more after a pause, in seconds."""
    answers = _asked(sorted(set(urls)), options)
    again = [url for url, answer in answers.items() if answer.kind == "unreachable"]
    if again:
        time.sleep(pause)
        answers.update(_asked(again, options))
    return answers


def _asked(urls: Sequence[str], options: Sequence[str]) -> dict[str, Answer]:
    program = Path(sys.executable).with_name("lychee")
    with tempfile.TemporaryDirectory() as scratch:  # where no settings of anybody lie
        lines = "".join(f'<a href="{escape(urldefrag(url).url)}">x</a>\n' for url in urls)
        Path(scratch, "links.html").write_text(lines, encoding="utf-8")
        call = [
            str(program),
            "--no-progress",
            "--verbose",
            "--format",
            "json",
            "--method",
            "get",
            "--user-agent",
            AGENT,
        ]
        environment = {name: value for name, value in os.environ.items() if name != "GITHUB_TOKEN"}
        done = subprocess.run(
            [*call, *options, "links.html"], cwd=scratch, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode not in (0, 2):  # 2: some link fails
        raise RuntimeError(f"lychee: {done.stderr.strip()}")
    told = json.loads(done.stdout)
    maps = (told[f"{kind}_map"] for kind in ("success", "error", "timeout", "excluded"))
    rows = {urls[row["span"]["line"] - 1]: row for found in maps for part in found.values() for row in part}
    return {url: answer(rows[url]) if url in rows else Answer("unreachable", "could not be asked") for url in urls}


def answer(row: Mapping[str, Any], known: Callable[[str], bool] | None = None) -> Answer:
    """Return what a row of lychee's report means. `known` tells whether there is such a host."""
    status, hops = row["status"], (row.get("redirects") or {}).get("redirects", [])
    number, last = status.get("code"), hops[-1]["url"] if hops else row["url"]
    if status["text"] == "Excluded":
        return Answer("fine", "not asked: an address for examples")
    if number is None:
        if status["text"] != "Timeout" and not (known or _known)(urlsplit(last).hostname or ""):
            return Answer("dead", "no such host")
        return Answer("unreachable", status.get("details") or status["text"])
    said = f"answers {number}"
    if number in (404, 410):
        return Answer("dead", said)
    if number in (401, 403, 407, 429, 451, 999):
        return Answer("blocked", said)
    if "captcha" in last.lower() or (number >= 400 and _challenged(row["url"])):
        return Answer("blocked", "asks whether a person is there")
    if number >= 300:
        return Answer("unreachable", said)
    for_good = [hop["url"] for at, hop in enumerate(hops) if all(one["code"] in GOOD for one in hops[: at + 1])]
    if for_good and for_good[-1] != row["url"]:
        front = urlsplit(for_good[-1]).path in ("", "/") and urlsplit(row["url"]).path not in ("", "/")
        return Answer("moved", "the front page: it may be gone" if front else "", for_good[-1])
    return Answer("fine")


def _known(host: str) -> bool:
    """Return whether there is such a host, as far as can be told now."""
    try:
        socket.getaddrinfo(host, None)
    except socket.gaierror as error:
        return error.errno not in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
    except (OSError, UnicodeError):
        return True
    return True


def _get(url: str) -> tuple[Mapping[str, str], bytes]:
    """Return the headers and the first of the body. Raises OSError or ValueError."""
    asked = Request(url, headers={"User-Agent": AGENT})  # noqa: S310 - checked to be http or https
    try:
        with urlopen(asked, timeout=30) as reply:  # noqa: S310 - as above
            return reply.headers, reply.read(65536)
    except HTTPError as error:
        return error.headers, error.read(65536)


def _challenged(url: str) -> bool:
    """Return whether a page that refuses asks for proof of a person."""
    try:
        headers, body = _get(url)
    except (OSError, ValueError):
        return False
    return bool(headers.get("cf-mitigated")) or b"captcha" in body.lower()


def copy(citation: Citation, archive: str = ARCHIVE) -> str:
    """Return the address of the copy that the archive knows of; empty if it knows none, or does not say."""
    query = urlencode({"url": citation.url, "timestamp": citation.year})
    try:
        closest = json.loads(_get(f"{archive}?{query}")[1])["archived_snapshots"]["closest"]
        found = str(closest["url"]) if closest["available"] else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return found if is_web(found) else ""


def report(
    citations: Sequence[Citation], answers: Mapping[str, Answer], day: str, copies: Mapping[Citation, str]
) -> str:
    """Return what came of it, as Markdown that begins with the mark."""
    kinds = {kind: [url for url, answer in sorted(answers.items()) if answer.kind == kind] for kind in ("fine", *KINDS)}
    counts = ", ".join(f"{len(urls)} {name}" for name, urls in zip(("fine", "dead", "moved for good", "unreachable now", "blocked"), kinds.values(), strict=True))  # fmt: skip
    asked = "1 address was" if len(answers) == 1 else f"{len(answers)} addresses were"
    made = [MARK, f"{asked} asked on {day}: {counts}.", ""]
    for heading, part in (("To mend", ("dead", "moved")), ("To look at", ("unreachable", "blocked"))):
        if any(kinds[kind] for kind in part):
            made += [f"## {heading}", ""]
        for kind in part:
            if kinds[kind]:
                made += [f"### {KINDS[kind]}", ""]
            for url in kinds[kind]:
                answer = answers[url]
                leads = " ".join(filter(None, (f"leads to {code(answer.to)}" if answer.to else "", answer.said)))
                made.append(f"- {code(url)} {leads}")
                places = [citation for citation in citations if citation.url == url]
                made += [f"  - {code(f'{place.path}:{place.line}')}" for place in places]
                if kind in ("dead", "moved"):
                    made.append(f"  - {_offer(places[0], copies.get(places[0], ''))}")
            made += [""] if kinds[kind] else []
    return "\n".join(made).rstrip() + "\n"


def _offer(citation: Citation, known: str) -> str:
    """Return the sentence that offers an archived copy to look at."""
    place = quote(f"https://web.archive.org/web/{citation.year}/{citation.url}", safe=":/?#@!$&*+,;=%~")
    says = f"The archive says that it has {code(known)}." if known else "The archive names no copy, or did not answer."
    return f"Perhaps [a copy of about {citation.year}](<{place}>): look whether it holds what is cited. {says}"


def main() -> int:
    """Ask and write the report. Return 0, whatever a link answers, and 1 if nothing at all does: so it is here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, help="the file to write; the screen if left out")
    parser.add_argument("--cases", type=Path, default=Path(__file__).parent.parent / "cases")
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds until what is unreachable is asked again")
    given = parser.parse_args()
    today = datetime.now(UTC)
    citations = [*cited(given.cases, today.year)]
    answers = ask((citation.url for citation in citations), given.pause)
    if answers and all(answer.kind == "unreachable" or answer.said == "no such host" for answer in answers.values()):
        print("links: no address answers, so there is no network here", file=sys.stderr)
        return 1
    first = {citation.url: citation for citation in reversed(citations)}
    copies = {first[url]: copy(first[url]) for url, answer in answers.items() if answer.kind in ("dead", "moved")}
    made = report(citations, answers, f"{today:%Y-%m-%d}", copies)
    if given.to:
        given.to.parent.mkdir(parents=True, exist_ok=True)
        given.to.write_text(made, encoding="utf-8")
        print(made.split("\n")[1])
    else:
        sys.stdout.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
