"""Twenty different faults in five files of the real library: each is found where it is, and its fix mends it."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers import checked, codes, project, real

FRAUD = "cases/feature-stores/payment-fraud-features.yml"
CHAT = "cases/deployment/llm-chat-serving.yml"
FEED = "cases/pipelines/recommendation-training-data.yml"
LOG = "cases/blocks/event-log.yml"
READY = "cases/tradeoffs/precompute-or-on-demand.yml"


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new`, in which ⟦⟧ stand round what the finding must point at; the fix says `says`.

    What the fix says is done by putting `mend` where the finding points, or by `edit`.
    """

    code: str
    file: str
    old: str
    new: str
    says: str
    mend: str = ""
    edit: tuple[str, str] = ("", "")

    @property
    def meant(self) -> str:
        return re.findall("⟦(.*?)⟧", self.new)[0]


FAULTS = [
    # rules over a case
    Fault("C033", FRAUD, "(https://docs.adyen.com/issuing/disputes)", "(⟦blocks/event-lgo⟧)", 'did you mean "blocks/event-log"?', "blocks/event-log"),
    Fault("C070", FRAUD, "measure: pattern_wait", "measure: ⟦patternwait⟧", 'did you mean "pattern_wait"?', "pattern_wait"),
    Fault("C046", FRAUD, "range: [6 hour, 7 day]", "range: ⟦[⟧7 day, 6 hour]", "write the lower bound first", edit=("[7 day, 6 hour]", "[6 hour, 7 day]")),
    Fault("C090", FRAUD, "source: stripe-shepherd", "source: ⟦stripe-sheperd⟧", 'did you mean "stripe-shepherd"?', "stripe-shepherd"),
    Fault("C043", FRAUD, "formula: decision_budget / 4", "formula: ⟦decisoin_budget⟧ / 4", 'did you mean "decision_budget"?', "decision_budget"),
    Fault("C044", FRAUD, "formula: label_delay + rebuild_interval\n    unit: day", "formula: label_delay + rebuild_interval\n    unit: ⟦day/payment⟧", "write the unit of the result", "day"),
    Fault("C050", FRAUD, "{from: feature-server, to: recent-store, does: Reads", "{from: feature-server, to: ⟦recent-shop⟧, does: Reads", 'did you mean "recent-store"?', "recent-store"),
    Fault("C081", FRAUD, "ratings: {freshness: 2, cost: -1, operations: -2", "ratings: {⟦freshnes⟧: 2, cost: -1, operations: -2", 'did you mean "freshness"?', "freshness"),
    Fault("C083", FRAUD, "    pick: on-demand\n    because", "    pick: ⟦precompute⟧\n    because", "mend the pick", "on-demand"),
    Fault("C095", FRAUD, "set: {label_delay: 90 day}", "set: {⟦label_dely⟧: 90 day}", 'did you mean "label_delay"?', "label_delay"),
    # the shape of a case
    Fault("C022", CHAT, "\nlevel: senior\n", "\nlevel: ⟦expert⟧\n", "use one of mid, senior, staff", "senior"),
    Fault("C041", CHAT, "limit: <= 6500 GPU", "limit: ⟦6500 GPU⟧", "write it like `<= 50 ms`", "<= 6500 GPU"),
    Fault("C040", CHAT, "value: 20000 message/s\n", "value: 20000 ⟦mesage⟧/s\n", "write `message`", "message"),
    Fault("C042", CHAT, "formula: message_rate * peak_factor", "formula: message_rate * ⟦1.5 message⟧", "make it an assumption with a name", "peak_factor"),
    Fault("C021", CHAT, "latency: {p50: 1 ms, p99: 4 ms}", "⟦latncy⟧: {p50: 1 ms, p99: 4 ms}", "use `latency`", "latency"),
    Fault("C005", CHAT, "      label: Token quota\n", "      label: Token quota\n      ⟦label⟧: Quota\n", "delete one of the two", edit=("      label: Quota\n", "")),
    # a block, a trade-off, and a file that is not YAML
    Fault("C103", LOG, "icon: log\n", "icon: ⟦logs⟧\n", 'did you mean "log"?', "log"),
    Fault("C052", LOG, "  - block: columnar-table", "  - block: ⟦column-table⟧", 'did you mean "columnar-table"?', "columnar-table"),
    Fault("C024", READY, "title: Latency on the request path", "title: ⟦Latency on the request path, from the first byte to the last, at the peak of the year⟧", "shorten it", "Latency on the request path"),
    Fault("C003", FEED, "title: Training data for a feed recommender", "title: Training data⟦:⟧ a feed recommender", "put quotes round", edit=("title: Training data: a feed recommender", 'title: "Training data: a feed recommender"')),
]  # fmt: skip


MARK = re.compile(r"⟦(C\d{3}) (.*?)⟧")


def marked() -> dict[str, str]:
    """Return the five files with every fault, and marks round what each must point at."""
    files = {fault.file: real()[fault.file].decode() for fault in FAULTS}
    for fault in FAULTS:
        assert files[fault.file].count(fault.old) == 1, f"{fault.code}: {fault.old!r} no longer stands once"
        files[fault.file] = files[fault.file].replace(fault.old, fault.new.replace("⟦", f"⟦{fault.code} "))
    return files


def expected() -> list[tuple[str, str, int, int]]:
    """Return code, file, line and column of every fault, from the marks."""
    places = []
    for path, text in marked().items():
        for number, line in enumerate(text.split("\n"), 1):
            while mark := MARK.search(line):
                places.append((mark[1], path, number, mark.start() + 1))
                line = MARK.sub(mark[2].replace("\\", r"\\"), line, count=1)
    return sorted(places)


def library() -> dict[str, bytes]:
    return {**real(), **{path: MARK.sub(r"\2", text).encode() for path, text in marked().items()}}


def test_the_faults_are_twenty_of_different_kinds_in_five_files():
    assert len({fault.code for fault in FAULTS}) == len(FAULTS) == 20
    assert len({fault.file for fault in FAULTS}) == 5


def test_every_fault_is_found_once_at_its_place_with_its_fix():
    findings = checked(library()).findings

    assert sorted((finding.code, *finding.place[:3]) for finding in findings) == expected()
    for finding in findings:
        [fault] = [fault for fault in FAULTS if fault.code == finding.code]
        assert finding.line[finding.place.column - 1 :].startswith(fault.meant)
        assert fault.says in finding.note + finding.fix


def test_following_the_fix_of_each_fault_leaves_none():
    files = library()
    for left in range(len(FAULTS), 0, -1):
        findings = checked(files).findings
        assert len(findings) == left
        finding = findings[0]
        [fault] = [fault for fault in FAULTS if fault.code == finding.code]
        text = files[fault.file].decode()
        if fault.mend:
            lines = text.split("\n")
            row, place = lines[finding.place.line - 1], finding.place
            lines[place.line - 1] = row[: place.column - 1] + fault.mend + row[place.column - 1 + place.width :]
            text = "\n".join(lines)
        else:
            assert text.count(fault.edit[0]) == 1
            text = text.replace(*fault.edit)
        files[fault.file] = text.encode()
    assert codes(checked(files).findings) == []


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from casebook.cli import main; main()", "check", *arguments]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    return project(tmp_path_factory.mktemp("faults"), library())


def test_the_command_ends_with_one_and_gives_all_twenty(copy):
    done = run(copy, "--format", "json")
    assert done.returncode == 1
    assert done.stderr == ""
    rows = json.loads(done.stdout)
    assert sorted((row["code"], row["path"], row["line"], row["column"]) for row in rows) == expected()


def test_the_command_says_so_in_words_too(copy):
    done = run(copy, "--format", "text")
    assert done.returncode == 1
    assert done.stdout.rstrip().endswith(f"{len(real())} records checked: 20 errors")
    for code, path, line, column in expected():
        assert f"{path}:{line}:{column}: error {code} " in done.stdout


def test_the_findings_of_one_file_can_be_asked_for_alone(copy):
    done = run(copy, "--format", "json", LOG)
    assert [row["code"] for row in json.loads(done.stdout)] == ["C103", "C052"]
