"""One terrible library and its exact report: how `casebook check` speaks."""

import sys
from pathlib import Path

from casebook import catalogue, examples, library, report

DISASTER = Path(__file__).resolve().parent / "disaster"
ACCEPT = ".venv/bin/python tests/test_disaster.py > tests/disaster/report.txt"


def told() -> str:
    loaded = library.load(DISASTER / "cases", examples.ICONS)
    said = [report.text(finding) for finding in loaded.findings]
    return "\n\n".join([*said, report.summary(loaded.findings, len(loaded.entries))]) + "\n"


def test_a_terrible_library_has_exactly_this_report():
    expected = (DISASTER / "report.txt").read_text(encoding="utf-8")
    assert told() == expected, f"if the new words are better, run {ACCEPT}"


def test_the_report_comes_from_files_in_order_and_points_into_them():
    findings = library.load(DISASTER / "cases", examples.ICONS).findings
    assert findings == sorted(findings, key=lambda finding: finding.place)
    for finding in findings:
        lines = (DISASTER / finding.place.path).read_bytes().decode("utf-8", errors="replace").split("\n")
        assert finding.place.line <= len(lines)
        assert finding.line in ("", lines[finding.place.line - 1])


def test_the_disaster_is_no_small_one():
    codes = {finding.code for finding in library.load(DISASTER / "cases", examples.ICONS).findings}
    assert len(codes) > len(catalogue.codes()) / 2


if __name__ == "__main__":
    sys.stdout.write(told())
