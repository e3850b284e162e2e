import json
import re
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml
from helpers import ROOT, real
from jsonschema import Draft202012Validator

from casebook import catalogue, schema, source
from casebook.library import FOLDERS
from casebook.schema import KINDS

RECORDS = {**real(), **catalogue.sample()}
every_kind = pytest.mark.parametrize("kind", KINDS)
every_record = pytest.mark.parametrize("path", RECORDS)


def kind_of(path: str) -> str:
    if b"moved_to:" in RECORDS[path]:
        return "moved"
    model = FOLDERS[path.split("/")[1]]
    return next(kind for kind, known in KINDS.items() if known is model)


class Editor(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML as an editor reads it: 1.2, where only true, false, null and numbers are not text."""


Editor.yaml_implicit_resolvers = {}
for tag, form, first in [
    ("bool", r"true|false|True|False|TRUE|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
]:
    Editor.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{form})$"), list(first))


def faults(kind: str, data: Any) -> list[str]:
    validator = Draft202012Validator(schema.as_json(kind))
    return [f"{'/'.join(map(str, fault.path))}: {fault.message[:80]}" for fault in validator.iter_errors(data)]


@every_kind
def test_a_schema_is_a_schema(kind):
    made = schema.as_json(kind)
    Draft202012Validator.check_schema(made)
    assert made["$schema"] == schema.DIALECT
    assert json.loads(schema.schemas()[kind]) == made


@every_record
def test_an_editor_marks_no_mistake_in_a_sound_record(path):
    data = yaml.load(RECORDS[path], Editor)
    assert faults(kind_of(path), data) == []


@every_record
def test_a_sound_record_read_as_text_has_no_fault_but_its_whole_numbers(path):
    document, _ = source.parse(RECORDS[path], path)
    wrong = faults(kind_of(path), document.data)
    assert all(
        re.search(r"(minutes|year|ratings/[a-z-]+): '[-+]?\d+' is not of type 'integer'", fault) for fault in wrong
    )


@every_kind
@pytest.mark.parametrize("data", [{}, [], "text", None, {"title": "Only a title"}])
def test_what_is_no_record_is_refused(kind, data):
    assert faults(kind, data)


CASE = "cases/feature-stores/parcel-arrival.yml"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("C020", "'label_delay' is a required property"),
        ("C021", "'baselin' was unexpected"),
        ("C022", "'middle' is not one of"),
        ("C023", "is not of type 'array'"),
        ("C024", "is too long"),
        ("C025", "peak-factor"),
        ("C026", "None is not of type 'string'"),
        ("C041", "does not match"),
    ],
)
def test_an_editor_marks_what_the_check_finds_of_the_shape(code, says):
    entry = catalogue.get(code)
    wrong = faults("case", yaml.load(catalogue.broken(entry)[CASE], Editor))
    assert any(says in fault for fault in wrong), wrong


def parts(node: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return every property of a schema with its name."""
    found = []
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            found += list(node["properties"].items())
        for below in node.values():
            found += parts(below)
    elif isinstance(node, list):
        for below in node:
            found += parts(below)
    return found


@every_kind
def test_every_property_has_a_title_a_description_and_an_example(kind):
    made = schema.as_json(kind)
    listed = parts(made)
    assert len(listed) > (20 if kind != "moved" else 1)
    for name, part in listed:
        # What a property says in the words of the part that it holds is said there, once.
        part = {**made.get("$defs", {}).get(part.get("$ref", "").rpartition("/")[2], {}), **part}
        assert part.get("title"), name
        assert part.get("description"), name
        assert part.get("examples"), name


@every_kind
def test_no_part_takes_a_key_that_it_does_not_know(kind):
    made = schema.as_json(kind)
    for part in (made, *made.get("$defs", {}).values()):
        if "properties" in part:
            assert part["additionalProperties"] is False


@every_kind
def test_no_optional_part_may_be_null(kind):
    assert '"null"' not in schema.schemas()[kind]


@every_record
def test_the_first_line_leads_to_the_schema_of_its_kind(path):
    first = RECORDS[path].decode().split("\n")[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found
    target = (ROOT / PurePosixPath(path).parent / found[1]).resolve()
    assert target == (ROOT / f"build/docs/schema/{kind_of(path)}.json").resolve()
