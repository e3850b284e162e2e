"""Inputs that once broke, hung or swelled something: found by `scripts/fuzz.py` or by hand, each by name."""

import math
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from helpers import SAMPLE, changed, codes, found, one, pointed, sample_numbers

from casebook import evaluation, formula, layout, library, pages, quantity, tail, text
from casebook.outcome import Hop

CASE = "feature-stores/x"


def examined(content: str) -> library.Entry:
    return library.examine(content.encode(), SAMPLE, CASE)


@contextmanager
def quick(most: int = 10_000_000) -> Iterator[None]:
    """Hold what is done to some calls, which are as many on any machine; and end what hangs within one."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    def hung(*_: object) -> None:
        pytest.fail("twenty seconds of the processor are gone")

    before = signal.signal(signal.SIGPROF, hung)
    signal.setitimer(signal.ITIMER_PROF, 20)
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    assert calls < most


# files

MANY = {
    "unknown keys": "".join(f"a{index}: 1\n" for index in range(25_000)),
    "nearly known keys": "".join(f"titl{index}: 1\n" for index in range(22_000)),
    "keys that stand again": "a: 1\n" * 50_000,
    "entries of a list": "clarify: [" + "1," * 120_000 + "]",
    "empty entries": "clarify: [" + "{}," * 80_000 + "]",
    "entries with an unknown key": "references: [" + "{a: b}," * 36_000 + "]",
    "units that are none": "assumptions:\n" + "".join(f"  a{at}: {{value: 1 msx{'y' * (at % 9)}}}\n" for at in range(7000)),
}  # fmt: skip


@pytest.mark.parametrize("content", MANY.values(), ids=MANY)
def test_a_file_of_too_many_values_is_one_finding_at_once(content):
    with quick():
        finding = one(examined(content).findings, "C002")
    assert finding.what == "holds more than 5,000 values"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("references:\n" + "  - {a: b}\n" * 2400, "has 16,812 faults of shape, of which 200 are listed"),
        ("a: 1\n" * 2000, "has 1,999 keys that stand again, of which 200 are listed"),
    ],
    ids=["shape", "keys"],
)
def test_of_many_faults_the_first_are_listed_and_the_rest_are_counted(content, said):
    with quick():
        findings = examined(content).findings
    assert [finding.what for finding in findings if finding.code == "C002"] == [said]
    assert len(findings) < 220


def test_what_is_nested_too_deep_at_the_end_of_a_file_is_found_on_its_last_line():
    finding = one(examined("[" * 16 + "? a").findings, "C002")
    assert (finding.place.line, finding.place.column) == (1, 20)


SLIPS = {
    "a tab below many lines": "".join(f"a{at}: word word word word word word word\n" for at in range(4200)) + "\tb: 1\n",
    "a tab below many empty lines": "a: b\n" + "\n" * 200_000 + "\tb: c",
    "a tab below a long text": "prompt: >\n" + "  word word word word word\n" * 9000 + "\tb: 1\n",
    "many tabs": "a:\n" + "\tb: c\n" * 40_000,
    "many open quotes": 'a: "b\n' * 40_000,
    "many open brackets in a line": "a: " + "[" * 15 + "x" * 100_000 + "\n" + "\t" * 100,
    "many brackets": "a: " + "[]" * 100_000,
    "many signs in braces": "a: {" + "d: >z, " * 30_000 + "\n",
    "many aliases": "a: &x 1\n" + "b: *x\n" * 30_000,
    "many colons in a line": "a: b: " * 40_000,
    "many keys that became text": "failures:\n" + "  - breaks: |\n      title: x\n" * 1500,
    "a long text in a list": "prompt: |\n" + "a: b\n" * 40_000,
}  # fmt: skip


@pytest.mark.parametrize("content", SLIPS.values(), ids=SLIPS)
def test_what_was_meant_is_not_looked_for_without_end(content):
    with quick():
        assert examined(content).findings


def test_a_mapping_without_keys_has_a_form():
    assert layout.tidy(b"{}", "blocks") == b"{}\n"
    assert layout.tidy(b"title: {}", "blocks") == b"title: {}\n"


# quantities and dates


@pytest.mark.parametrize("written", ["٣ ms", "1٣ ms", "1e٣ s", "१ s", "３ ms"])
def test_digits_of_other_scripts_are_no_quantity(written):
    with pytest.raises(quantity.QuantityError):
        quantity.parse(written)


def test_digits_of_other_scripts_are_no_date():
    assert pointed(one(found(('as_of: "2025"', 'as_of: "20२५"')), "C025")) == '"20२५"'


@pytest.mark.parametrize("written", ["1e-300 s", "1e-999", "0.001e-28 s", "-1e-31 GB"])
def test_a_quantity_too_small_to_compute_with_is_refused(written):
    with pytest.raises(quantity.QuantityError, match="too small"):
        quantity.parse(written)


@pytest.mark.parametrize("written", ["0", "0.000 s", "0e-9", "1e-29 s", "-0"])
def test_zero_and_small_quantities_are_none_of_that(written):
    assert abs(quantity.parse(written).value) < 1e-28


def test_the_widest_range_has_its_flips():
    old = "value: 1 event/request, range: [0.5 event/request, 5 event/request]"
    with quick():
        entry = examined(
            changed((old, "value: 1 event/request, range: [1e-30 event/request, 1e30 event/request]"))[SAMPLE].decode()
        )
    assert [flip.assumption for flip in entry.flips].count("scans_per_view") == 1


# formulas and sums


@pytest.mark.parametrize("letter", ["\x0b", "\x0c", "\r", "\x1c", "\x85", "\xa0", "\u2003"])
def test_of_white_space_only_spaces_tabs_and_line_breaks_are_part_of_a_formula(letter):
    with pytest.raises(formula.FormulaError, match="is not part of a formula"):
        formula.parse(f"a{letter}+ b")


@pytest.mark.parametrize("written", ["1e30", "1e999", "9" * 31, "9" * 299])
def test_a_number_that_is_too_large_for_a_formula_is_called_so(written):
    with pytest.raises(formula.FormulaError, match="is too large a number"):
        formula.parse(written)


@pytest.mark.parametrize("written", ["9**9**9", "ceil(9e29**9)", "floor(2**1000)", "2**1e29", "(-2)**1e29", "9e29**64"])
def test_a_huge_power_has_a_value_or_is_refused_at_once(written):
    with quick(1000):
        value = evaluation.compiled(formula.parse(written).tree)({})
    assert value > 1 or value == -math.inf


def test_a_p99_beyond_all_measure_has_an_estimate():
    for median, high in ((1e-150, 1e150), (1e-300, 1e8), (5e-324, 1e308), (1.0, 1e308)):
        assert tail.p99([Hop((0,), median, high, ((median, high),))]) > 0


SPANS = ("estimates:\n", "  unit_time: {value: 1e-29 s, why: x}\nestimates:\n  low: {formula: unit_time * 0.001 ** 64, unit: s, why: x}\n  high: {formula: unit_time * 1000 ** 60, unit: s, why: x}\n")  # fmt: skip


def test_a_flow_of_endless_latency_has_a_page():
    files = changed(SPANS, ("p50: 4 ms, p99: 15 ms", "p50: low, p99: high"), ("measure: predict.p99, limit: <= 50 ms", "measure: scan_rate, limit: < 1 event/ns"))  # fmt: skip
    entries = [library.examine(raw, path, f"{path.split('/')[1]}/{path.split('/')[2][:-4]}") for path, raw in files.items()]  # fmt: skip
    case = next(entry for entry in entries if entry.path == SAMPLE)
    assert case.findings == ()
    assert "Parcel arrival times" in pages.case(case, pages.Names.of(library.assemble(entries)))


def test_a_load_beyond_all_measure_is_a_finding():
    numbers = sample_numbers(
        (
            "formula: ceil(peak_views / server_capacity / 0.6)",
            "formula: peak_views / server_capacity / 1000 ** 60 / 1000 ** 40",
        ),
        ("load: peak_views", "load: 1e30 request/ns"),
    )
    assert ("C045", "is too large to compute with") in [(part.code, part.message) for part in numbers.problems]
    assert "predictor" not in numbers.utilisation


# texts


@pytest.mark.parametrize("written", ["[x]()", "[x]( )"])
def test_a_link_to_nothing_is_no_link_to_the_page_itself(written):
    assert text.line(written) == "<a>x</a>"
    assert "C032" in codes(found(("split: By day.", f'split: "{written}"')))


@pytest.mark.parametrize("piece", ["[", "](", "[](", "[a](", "`", "*", "**a ", "_", "\\", "- ", "1. ", "\n", "<", "[`"])
def test_markup_that_never_ends_takes_no_time_to_speak_of(piece):
    with quick():
        for act in (text.plain, text.heading, text.attribute, text.links):
            act((piece * 20_000)[:20_000])
        for show in (text.block, text.line):
            show((piece * 4000)[:4000])  # no text of a record is longer
