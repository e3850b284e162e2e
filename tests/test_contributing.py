"""What CONTRIBUTING and the README show must be true."""

import re
from pathlib import Path

from casebook import catalogue, library

ROOT = Path(__file__).resolve().parent.parent
ICONS = [file.stem for file in (ROOT / "docs/assets/icons").glob("*.svg")]


def test_the_shortest_case_of_contributing_has_no_error_in_the_real_library():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert shown is not None

    real = library.load(ROOT / "cases", ICONS)
    added = library.examine(shown[1].encode(), "cases/end-to-end/suggestions.yml", "end-to-end/suggestions")
    both = library.assemble([*real.entries.values(), added], icons=ICONS)

    assert added.record is not None
    assert [finding for finding in both.findings if catalogue.blocks(finding.code)] == []
    assert {finding.code for finding in both.findings} <= {"C110", "C086"}


def test_every_make_target_that_the_readme_names_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    named = set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE))

    assert {"site", "test", "build"} <= named
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
