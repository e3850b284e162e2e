import inspect
import re

import pytest
from helpers import ROOT, SAMPLE, changed, codes, found, one, pointed, sample_case

from casebook import catalogue, checks, examples
from casebook.checks import complete, design, library, numbers, records, requirements
from casebook.library import examine

CODES = catalogue.codes()
RULES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": rule
    for module in (numbers, requirements, complete, design, library, records)
    for name, rule in vars(module).items()
    if inspect.isgeneratorfunction(rule) and rule.__module__ == module.__name__
}

# the catalogue


def test_codes_stand_in_order_and_once():
    text = (ROOT / "scripts/casebook/catalogue.toml").read_text(encoding="utf-8")
    written = re.findall(r"^\[(C\d{3})\]$", text, re.MULTILINE)
    assert written == sorted(set(written)) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_says_what_why_and_how_to_mend_it(code):
    entry = CODES[code]
    assert entry.level in ("error", "hint")
    assert 10 <= len(entry.title) <= 60
    assert not entry.title.endswith(".")
    assert entry.why.endswith(".")
    assert entry.fix.endswith(".")


@pytest.mark.parametrize("code", CODES)
def test_the_example_of_a_code_fires_it_once_and_nothing_else(code):
    finding = one(examples.fired(CODES[code]), code)
    assert finding.fix
    # Of two records with one title, the later in the alphabet is named; a link to a draft, where it stands.
    assert finding.place.path == CODES[code].file or code in ("C100", "C105")


def test_two_codes_have_neither_the_same_title_nor_the_same_reason():
    assert len({entry.title for entry in CODES.values()}) == len(CODES)
    assert len({entry.why for entry in CODES.values()}) == len(CODES)


def test_the_sample_has_no_finding():
    assert examples.findings(catalogue.sample()) == []


def test_an_example_changes_text_that_stands_there_once():
    with pytest.raises(ValueError, match="fits 0 places"):
        catalogue.broken(catalogue.Code("C999", "error", "t", "w", "f", change=(("not there", ""),)))


def test_the_catalogue_and_the_source_know_the_same_codes():
    said = set()
    for file in (ROOT / "scripts/casebook").rglob("*.py"):
        said |= set(re.findall(r"\bC\d{3}\b", file.read_text(encoding="utf-8")))
    assert said - set(CODES) == set()
    assert set(CODES) - said == set()


# the rules


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_a_generator_whose_docstring_is_the_rule(rule):
    told = inspect.getdoc(RULES[rule])
    assert told
    if not rule.endswith("figures"):
        assert re.search(r"\b(must|should|may)\b", told.split("\n")[0])
        assert told.split("\n")[0].endswith(".")


def test_every_rule_is_run():
    listed = {*numbers.RULES, *requirements.RULES, *complete.RULES, *design.RULES, *library.RULES, library.employed}
    run = inspect.getsource(checks.run)
    for name, rule in RULES.items():
        assert rule in listed or name in run or name == "records.figures", name


def test_advice_waits_until_the_record_is_sound():
    spare = ("  travel_time:", "  vans: {value: 900, why: Counted.}\n  travel_time:")
    assert codes(found(spare)) == ["C048"]
    assert codes(found(spare, ("from: predictor, to: store,", "from: predictor, to: stroe,"))) == ["C050"]


# what a rule finds besides the example of its code


@pytest.mark.parametrize(
    ("changes", "code", "at"),
    [
        # ranges
        ([("range: [2, 10]", "range: [10, 2]")], "C046", "["),
        ([("range: [2, 10]", "range: [0, 10]")], "C046", "0"),
        ([("range: [2, 10]", "range: [-1, 10]")], "C046", "-1"),
        ([("range: [2, 10]", "range: [2 item, 10]")], "C044", "2 item"),
        ([("range: [2, 10]", "range: [2, 10 item]")], "C044", "10 item"),
        # where figures come from
        ([(", why: One read in one zone.}", "}")], "C049", "store"),
        ([("      why: Measured on one replica.\n", "")], "C049", "predictor"),
        # sources
        ([("    source: carrier-report", "    quote: many\n    why: x")], "C091", "many"),
        # numbers that nothing uses
        ([("{when: store_size > node_memory, pick: many}", "{when: store_size > store_size * 2, pick: many}")], "C048", "node_memory"),
        ([("  servers: {formula", "  twice: {formula: parcels * 2, unit: item, why: No reason.}\n  servers: {formula")], "C048", "twice"),
        # requirements
        ([("measure: predict.p99", "measure: update.p99")], "C070", "update.p99"),
        ([("measure: store_size", "measure: stor_size")], "C070", "stor_size"),
        # names
        ([("  servers: {formula", "  parcels: {formula: views, unit: request/s, why: x}\n  servers: {formula")], "C072", "parcels"),
        # variants
        ([("set: {views: 300 million request/day}", "set: {views: 300 million event/day}")], "C044", "300 million event/day"),
        ([("set: {views: 300 million request/day}", "set: {travel_time: 0 day}")], "C045", "christmas"),
        # groups and components
        ([("groups: {online: Page path, stream: Scan path}", "groups: {online: Page path, stream: Scan path, spare: Spare}")], "C051", "spare"),
        ([("stream: Scan path}", "stream: page PATH}")], "C061", "page PATH"),
        ([("label: Scan job", "label: FEATURE store")], "C061", "FEATURE store"),
        # flows
        ([("from: scans, to: store,", "from: scan, to: store,"), ("    scans: {block: predictor, label: Scan job, group: stream, does: Turns scans into features.}\n", ""), (", stream: Scan path}", "}"), ("    component: scans\n", "")], "C050", "scan"),
        # decisions
        ([("    pick: one\n", "    pick: won\n")], "C082", "won"),
        ([("- {pick: asked}", "- {pick: ask}")], "C082", "ask"),
        ([("- {pick: asked}", "- {when: parcels > parcels, pick: asked}")], "C084", "parcels > parcels"),
        ([("{when: reads_per_write > 1, pick: ready}", "{pick: ready}")], "C084", "{"),
        ([("about: ready-or-asked", "about: redy-or-asked")], "C080", "redy-or-asked"),
        ([("      asked: {gains", "      ask: {gains"), ("- {pick: asked}", "- {pick: ask}")], "C081", "ask"),
        # ids
        ([("references:\n", "references:\n  - {id: carrier-report, title: Two, organisation: X, year: 2024, url: https://e.org, quote: q, as_of: 2024}\n")], "C072", "carrier-report"),
        # links
        ([("prompt: Design", "prompt: '[x](mailto:a@b.c) Design"), ("parcel's page shows.", "parcel page shows.'")], "C032", "mailto:a@b.c"),
        ([("baseline: The median of the route.\n  offline", "baseline: '[x](blocks/page) [y](blocks/pages)'\n  offline")], "C033", "blocks/pages"),
    ],
)  # fmt: skip
def test_a_rule_finds_each_way_of_breaking_it(changes, code, at):
    finding = one([finding for finding in found(*changes) if finding.code == code], code)
    assert pointed(finding) == at


def test_a_fault_that_only_a_rule_can_see_is_found_alone():
    for changes, code in [
        ([("range: [2, 10]", "range: [10, 2]")], "C046"),
        ([("measure: predict.p99", "measure: update.p99")], "C070"),
        ([("set: {views: 300 million request/day}", "set: {views: 300 million event/day}")], "C044"),
        ([("about: ready-or-asked", "about: redy-or-asked")], "C080"),
    ]:
        one(found(*changes), code)


@pytest.mark.parametrize(
    ("limit", "code"),
    [("<= 23 ms", None), ("< 23 ms", "C071"), ("<= 22.9 ms", "C071"), ("> 23 ms", "C071"), (">= 23 ms", None)],
)
def test_a_requirement_is_missed_exactly_when_its_limit_does_not_hold(limit, code):
    findings = found(("measure: predict.p99, limit: <= 50 ms", f"measure: predict.p99, limit: '{limit}'"))
    assert codes(findings) == ([code] if code else [])


@pytest.mark.parametrize(
    ("capacity", "code"), [("2000", None), ("290", None), ("289", "C058"), ("232", "C058"), ("231", "C057")]
)
def test_a_component_is_hot_above_eighty_percent_and_overloaded_above_one_hundred(capacity, code):
    # 2,778 requests/s on 12 replicas
    findings = found(("capacity: server_capacity\n", f"capacity: {capacity} request/s/replica\n"))
    assert codes(findings) == ([code] if code else [])


def test_parallel_steps_apart_from_each_other_are_found_at_the_later_one():
    step = "        - {from: predictor, to: store, does: Reads its features}\n"
    rows = "".join(
        f"        - {{from: predictor, to: store, does: Reads {name}{lane}}}\n"
        for name, lane in (("a", ", parallel: x"), ("b", ", parallel: x"), ("c", ""), ("d", ", parallel: x"))
    )
    finding = one(found((step, rows)), "C059")
    assert "not next to each other" in finding.what
    assert "Reads d" in finding.line


def test_a_latency_of_the_step_itself_is_enough():
    assert (
        found(
            ("latency: {p50: 1 ms, p99: 8 ms}, why: One read in one zone.}", "why: One read.}"),
            ("does: Reads its features}", "does: Reads its features, latency: {p50: 1 ms, p99: 2 ms}}"),
        )
        == []
    )


def test_a_name_near_a_known_one_is_suggested():
    finding = one(found(("from: predictor, to: store, does", "from: predictor, to: stor, does")), "C050")
    assert finding.note == 'did you mean "store"?'


def test_where_no_known_name_is_near_all_are_listed():
    finding = one(found(("from: predictor, to: store, does", "from: predictor, to: xyzzy, does")), "C050")
    assert finding.note == ""
    assert finding.fix.endswith(": page, predictor, scans, store")


def test_every_part_of_an_answer_that_is_missing_is_a_hint_of_its_own():
    for name in complete.OPTIONAL:
        text = changed()[SAMPLE].decode()
        without = re.sub(rf"^{name}:.*\n(?:[ -].*\n)*", "", text, flags=re.MULTILINE)
        assert without != text
        finding = one(examples.findings({**catalogue.sample(), SAMPLE: without.encode()}), "C110")
        assert f"`{name}`" in finding.what


def test_a_sound_case_is_complete():
    assert complete.lacking(sample_case()) == {}


def test_a_draft_may_be_thin_and_is_told_what_it_lacks_and_not_by_hints():
    draft = changed(("minutes: 45\n", "minutes: 45\nstatus: draft\n"))[SAMPLE].decode()
    thin = re.sub(r"^(variants|rehearsal):.*\n(?:[ -].*\n)*", "", draft, flags=re.MULTILINE)
    entry = examine(thin.encode(), SAMPLE, SAMPLE[6:-4])

    assert [finding.code for finding in entry.findings if finding.code in ("C110", "C112", "C086")] == []
    assert list(complete.lacking(entry.record)) == ["variants", "rehearsal"]


def test_the_first_line_of_each_kind_names_its_own_schema():
    finding = one(found(("schema/block.json", "schema/case.json"), file="cases/blocks/page.yml"), "C111")
    assert "schema/block.json" in finding.fix


# the library


def copy(name: str, title: str, **texts: str) -> dict[str, bytes]:
    page = catalogue.sample()["cases/blocks/page.yml"].decode().replace("title: Web page", f"title: {title}")
    for key, value in texts.items():
        page = re.sub(rf"^{key}: .*$", f"{key}: {value}", page, flags=re.MULTILINE)
    return {**catalogue.sample(), f"cases/blocks/{name}.yml": page.encode()}


def test_two_titles_are_the_same_whatever_the_case_of_their_letters():
    [finding] = [finding for finding in examples.findings(copy("zebra", "WEB PAGE")) if finding.code == "C100"]
    assert "cases/blocks/page.yml" in finding.what
    assert pointed(finding) == "WEB PAGE"


def test_a_short_text_may_stand_twice():
    assert codes(examples.findings(copy("zebra", "Another page"))) == ["C102"]


def test_a_long_text_that_differs_in_white_space_is_the_same():
    words = "These are long words that say the same thing in two places of the library, at such a length that nobody believes in chance alone."
    files = copy("zebra", "Another page", what=words, sizing=f'"{words.replace(" ", "  ")}"')
    [finding] = [finding for finding in examples.findings(files) if finding.code == "C101"]
    assert "cases/blocks/zebra.yml, line" in finding.what


def test_what_a_broken_case_would_use_is_not_called_unused():
    assert codes(found(("title: Parcel arrival times\n", ""))) == ["C020"]


def test_a_block_may_not_name_an_alternative_that_is_not_there():
    finding = one(found(("{block: store, when", "{block: stor, when"), file="cases/blocks/page.yml"), "C052")
    assert finding.note == 'did you mean "store"?'


def test_a_figure_of_a_block_says_where_it_comes_from():
    finding = one(found((", why: Assumed for the sample.}", "}"), file="cases/blocks/page.yml"), "C049")
    assert "Latency of a page" in finding.line


def test_a_criterion_that_the_trade_off_does_not_have_is_named_with_those_it_has():
    finding = one(found(("ratings: {size: -1, simplicity: 2}", "ratings: {size: -1, simplicity: 2, sise: 1}")), "C081")
    assert finding.note == 'did you mean "size"?'
    assert finding.fix == "use one of size, simplicity"
