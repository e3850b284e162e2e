"""What becomes of the addresses that the library cites, told by servers that answer in every way."""

import json
import socket
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from helpers import ROOT, SAMPLE, changed, project, real_library, script

links = script("links")
Answer, Citation = links.Answer, links.Citation

QUICKLY = (*links.GENTLY[:4], "--host-request-interval", "1ms", "--timeout", "1", "--max-retries", "0")
MOVES = {"/301": (301, "/ok"), "/302": (302, "/ok"), "/308": (308, "/302"), "/307": (307, "/301"), "/301-gone": (301, "/404"),
         "/front": (301, "/"), "/loop": (301, "/loop"), "/wall": (302, "/captcha/check")}  # fmt: skip


class Server(ThreadingHTTPServer):
    """A server that remembers who asked for what, and how many at a time."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, str]] = []
        self.now = self.most = 0
        self.lock = threading.Lock()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Server = self.server
        with server.lock:
            server.seen.append((self.command, self.path, self.headers["User-Agent"]))
            server.now += self.path != "/slow"  # whom nobody waits for
            server.most = max(server.most, server.now)
        time.sleep(1.5 if self.path == "/slow" else 0.02)
        with server.lock:
            server.now -= self.path != "/slow"
        with suppress(OSError):  # who asked has left
            self.reply(urlsplit(self.path).path)

    do_HEAD = do_POST = do_GET  # noqa: N815 - the server's own names

    def reply(self, path: str) -> None:
        number, to = MOVES.get(path, (200, ""))
        if path[1:].isdecimal() and not to:
            number = int(path[1:])
        if path == "/flaky" and [seen[1] for seen in self.server.seen].count("/flaky") == 1:
            number = 500
        if path in ("/challenge", "/puzzle"):
            number = 503
        self.send_response(number)
        if to:
            self.send_header("Location", to)
        if path == "/challenge":
            self.send_header("cf-mitigated", "challenge")
        body = b"Solve this CAPTCHA" if path == "/puzzle" else b"x"
        if path == "/available":
            body = self.available()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def available(self) -> bytes:
        asked = parse_qs(urlsplit(self.path).query)
        url, year = asked["url"][0], asked["timestamp"][0]
        known = {"available": True, "url": f"http://web.archive.org/web/{year}0102/{url}", "timestamp": f"{year}0102"}
        return json.dumps({"url": url, "archived_snapshots": {"closest": known} if "known" in url else {}}).encode()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server():
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def closed() -> str:
    """Return an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}/x"


NOWHERE = "http://nowhere.casebook.internal/x"
TOLD = {
    "/ok": Answer("fine"),
    "/ok?a=1&b='2'": Answer("fine"),
    "/ok_(1).": Answer("fine"),
    "/ok#part": Answer("fine"),
    "/302": Answer("fine"),
    "/307": Answer("fine"),
    "/301": Answer("moved", "", "/ok"),
    "/308": Answer("moved", "", "/302"),
    "/front": Answer("moved", "the front page: it may be gone", "/"),
    "/401": Answer("blocked", "answers 401"),
    "/403": Answer("blocked", "answers 403"),
    "/429": Answer("blocked", "answers 429"),
    "/wall": Answer("blocked", "asks whether a person is there"),
    "/challenge": Answer("blocked", "asks whether a person is there"),
    "/puzzle": Answer("blocked", "asks whether a person is there"),
    "/500": Answer("unreachable", "answers 500"),
    "/slow": Answer("unreachable", "Request timed out"),
    "/loop": Answer("unreachable", "answers 301"),
    "/flaky": Answer("fine"),
    "/404": Answer("dead", "answers 404"),
    "/410": Answer("dead", "answers 410"),
    "/301-gone": Answer("dead", "answers 404"),
}


@pytest.fixture(scope="module")
def answers(server, closed) -> dict[str, Answer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_TOKEN", "a secret")
        patch.setattr(links, "_known", lambda host: not host.endswith(".internal"))
        urls = [*(server.address + path for path in TOLD), closed, NOWHERE, "https://example.org/x"]
        return links.ask(urls, pause=0, options=QUICKLY)


@pytest.mark.parametrize("path", TOLD)
def test_every_kind_of_answer_is_told_apart(answers, server, path):
    told = TOLD[path]
    assert answers[server.address + path] == told._replace(to=told.to and server.address + told.to)


def test_an_address_that_nobody_serves_is_unreachable_and_one_without_a_host_is_dead(answers, closed):
    assert answers[closed].kind == "unreachable"
    assert answers[NOWHERE] == Answer("dead", "no such host")


def test_an_address_for_examples_is_not_asked(answers):
    assert answers["https://example.org/x"] == Answer("fine", "not asked: an address for examples")


def test_a_host_is_asked_one_thing_at_a_time_with_get_alone_under_an_honest_name(answers, server):
    by_lychee = [seen for seen in server.seen if "/available" not in seen[1]]
    assert server.most == 1
    assert {method for method, _, _ in by_lychee} == {"GET"}
    assert {agent for _, _, agent in by_lychee} == {links.AGENT}
    assert links.AGENT.startswith("Mozilla/5.0 (compatible; casebook-links/")
    assert "+https://" in links.AGENT


def test_only_what_could_not_be_reached_is_asked_twice(answers, server):
    asked = [path for _, path, _ in server.seen]
    assert asked.count("/flaky") == 3  # between the two, by a look at whether it asks for a person
    assert asked.count("/404") == asked.count("/403") + 1 == 2  # one of them by way of a redirect
    assert asked.count("/500") > 1


def test_a_real_run_is_gentle():
    options = dict(zip((*links.GENTLY, *links.PATIENTLY)[::2], (*links.GENTLY, *links.PATIENTLY)[1::2], strict=True))
    assert options["--host-concurrency"] == "1"
    assert options["--host-request-interval"] == "1s"
    assert int(options["--max-retries"]) > 1


def row(text: str, **more: object) -> dict[str, object]:
    return {"url": "https://a.test/x", "status": {"text": text, **more}}


def test_a_host_that_cannot_be_looked_up_now_is_unreachable(monkeypatch):
    def failing(number: int):
        def look_up(*_):
            raise socket.gaierror(number, "x")

        return look_up

    for number, kind in (
        (socket.EAI_NONAME, "dead"),
        (socket.EAI_AGAIN, "unreachable"),
        (socket.EAI_FAIL, "unreachable"),
    ):
        monkeypatch.setattr(socket, "getaddrinfo", failing(number))
        assert links.answer(row("Network error: x", details="x")).kind == kind


# what is asked


def test_every_reference_archive_and_link_of_a_text_is_cited_with_its_line(tmp_path):
    files = changed(
        ("    url: https://example.org/report\n", "    url: https://a.test/report\n    archive: https://b.test/old\n"),
        ("why: Sizes the model server.", "why: 'Sizes [it](https://c.test/x), see [a](blocks/store).'"),
        ("    because: All parcels fit one node.", "    because: >-\n      All parcels\n      [fit](https://d.test/) one node."),
    )  # fmt: skip
    found = [*links.cited(project(tmp_path, files) / "cases", 2026)]
    lines = files[SAMPLE].decode().split("\n")
    assert [citation.url for citation in found] == ["https://a.test/report", "https://b.test/old", "https://c.test/x", "https://d.test/"]  # fmt: skip
    assert [citation.year for citation in found] == [2025, 2025, 2026, 2026]
    for citation in found:
        assert citation.path == SAMPLE
        assert citation.url in lines[citation.line - 1]


def test_every_address_of_the_real_library_is_cited():
    found = {citation.url for citation in links.cited(ROOT / "cases", 2026)}
    for entry in real_library().entries.values():
        for reference in entry.record.references:
            assert reference.url in found
            assert not reference.archive or reference.archive in found


def test_a_file_that_is_no_record_is_passed_over(tmp_path):
    base = project(tmp_path, {"cases/blocks/broken.yml": b"a: [", "cases/blocks/other.yml": b"title: x\n"})
    assert [*links.cited(base / "cases", 2026)] == []


# the archive


def test_the_archive_is_asked_for_a_copy_of_the_year(server):
    known, other = (Citation(f"https://a.test/{name}?x=1&y=2", SAMPLE, 1, 2023) for name in ("known", "other"))
    api = f"{server.address}/available"
    assert links.copy(known, api) == f"http://web.archive.org/web/20230102/{known.url}"
    assert links.copy(other, api) == ""


@pytest.mark.parametrize("path", ["/404", "/500", "/ok"])
def test_an_archive_that_does_not_say_is_the_same_as_none(server, closed, path):
    for api in (server.address + path, closed):
        assert links.copy(Citation("https://a.test/known", SAMPLE, 1, 2023), api) == ""


# the report


def told(answers: dict[str, Answer], copies: dict[Citation, str] | None = None) -> str:
    citations = [Citation(url, SAMPLE, line, 2023) for line, url in enumerate(answers, 1)]
    return links.report([*citations, *citations[:1]], answers, "2026-11-22", copies or {})


def test_a_report_without_faults_says_so_in_one_line():
    said = told({"https://a.test/": Answer("fine")})
    assert said == (
        f"{links.MARK}\n1 address was asked on 2026-11-22: 1 fine, 0 dead, 0 moved for good, 0 unreachable now, 0 blocked.\n"
    )


def test_what_is_dead_stands_with_its_places_and_a_copy_to_look_at():
    copies = {Citation("https://a.test/(x)", SAMPLE, 1, 2023): "http://web.archive.org/web/2023/y"}
    said = told({"https://a.test/(x)": Answer("dead", "answers 404")}, copies)
    assert "## To mend\n\n### Dead\n\n- `https://a.test/(x)` answers 404\n" in said
    assert said.count(f"  - `{SAMPLE}:1`\n") == 2
    assert "[a copy of about 2023](<https://web.archive.org/web/2023/https://a.test/%28x%29>)" in said
    assert "The archive says that it has `http://web.archive.org/web/2023/y`." in said
    assert "To look at" not in said


def test_what_moved_for_good_says_where_to():
    said = told({"https://a.test/": Answer("moved", "", "https://b.test/")})
    assert "### Moved for good\n\n- `https://a.test/` leads to `https://b.test/`\n" in said
    assert "The archive names no copy, or did not answer." in said


def test_what_is_blocked_or_unreachable_is_not_to_be_mended():
    said = told({"https://a.test/": Answer("blocked", "answers 403"), "https://b.test/": Answer("unreachable", "x")})
    assert "To mend" not in said
    assert said.index("### Unreachable now") < said.index("### Blocked")
    assert "archive" not in said


def test_where_a_stranger_leads_to_stays_text():
    said = told({"https://a.test/": Answer("moved", "", "https://b.test/`|<b>@all")})
    assert "<b>" not in said
    assert "@all" not in said


def test_the_script_writes_a_report(tmp_path, monkeypatch, server):
    files = changed(("url: https://example.org/report", f"url: {server.address}/404"))
    base = project(tmp_path, files)
    monkeypatch.setattr(links, "ARCHIVE", f"{server.address}/available")
    monkeypatch.setattr(links, "copy", lambda citation: "")
    monkeypatch.setattr(
        sys, "argv", ["links.py", "--cases", str(base / "cases"), "--to", str(tmp_path / "new/report.md")]
    )
    assert links.main() == 0
    said = (tmp_path / "new/report.md").read_text(encoding="utf-8")
    assert said.startswith(f"{links.MARK}\n1 address was asked on ")
    assert f"- `{server.address}/404` answers 404\n" in said


def test_without_a_network_nothing_is_called_dead(tmp_path, monkeypatch, closed, capsys):
    base = project(tmp_path, changed(("url: https://example.org/report", f"url: {closed}")))
    monkeypatch.setattr(
        sys, "argv", ["links.py", "--cases", str(base / "cases"), "--to", str(tmp_path / "report.md"), "--pause", "0"]
    )
    assert links.main() == 1
    assert "there is no network here" in capsys.readouterr().err
    assert not (tmp_path / "report.md").exists()
