"""What holds for every record of the real library."""

import re

import pytest
from helpers import ROOT, checked, codes, icons, real, real_cases, real_library

from casebook import catalogue, formula, library, quantity
from casebook.checks.records import figures
from casebook.checks.scope import texts
from casebook.estimate import compute
from casebook.quantity import Quantity
from casebook.spec import TRACKS, Case
from casebook.text import links

ENTRIES = real_library().entries
CASES = [path.removeprefix("cases/").removesuffix(".yml") for path in real_cases()]
every_record = pytest.mark.parametrize("key", ENTRIES)
every_case = pytest.mark.parametrize("key", CASES)


def test_the_library_has_no_finding_not_even_a_hint():
    assert library.load(ROOT / "cases", icons()).findings == []


def test_every_file_of_the_library_is_a_record():
    assert len(ENTRIES) == len(real()) == len(list((ROOT / "cases").rglob("*.yml")))
    assert all(entry.record is not None for entry in ENTRIES.values())


def test_cases_stand_by_track_and_title_and_blocks_by_title():
    order = [(list(TRACKS).index(entry.folder), entry.record.title) for entry in real_library().cases()]
    assert order == sorted(order)
    titles = [entry.record.title for entry in real_library().blocks().values()]
    assert titles == sorted(titles)
    assert len(real_library().blocks()) + len(real_library().tradeoffs()) + len(CASES) == len(ENTRIES)


@every_record
def test_every_figure_with_a_source_has_its_words(key):
    record = ENTRIES[key].record
    quotes = {reference.id: reference.quote for reference in record.references}
    for loc, figure in figures(record):
        if figure.source:
            assert figure.quote or quotes[figure.source], loc


@every_record
def test_every_source_is_on_the_web_and_dated(key):
    for reference in ENTRIES[key].record.references:
        assert reference.url.startswith(("https://", "http://"))
        assert re.match(r"(19|20)\d\d", reference.as_of)


@every_record
def test_every_link_of_a_text_leads_to_a_record_or_to_the_web(key):
    for loc, text in texts(ENTRIES[key].record):
        for target, _ in links(text):
            assert target.startswith(("https://", "http://")) or target in ENTRIES, loc


@every_record
def test_no_text_holds_a_mark_of_something_unfinished(key):
    for loc, text in texts(ENTRIES[key].record):
        assert not re.search(r"\b(TODO|FIXME|XXX|TBD|lorem)\b", text), loc


@every_case
def test_a_decision_with_a_rule_picks_what_its_rule_picks(key):
    record, numbers = ENTRIES[key].record, ENTRIES[key].numbers
    for index, decision in enumerate(record.tradeoffs):
        if decision.choose:
            option, line = numbers.picks[index]
            assert option == decision.pick == decision.choose[line].pick
        else:
            assert decision.revisit_when
            assert index not in numbers.picks


@every_case
def test_at_least_two_decisions_of_a_case_are_decided_by_its_numbers(key):
    assert len(ENTRIES[key].numbers.picks) >= 2


@every_case
def test_every_number_of_a_case_has_a_value_and_every_requirement_holds(key):
    record, numbers = ENTRIES[key].record, ENTRIES[key].numbers
    assert numbers.problems == []
    assert set(numbers.values) == {*record.assumptions, *record.estimates}
    assert set(numbers.requirements) == {quality.id for quality in record.requirements.quality}
    assert all(measure.holds for measure in numbers.requirements.values())
    assert all(share <= 0.8 for share in numbers.utilisation.values())


@every_case
def test_every_request_flow_has_a_latency_whose_median_is_below_its_budget(key):
    record, numbers = ENTRIES[key].record, ENTRIES[key].numbers
    for name, flow in record.architecture.flows.items():
        if flow.kind == "request":
            assert 0 < numbers.latency(name, "p50") < numbers.latency(name, "p99")


@every_case
def test_every_variant_can_be_computed_and_changes_a_number(key):
    record, numbers = ENTRIES[key].record, ENTRIES[key].numbers
    for variant in record.variants.values():
        other = compute(record, variant.set, numbers)
        assert other.problems == []
        assert other.values != numbers.values


@every_case
def test_every_assumption_can_be_moved_to_either_end_of_its_range(key):
    record, numbers = ENTRIES[key].record, ENTRIES[key].numbers
    for name, assumption in record.assumptions.items():
        for bound in assumption.range or ():
            moved = compute(record, {name: bound}, numbers)
            assert moved.problems == [], f"{name} at {bound.text}"


@every_case
def test_every_formula_of_a_case_can_be_read_from_its_text_again(key):
    for estimate in ENTRIES[key].record.estimates.values():
        assert formula.parse(estimate.formula.text) == estimate.formula


@every_record
def test_every_quantity_can_be_read_from_its_text_again(key):
    def quantities(part):
        if isinstance(part, Quantity):
            yield part
        elif isinstance(part, dict):
            for below in part.values():
                yield from quantities(below)
        elif type(part) is tuple:
            for below in part:
                yield from quantities(below)
        elif hasattr(type(part), "model_fields"):
            for name in type(part).model_fields:
                yield from quantities(getattr(part, name))

    read = list(quantities(ENTRIES[key].record))
    assert read or key.startswith("tradeoffs/")
    for part in read:
        assert quantity.parse(part.text) == part


@every_case
def test_a_case_is_answered_at_every_level(key):
    asked = {follow_up.level for follow_up in ENTRIES[key].record.follow_ups}
    assert asked == {"mid", "senior", "staff"}


def test_every_file_ends_with_one_line_break_and_holds_no_tab():
    for path, raw in real().items():
        assert raw.endswith(b"\n"), path
        assert not raw.endswith(b"\n\n"), path
        assert b"\t" not in raw, path
        assert b"\r" not in raw, path


def test_every_icon_of_a_block_is_a_drawing():
    assert {entry.record.icon for entry in real_library().blocks().values()} <= set(icons())


def test_findings_stand_in_order_of_place_and_once():
    broken = {**real(), **catalogue.broken(catalogue.get("C051")), "cases/blocks/spare.yml": b"x"}
    findings = checked(broken).findings
    assert findings == sorted(set(findings), key=lambda finding: finding.order)
    assert "C006" in codes(findings)


def test_a_library_without_files_is_an_empty_library(tmp_path):
    loaded = library.load(tmp_path)
    assert loaded.entries == {}
    assert loaded.findings == []
    assert loaded.cases() == []


def test_every_record_is_of_the_kind_of_its_folder():
    for entry in ENTRIES.values():
        assert isinstance(entry.record, library.FOLDERS[entry.folder])
        assert isinstance(entry.record, Case) == (entry.folder in TRACKS)
