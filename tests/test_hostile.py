"""What a stranger may send: a finding, or plain text on the pages; never a traceback, never markup."""

import json
import os
import random
import re
import subprocess
import sys
import types
import typing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import markdown
import pytest
import yaml
from helpers import (
    ROOT,
    SAMPLE,
    changed,
    checked,
    codes,
    found,
    icons,
    one,
    pointed,
    project,
    real,
    real_cases,
    real_library,
)
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as reader
from pydantic import AfterValidator

from casebook import catalogue, examples, gathered, library, pages, report, source, works
from casebook.library import FOLDERS, Library
from casebook.spec import Part
from casebook.spec.base import http_link, printable

# files that are no records


def loaded(base: Path) -> Library:
    return library.load(base / "cases", icons())


@pytest.fixture
def cases(tmp_path, monkeypatch) -> Path:
    """Return the folder of cases of a project that holds the sample."""
    monkeypatch.setattr(library, "MANY", 1000)  # one process is quick enough
    return project(tmp_path, catalogue.sample()) / "cases"


BOMB = "\n".join(
    [
        "a: &a [lol, lol]",
        *(
            f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]"
            for below, name in zip("abcdefgh", "bcdefghi", strict=True)
        ),
    ]
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "C006"),
        (b"\n\n# nothing\n", "C006"),
        (b"- a\n- b\n", "C006"),
        (b"just words", "C006"),
        (random.Random(0).randbytes(5000), "C001"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "C001"),
        (b"\x7fELF\x02\x01\x01\0", "C001"),
        ("title: Fälle".encode("latin-1"), "C001"),
        ("title: Fälle".encode("utf-16"), "C001"),
        (b"title: x\0y", "C001"),
        (b"x" * 10_000_000, "C002"),
        (b"a: " + b"[" * 200_000, "C002"),
        (b"a:\n" + b"".join(b" " * depth + b"a:\n" for depth in range(1, 300)), "C002"),
        (BOMB.encode(), "C004"),
        (b"title: x\ntitle: y\n", "C005"),
        (b"title: !!python/object/apply:os.system ['touch pwned']\n", "C004"),
        (b"!!python/object:os.system\ntitle: x\n", "C004"),
        (b"title: !!binary aGVsbG8=\n", "C004"),
        (b"title: !!python/name:os.system\n", "C004"),
        (b"<<: {title: x}\n", "C021"),
        (b"? {a: b}\n: c\n", "C004"),
        (b"title: 'x\n", "C003"),
        (b"\ttitle: x\n", "C003"),
        (b"%YAML 9.9\n---\ntitle: x\n", "C003"),
        (b"%TAG ! tag:evil,2000:\n---\ntitle: !x y\n", "C004"),
        (b"a: 1\n---\nb: 2\n", "C003"),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else value,
)
def test_a_file_that_is_no_record_is_a_finding(cases, content, code):
    file = cases / "pipelines/strange.yml"
    file.parent.mkdir()
    file.write_bytes(content)
    findings = [finding for finding in loaded(cases.parent).findings if finding.place.path.endswith("strange.yml")]
    assert code in codes(findings)
    assert not (ROOT / "pwned").exists()
    for finding in findings:
        assert report.text(finding).encode()


@pytest.mark.parametrize(
    "name",
    [
        "a:b.yml",
        "A.yml",
        "a b.yml",
        "-a.yml",
        "a_b.yml",
        "x" * 61 + ".yml",
        "a\n.yml",
        "a\x1b[31m.yml",
        "ä.yml",
        "a.yaml",
        "a.yml.txt",
        "a.md",
        "a.YML",
        "a",
    ],
)
def test_a_file_whose_name_is_no_id_is_a_finding(cases, name):
    (cases / "blocks" / name).write_text("title: x\n", encoding="utf-8")
    finding = one(loaded(cases.parent).findings, "C007")
    assert finding.fix
    said = report.text(finding) + report.annotation(finding)
    assert not re.search("[\x00-\x09\x0b-\x1f]", said)
    assert said.count("\n") == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
def test_a_file_whose_name_is_no_text_is_a_finding(cases):
    (cases / "blocks" / os.fsdecode(b"\xff.yml")).write_text("title: x\n", encoding="utf-8")
    finding = one(loaded(cases.parent).findings, "C007")
    assert report.text(finding).encode()
    assert report.as_json([finding]).encode()


@pytest.mark.parametrize("folder", [".", "unknown", "blocks/deep", "pipelines/a/b"])
def test_a_file_in_no_folder_of_the_library_is_a_finding(cases, folder):
    (cases / folder).mkdir(parents=True, exist_ok=True)
    (cases / folder / "a.yml").write_text("title: x\n", encoding="utf-8")
    assert one(loaded(cases.parent).findings, "C007").what == "is in no folder of the library"


def test_a_link_to_a_file_is_a_finding_and_is_not_followed(cases, tmp_path_factory):
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.yml"
    secret.write_text("title: secret\n", encoding="utf-8")
    (cases / "blocks/secret.yml").symlink_to(secret)
    (cases / "blocks/nowhere.yml").symlink_to("/nowhere/at/all")
    findings = loaded(cases.parent).findings
    assert codes(findings) == ["C007", "C007"]
    assert {finding.what for finding in findings} == {"is not a regular file"}


def test_a_link_to_a_folder_is_a_finding_and_is_not_followed(cases, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.yml").write_text("title: secret\n", encoding="utf-8")
    (cases / "pipelines").symlink_to(elsewhere)
    (cases / "blocks/loop").symlink_to(cases)
    findings = loaded(cases.parent).findings
    assert codes(findings) == ["C007", "C007"]
    assert {finding.place.path for finding in findings} == {"cases/pipelines", "cases/blocks/loop"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes by name")
def test_a_pipe_is_a_finding_and_is_not_waited_for(cases):
    os.mkfifo(cases / "blocks/pipe.yml")
    assert one(loaded(cases.parent).findings, "C007").what == "is not a regular file"


def test_a_folder_with_the_name_of_a_record_holds_nothing(cases):
    (cases / "blocks/folder.yml").mkdir()
    assert loaded(cases.parent).findings == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_a_finding(cases):
    (cases / "blocks/page.yml").chmod(0)
    assert "C001" in codes(loaded(cases.parent).findings)


def test_hidden_files_and_readmes_are_no_records(cases):
    (cases / "README.md").write_text("# Cases", encoding="utf-8")
    (cases / "blocks/.DS_Store").write_bytes(b"\0")
    (cases / ".git").mkdir()
    (cases / ".git/config.yml").write_text("x", encoding="utf-8")
    assert loaded(cases.parent).findings == []


@given(st.lists(st.sampled_from(catalogue.sample()[SAMPLE].decode().split("\n")), max_size=40))
def test_any_lines_of_a_case_in_any_order_are_findings(lines):
    entry = library.examine("\n".join(lines).encode(), SAMPLE, "feature-stores/x")
    assert entry.record is not None or entry.findings


@given(st.integers(0, 8000), st.integers(0, 60), st.text("[]{}:,'\"#&*!|>%@` \n-a1~/\\", max_size=6))
def test_any_piece_of_a_case_can_be_lost_or_garbled(at, lost, put):
    text = catalogue.sample()[SAMPLE].decode()
    at %= len(text)
    garbled = text[:at] + put + text[at + lost :]
    for finding in examples.findings({**catalogue.sample(), SAMPLE: garbled.encode()}):
        assert finding.fix
        assert report.text(finding)


# ids and links


@pytest.mark.parametrize(
    "identity", ["a:b", "..", "../../etc", "a/b", "a b", "<b>", "{{ x }}", "a%2e", "A", "é", "x" * 61, "-"]
)
@pytest.mark.parametrize(
    "line", ["page: {block: page,", "{online: Page path", "    component: scans", "- about: one-or-many", "{id: page-latency,", "    source: carrier-report", "    predict:\n", "  christmas:\n", "  - id: carrier-report"]
)  # fmt: skip
def test_an_id_of_another_form_is_refused_wherever_ids_stand(identity, line):
    old = {"page: {block: page,": "block: page,", "{online: Page path": "online:"}.get(line)
    name = re.findall(r"[a-z]+(?:-[a-z]+)*", line)[-1] if old is None else old.rstrip(":,").split(" ")[-1]
    new = (
        line.replace(name, json.dumps(identity))
        if old is None
        else line.replace(old, old.replace(name, json.dumps(identity)))
    )
    assert {"C025", "C024"} & set(codes(found((line, new))))


HOSTILE_LINKS = [
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example",
    "mailto:x@example.org",
    "https:evil",
    "http://",
]


@pytest.mark.parametrize("link", HOSTILE_LINKS)
def test_a_link_that_could_run_is_refused_as_an_address_and_in_a_text(link):
    assert pointed(one(found(("url: https://example.org/report", f"url: '{link}'")), "C032")) == f"'{link}'"
    assert link.startswith(pointed(one(found(("split: By day.", f"split: '[x]({link})'")), "C032")))


@pytest.mark.parametrize(
    "address",
    ["https://e.org/<script>", "https://e.org/{{x}}", "https://e.org/'x", "https://user:pw@e.org", "https://e.org/\\x"],
)
def test_an_address_that_could_leave_its_place_is_refused(address):
    one(found(("url: https://example.org/report", f"url: {json.dumps(address)}")), "C032")


# every text of the real library at once

PLAIN = "Plain words"
PAYLOADS = {
    "script": "{{ 7*7 }}<script>alert(1)</script>",
    "image": "<b>{% raw %}<img src=x onerror=y>",
    "attribute": "\"' onclick=\"x\" ><svg onload=y>",
    "end tags": "</p></svg></a></details><a href=/x>",
    "attribute list": "-->{ .x onclick=y }]]>&#123;{# x #}",
    "figure": "<!--figure:architecture-->@base@",
    "entities": "\\<i>\\&lt;u&gt; &amp;lt;s&amp;gt;",
    "lines": "# x | y\t![z][q] :smile: --8<-- x",
}  # fmt: skip


def text_limit(metadata: list[Any]) -> int | None:
    """Return how long a field of text may be; None if it is no field of text."""
    functions = [part.func for part in metadata if isinstance(part, AfterValidator)]
    if printable not in functions or http_link in functions:
        return None
    return next(part.max_length for part in reversed(metadata) if getattr(part, "max_length", None))


def filled(annotation: Any, metadata: list[Any], value: Any, fresh: typing.Callable[[int], str]) -> Any:
    """Return a value with every text in it, as the spec knows them, replaced by a fresh one."""
    while True:
        origin, args = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            annotation, metadata = args[0], [*args[1:], *metadata]
        elif origin in (typing.Union, types.UnionType):
            annotation = next(arg for arg in args if arg is not type(None))
        else:
            break
    if isinstance(annotation, type) and issubclass(annotation, Part) and isinstance(value, dict):
        fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
        return {
            key: filled(fields[key].annotation, list(fields[key].metadata), part, fresh) for key, part in value.items()
        }
    if origin is dict:
        return {key: filled(args[1], [], part, fresh) for key, part in value.items()}
    if origin is tuple:
        return [filled(args[0], [], part, fresh) for part in value]
    limit = text_limit(metadata) if annotation is str and value is not None else None
    return value if limit is None else fresh(limit)


# One record of each kind, which name each other; the rest of the library stays as it is.
CASE, BLOCK, CHOICE = "feature-stores/payment-fraud-features", "blocks/event-log", "tradeoffs/one-store-or-tiers"


@cache
def told(*payloads: str, keys: tuple[str, ...] = (CASE, BLOCK, CHOICE)) -> tuple[dict[str, bytes], list[str]]:
    """Return the real library with every text of some records replaced, each by a payload and a number; and all these texts."""
    texts: list[str] = []
    files = {}

    def fresh(limit: int) -> str:
        texts.append(f"{payloads[len(texts) % len(payloads)]}~{1000 + len(texts)}")
        assert len(texts[-1]) <= limit
        return texts[-1]

    for path, raw in real().items():
        key = path.removeprefix("cases/").removesuffix(".yml")
        if key in keys:
            data = filled(FOLDERS[key.split("/")[0]], [], source.parse(raw, path)[0].data, fresh)
            raw = f"{raw.decode().split(chr(10))[0]}\n{json.dumps(data, ensure_ascii=False)}\n".encode()
        if key in keys or path not in real_cases():
            files[path] = raw
    return files, texts


def settings() -> list[str]:
    """Return the Markdown extensions of the site, which read what we render."""
    text = re.search(
        r"^markdown_extensions:\n((?:[ #].*\n|\n)*)", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE
    )
    return [next(iter(part)) if isinstance(part, dict) else part for part in yaml.safe_load(text[1])]


@dataclass(frozen=True)
class Shown:
    """A page or a figure: as we write it, and as an element of what a reader gets."""

    text: str
    root: Any

    @staticmethod
    def page(text: str) -> "Shown":
        body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
        return Shown(text, reader.fromstring(f"<main>{markdown.markdown(body, extensions=settings())}</main>"))

    def elements(self) -> list[Any]:
        return [element for element in self.root.iter() if isinstance(element.tag, str)]

    def skeleton(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return every element with the names of its attributes, in order."""
        return [(element.tag, tuple(sorted(element.attrib))) for element in self.elements()]

    def words(self) -> str:
        parts = (
            part
            for element in self.elements()
            for part in (*element.attrib.values(), element.text or "", element.tail or "")
        )
        return " ".join(" ".join(parts).split())


def told_html(part: Any, key: str = "") -> list[str]:
    """Return the texts of a round that the browser takes for HTML: all but names, titles and units."""
    if isinstance(part, dict):
        return [text for name, value in part.items() for text in told_html(value, name)]
    if isinstance(part, list):
        return [text for value in part for text in told_html(value, key)]
    return [part] if isinstance(part, str) and key not in ("key", "title", "summary", "level", "name", "unit") else []


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return a function that gives the pages and figures of the library with a payload in every text."""
    scratch = tmp_path_factory.mktemp("pictures")

    @cache
    def made(payload: str) -> dict[str, Shown]:
        loaded = checked(told(payload)[0])
        table = works.bench(loaded, ROOT / "docs", scratch)
        page, _, game = works.compose(loaded.entries[CASE], table, None)
        fragments = "".join(f"<div>{part}</div>" for part in told_html(json.loads(game)))
        drawn = works.drawing(loaded.entries[CASE], table, None)
        return {
            "case": Shown.page(page),
            "round": Shown(fragments, reader.fromstring(f"<main>{fragments}</main>")),
            "block": Shown.page(gathered.block(loaded.entries[BLOCK], loaded)),
            "trade-off": Shown.page(gathered.tradeoff(loaded.entries[CHOICE], loaded)),
            "cases": Shown.page(gathered.cases_index(loaded)),
            "blocks": Shown.page(gathered.blocks_index(loaded)),
            "trade-offs": Shown.page(gathered.tradeoffs_index(loaded)),
            "diagram": Shown(drawn.inline, etree.fromstring(drawn.inline)),
            "thumbnail": Shown(drawn.thumbnail, etree.fromstring(drawn.thumbnail)),
        }

    return made


every_payload = pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())


def test_every_text_can_be_replaced_and_no_number_changes():
    files, texts = told(PLAIN)
    assert len(texts) > 400
    assert checked(files).entries[CASE].numbers.values == real_library().entries[CASE].numbers.values


@every_payload
def test_no_text_is_a_reason_to_refuse_a_record(payload):
    assert checked(told(payload)[0]).errors() == []


@every_payload
def test_no_text_becomes_an_element_or_an_attribute(payload, shown):
    for name, part in shown(payload).items():
        plain = shown(PLAIN)[name].skeleton()
        if name == "diagram":  # lines of a label wrap elsewhere
            assert {tag for tag, _ in part.skeleton()} == {tag for tag, _ in plain}
        else:
            assert sorted(part.skeleton()) == sorted(plain), name  # indexes are in order of title


@every_payload
def test_there_is_no_script_no_event_handler_and_no_address_that_runs(payload, shown):
    for part in shown(payload).values():
        for element in part.elements():
            assert etree.QName(element).localname not in ("script", "iframe", "object", "embed", "img", "foreignObject")
            assert not any(name.startswith("on") or name == "srcdoc" for name in element.attrib)
            assert re.match(r"(https?:|(?!\w+:))", element.get("href", "").strip())


@every_payload
def test_nothing_is_left_for_a_template_to_run(payload, shown):
    for name, part in shown(payload).items():
        assert not re.search(r"\{[{%#]", part.text), name
        assert jinja2.Template(part.text, keep_trailing_newline=True).render() == part.text


@every_payload
def test_every_text_is_shown_as_typed(payload, shown):
    words = " ".join(part.words() for part in shown(payload).values())
    for text in told(payload)[1]:
        typed = " ".join(text.split())
        assert typed in words or typed.replace("\\", "") in words  # in small Markdown, a backslash escapes


@every_payload
def test_front_matter_is_read_back_without_markup(payload, shown):
    for name, part in shown(payload).items():
        if part.text.startswith("---\n"):
            meta = yaml.safe_load(part.text.split("---\n")[1])
            assert not re.search("[<>{}\"']", meta["title"] + meta["description"]), name


def test_markup_beside_small_markdown_stays_text(shown):
    typed = "**<b>x</b>** `{{ y }}` [z](https://e.org/?a=<i>&b=1) - {% q %}"
    entry = checked(changed(("split: By day.", f"split: '{typed}'"))).entries["feature-stores/parcel-arrival"]
    assert [finding for finding in entry.findings if catalogue.blocks(finding.code)] == []
    part = Shown.page(pages.case(entry, pages.Names.of(checked(catalogue.sample()))))
    assert "<b>x</b>" in part.words()
    assert "{{ y }}" in part.words()
    assert next(part.root.iter("i"), None) is None


def test_a_hostile_library_is_published_as_text(tmp_path):
    files, _ = told(*PAYLOADS.values(), keys=tuple(path.removeprefix("cases/").removesuffix(".yml") for path in real()))
    own = {
        f"scripts/casebook/{name}": (ROOT / "scripts/casebook" / name).read_bytes() for name in ("macros.py", "hold.py")
    }
    base = project(tmp_path, {**files, **own})
    done = subprocess.run(
        [sys.executable, "-c", "from casebook.cli import main; main()", "build"],
        cwd=base, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

    site = sorted((base / "site").rglob("*.html"))
    assert len(site) > 30
    for file in site:
        root = reader.fromstring(file.read_bytes())
        for element in root.iter():
            if isinstance(element.tag, str):
                assert not any(name.startswith("on") for name in element.attrib), file
                assert "=y" not in " ".join(element.attrib), file
                if element.tag in ("script", "style"):
                    assert "alert" not in (element.text or ""), file
        assert next((image for image in root.iter("img") if image.get("src") == "x"), None) is None
    case = Shown("", reader.fromstring((base / f"site/cases/{CASE}/index.html").read_bytes())).words()
    for payload in PAYLOADS.values():
        assert re.search(re.escape(" ".join(payload.split()).replace("\\", "")) + r"~\d{4}", case.replace("\\", ""))
    search = json.loads((base / "site/search/search_index.json").read_text(encoding="utf-8"))
    for entry in search["docs"]:
        assert not re.search(r"<(script|img|svg|b>|i>|a )", entry["title"] + entry["text"])
