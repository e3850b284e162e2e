import re

import pytest
from helpers import whole
from lxml import html as reader

from casebook import catalogue, quantity, reference
from casebook.examples import fired
from casebook.formula import FUNCTIONS
from casebook.schema import KINDS
from casebook.spec import Part
from casebook.text import line


def parts(model: type[Part], found: dict[str, type[Part]]) -> dict[str, type[Part]]:
    """Return every part that a model is made of, by name."""
    if model.__name__ not in found:
        found[model.__name__] = model
        for field in model.model_fields.values():
            for name in re.findall(r"casebook\.spec\.\w+\.(\w+)", repr(field.annotation)):
                below = next((part for part in every(Part) if part.__name__ == name and name != "Limit"), None)
                if below:
                    parts(below, found)
    return found


def every(model: type[Part]) -> list[type[Part]]:
    return [part for child in model.__subclasses__() for part in (child, *every(child))]


PARTS = {name: part for kind in KINDS.values() for name, part in parts(kind, {}).items()}
PAGE = reference.fields()
CHECKS = reference.checks()
PAGES = {found[1].upper(): made for name, made in CHECKS.items() if (found := re.search(r"/(c\d{3})\b", name))}


def text(page: str) -> str:
    return whole(reader.fromstring(f"<main>{page}</main>").text_content())


SAID = text(PAGE)


@pytest.mark.parametrize("name", PARTS)
def test_every_field_of_the_spec_stands_in_the_reference(name):
    for key, field in PARTS[name].model_fields.items():
        assert f"<code>{field.alias or key}</code>" in PAGE
        assert text(line(field.description)) in SAID


@pytest.mark.parametrize("name", PARTS)
def test_every_field_says_what_it_is_and_gives_an_example(name):
    for key, field in PARTS[name].model_fields.items():
        assert field.title, key
        assert field.description.endswith("."), key
        assert field.examples, key


@pytest.mark.parametrize("name", PARTS)
def test_every_part_says_what_it_is(name):
    assert PARTS[name].__doc__
    assert PARTS[name].__doc__ != Part.__doc__
    assert whole(PARTS[name].__doc__.strip().split("\n")[0]) in SAID


def test_the_parts_of_a_case_were_found():
    assert {"Case", "Component", "Step", "Decision", "Reference", "Block", "Tradeoff", "Criterion"} <= set(PARTS)
    assert len(PARTS) >= 30


def test_every_link_of_the_reference_leads_to_a_part_on_the_page():
    anchors = set(re.findall(r"\{ #([\w-]+) \}", PAGE))
    assert anchors >= set(re.findall(r'href="#([\w-]+)"', PAGE))


def test_every_unit_and_function_stands_in_the_reference():
    for name in (*quantity.names(), *FUNCTIONS):
        assert f"<code>{name}</code>" in PAGE


def test_what_is_required_is_marked():
    rows = re.findall(r"<tr>.*?</tr>", PAGE)
    marked = {re.search(r"<code>(\w+)</code>", row)[1] for row in rows if 'class="required"' in row}
    assert {"title", "prompt", "requirements", "references"} <= marked
    assert "variants" not in marked


@pytest.mark.parametrize("code", catalogue.codes())
def test_every_code_has_a_page_with_the_report_that_it_really_gives(code):
    entry = catalogue.get(code)
    page = text(PAGES[code]())
    for part in (f"{code} {entry.title}", text(line(entry.why)), text(line(entry.fix)), fired(entry)[0].what):
        assert whole(part) in page


def test_every_code_stands_in_the_index_with_its_level():
    page = CHECKS["contribute/checks/index.md"]()
    for code, entry in catalogue.codes().items():
        [row] = re.findall(rf'<tr><th[^>]*><a href="{code.lower()}/">{code}</a>.*?</tr>', page)
        assert entry.level in row
    levels = [entry.level for entry in catalogue.codes().values()]
    assert f"{levels.count('error')} errors, which block, and {levels.count('hint')} hints" in text(page)


def test_there_is_a_page_for_each_code_and_no_other():
    assert sorted(PAGES) == list(catalogue.codes())
    assert len(CHECKS) == len(PAGES) + 1
