import pytest
from helpers import SAMPLE, changed, codes, found, one, pointed, real, real_cases

from casebook import shape, source
from casebook.spec import Block, Case, Part, Tradeoff
from casebook.spec.base import ID, NAME, Name

# one fault, one finding: what is written, what is found, what it points at, what the fix says
FAULTS = [
    # a key that is missing
    ("level: mid\n", "", "C020", "t", "add `level:`, such as `level: senior`"),
    ("    noticed: Age of the newest feature.\n", "", "C020", "t", "add `noticed:`"),
    ("  split: By day.\n", "", "C020", "data", "add `split:`"),
    # a key that is not known
    ("level: mid", "levle: mid", "C021", "levle", "use `level`"),
    ("    pick: ready\n", "    pick: ready\n    colour: red\n", "C021", "colour", "use one of about, question"),
    ("  split: By day.", "  spilt: By day.", "C021", "spilt", "use `split`"),
    ("page: {block: page, label", "page: {block: page, lable", "C021", "lable", "use `label`"),
    # a value that is not one of the choices
    ("level: mid", "level: Senoir", "C022", "Senoir", "use one of mid, senior, staff"),
    ("kind: stream", "kind: streaming", "C022", "streaming", "use one of request, stream"),
    ("computed: stream", "computed: live", "C022", "live", "use one of"),
    # a value of the wrong kind
    ("level: mid", "level: [mid]", "C023", "[", "use one of mid, senior, staff"),
    ("prompt: Design the features behind the arrival time that a parcel's page shows.", "prompt: [Design]", "C023", "[", "write a text"),
    ("minutes: 45", "minutes: soon", "C023", "soon", "digits only"),
    ("ratings: {latency: 2, cost: -1}", "ratings: {latency: high, cost: -1}", "C023", "high", "digits only"),
    ("guardrails: [Share of windows wider than six hours]", "guardrails: {a: b}", "C023", "{", "- "),
    ("component: scans\n", "component: {id: scans}\n", "C023", "{", "write a text"),
    ("  rollback: One flag; the old model stays loaded.\n", "  rollback: One flag\nrubric: Everything.\n", "C023", "Everything.", "indented below it"),
    # out of bounds
    ("minutes: 45", "minutes: 5", "C024", "5", "not below 20"),
    ("minutes: 45", "minutes: 500", "C024", "500", "not above 90"),
    ("title: Parcel arrival times", "title: PA", "C024", "PA", "add what is missing"),
    ("latency: 2, cost: -1}", "latency: 3, cost: -1}", "C024", "3", "not above 2"),
    ("range: [100 B/item, 4 kB/item]", "range: []", "C024", "range", "add what is missing"),
    ("range: [100 B/item, 4 kB/item]", "range: [1 B/item, 2 B/item, 3 B/item]", "C024", "range", "leave out what matters least"),
    ("      asked: {gains", f"      {'x' * 61}: {{gains", "C024", "x" * 61, "shorten it"),
    ("slices: [Rural routes]", "slices: []", "C024", "slices", "add what is missing"),
    ("summary: An arrival", f"summary: {'x' * 400} An arrival", "C024", None, "shorten it"),
    # not well formed
    ("id: store-size", "id: Store Size", "C025", "Store Size", "`store-size`"),
    ("id: store-size", "id: a:b", "C025", "a:b", "`a-b`"),
    ("id: store-size", "id: ../../x", "C025", "../../x", "`x`"),
    ("id: store-size", "id: 9-lives", "C025", "9-lives", "`lives`"),
    ("      asked: {gains", "      Asked For: {gains", "C025", "Asked For", "`asked-for`"),
    ("  travel_time: {value", "  TravelTime: {value", "C025", "TravelTime", "`traveltime`"),
    ('as_of: "2025"', "as_of: March 2025", "C025", "March 2025", "`2025-03`"),
    ('as_of: "2025"', "as_of: 2025-13", "C025", "2025-13", "`2023-03`"),
    ("measure: store_size", "measure: Store size", "C025", "Store size", "`flow-id.p99`"),
    # empty
    ("  split: By day.", "  split: ~", "C026", "split", "delete the key"),
    ("level: mid", "level:", "C026", "level", "delete the key"),
    ("value: 500 B/item", "value: ", "C026", "value", "delete the key"),
    ("unit: GB, why", "unit: , why", "C026", "unit", "delete the key"),
    # texts
    ("split: By day.", 'split: "By \\u202eday."', "C030", '"By \\u202eday."', "in words"),
    ("split: By day.", 'split: "By \\0day."', "C030", None, "in words"),
    ("label: Scan job", 'label: "Scan\\njob"', "C031", '"Scan\\njob"', "`>-`"),
    ("url: https://example.org/report", "url: ftp://example.org", "C032", "ftp://example.org", "https://"),
    ("url: https://example.org/report", "url: https://me@example.org", "C032", None, "https://"),
    ("url: https://example.org/report", "url: //example.org", "C032", None, "https://"),
    ("url: https://example.org/report", "url: 'https://example.org/a b'", "C032", None, "https://"),
    ("url: https://example.org/report", "url: 'https://[x'", "C032", None, "https://"),
    # quantities, limits, formulas
    ("value: 500 B/item", "value: 500 B/itm", "C040", "itm", "`item`"),
    ("value: 500 B/item", "value: many", "C040", "many", "`30 ms`"),
    ("value: 500 B/item", "value: [500]", "C023", "[", ""),
    ("range: [100 B/item, 4 kB/item]", "range: [100 B/item]", "C024", "range", "add what is missing"),
    ("unit: GB, why", "unit: Gigs, why", "C040", "Gigs", ""),
    ("limit: <= 64 GB", "limit: 64 GB", "C041", "64 GB", "`<= 50 ms`"),
    ("limit: <= 64 GB", "limit: <= 64 GB/dy", "C040", "dy", "`day`"),
    ("formula: parcels * bytes_per_parcel", "formula: parcels * 500 B", "C042", "500 B", "an assumption"),
    ("formula: parcels * bytes_per_parcel", "formula: parcels *", "C042", None, "brackets"),
    ("formula: parcels * bytes_per_parcel", "formula: 'parcels ^ 2'", "C042", "^", "use names"),
    ("when: reads_per_write > 1", "when: reads_per_write > 1 MB", "C042", "1 MB", "an assumption"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "at", "fix"), FAULTS, ids=[f"{fault[2]} {fault[1][:30]!r}" for fault in FAULTS]
)
def test_a_fault_of_shape_is_one_finding_with_its_place_and_fix(old, new, code, at, fix):
    finding = one(found((old, new)), code)
    if at is not None:
        assert pointed(finding) == at
    assert fix in finding.fix
    assert finding.fix


def test_a_misspelt_key_that_is_required_is_one_mistake_and_not_two():
    finding = one(found(("  offline_metric: Mean", "  offline_metrics: Mean")), "C021")
    assert finding.note == 'did you mean "offline_metric"?'


def test_an_entry_that_is_refused_does_not_make_its_list_too_short():
    one(found(("guardrails: [Share of windows wider than six hours]", "guardrails: ['']")), "C024")


def test_every_fault_of_a_record_is_found_in_one_run():
    findings = found(
        ("level: mid", "level: middle"),
        ("minutes: 45", "minutes: 4.5"),
        ("  split: By day.\n", ""),
        ("value: 500 B/item", "value: 500 itms"),
        ("unit: GB, why", "unit: GB, wy"),
        ("url: https://example.org/report", "url: javascript:alert(1)"),
    )
    assert codes(findings) == ["C022", "C023", "C040", "C021", "C020", "C032"]
    assert [finding.place.line for finding in findings] == sorted(finding.place.line for finding in findings)


def test_a_fault_names_the_part_as_a_person_writes_it_counting_from_one():
    finding = one(found(("{when: reads_per_write > 1,", "{when: reads_per_write >,")), "C042")
    assert "`tradeoffs[1].choose[1].when`" in finding.what


def test_braces_in_a_faulty_text_are_no_fields_of_a_message():
    assert "{{ 7*7 }}" in one(found(("url: https://example.org/report", "url: '{{ 7*7 }}'")), "C032").what
    assert "{0}" in one(found(("level: mid", "level: '{0}'")), "C022").what


def test_a_long_faulty_text_is_cut_in_the_message():
    finding = one(found(("level: mid", f"level: {'x' * 5000}")), "C022")
    assert len(finding.what) < 120


def test_a_title_may_have_eighty_characters_and_no_more():
    assert found(("title: Parcel arrival times", f"title: {'x' * 80}")) == []
    one(found(("title: Parcel arrival times", f"title: {'x' * 81}")), "C024")


def test_space_round_a_text_is_no_part_of_it():
    document, _ = source.parse(
        changed(("title: Parcel arrival times", 'title: "  Parcel arrival times "'))[SAMPLE], SAMPLE
    )
    record, _ = shape.validate(document, Case)
    assert record.title == "Parcel arrival times"


def test_a_name_of_a_number_may_stand_where_a_quantity_may():
    document, _ = source.parse(changed(("limit: <= 64 GB", "limit: <= node_memory"))[SAMPLE], SAMPLE)
    record, _ = shape.validate(document, Case)
    bound = record.requirements.quality[1].limit.bound
    assert isinstance(bound, Name)
    assert bound == "node_memory"


def test_a_record_cannot_be_changed_once_it_is_read():
    document, _ = source.parse(changed()[SAMPLE], SAMPLE)
    record, _ = shape.validate(document, Case)
    with pytest.raises(ValueError, match="frozen"):
        record.title = "Another"


def test_every_real_record_has_the_shape_of_its_folder():
    for path, raw in real().items():
        model: type[Part] = Case if path in real_cases() else Block if "/blocks/" in path else Tradeoff
        document, findings = source.parse(raw, path)
        assert document is not None
        record, faults = shape.validate(document, model)
        assert record is not None
        assert [*findings, *faults] == []


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (
            ID,
            ["a", "a-b", "kv2-store", "x9"],
            ["", "A", "a--b", "-a", "a-", "9a", "a_b", "a.b", "a:b", "../a", "a\nb", "é"],
        ),
        (NAME, ["a", "a_b", "p99_time"], ["", "A", "a__b", "_a", "a_", "9a", "a-b", "a\nb", "é"]),
    ],
)
def test_ids_and_names_are_small_letters_digits_and_one_joint(pattern, good, bad):
    kind = "id: store-size" if pattern == ID else "  travel_time: {value"
    for text in bad:
        written = ('id: "{}"' if pattern == ID else '  "{}": {{value').format(text.replace("\n", "\\n"))
        assert set(codes(found((kind, written)))) & {"C025", "C023"}, text
    for text in good:
        written = f"id: {text}" if pattern == ID else f"  {text}: {{value"
        assert "C025" not in codes(found((kind, written))), text
