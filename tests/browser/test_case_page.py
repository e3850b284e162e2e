import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from PIL import Image
from playwright.sync_api import Page, expect

from browser.support import CASES, ROOT, Shown, Site, address, all_said, contrast, one_look, said
from casebook.graph import letter
from casebook.quantity import parse
from casebook.spec import Case
from casebook.text import plain

# What the page shows, in the order of an interview, and the fields that each part is made of.
PARTS: list[tuple[str, list[str]]] = [
    ("Prompt", ["prompt"]),
    ("Clarifying questions", ["clarify"]),
    ("Requirements", ["requirements"]),
    ("Assumptions", ["assumptions"]),
    ("Estimates", ["estimates", "key_estimate"]),
    ("Formulation", ["formulation"]),
    ("Architecture", ["architecture"]),
    ("Data and features", ["data"]),
    ("Model and training", ["model"]),
    ("Evaluation", ["evaluation"]),
    ("Rollout", ["rollout"]),
    ("Monitoring", ["monitoring"]),
    ("Failures", ["failures"]),
    ("Decisions", ["tradeoffs"]),
    ("Variants", ["variants"]),
    ("Follow-ups", ["follow_ups"]),
    ("Rubric", ["rubric"]),
    ("References", ["references"]),
]
HEAD = ["title", "summary", "domain", "level", "minutes", "status"]
ON_THE_PAGE_OF_ROUNDS = ["rehearsal"]
NODE = """all => all.map(node => {
    const box = node.querySelector('.node__box').getBoundingClientRect();
    const frame = node.ownerSVGElement.getBoundingClientRect();
    return {
        id: node.dataset.node,
        seen: node.checkVisibility({opacityProperty: true, visibilityProperty: true}) && box.width > 40 && box.height > 20,
        inside: box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom,
        spilt: [...node.querySelectorAll('.node__label, .node__icon')].some(part => {
            const at = part.getBoundingClientRect();
            return !at.width || at.left < box.left || at.right > box.right || at.top < box.top || at.bottom > box.bottom;
        }),
        icon: node.querySelector('use').getBBox().width,
    };
})"""
LETTERS = """all => all.map(text => ({
    said: text.textContent, size: parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a,
}))"""
COLOURS = """drawing => {
    const style = (selector, name) => getComputedStyle(drawing.querySelector(selector))[name];
    return {
        box: style('.node__box', 'fill'), label: style('.node__label', 'fill'),
        frame: style('.group__frame', 'fill'), group: style('.group__label', 'fill'),
        ground: style('.edge__ground', 'fill'),
        edges: [...new Set([...drawing.querySelectorAll('.edge__label')].map(one => getComputedStyle(one).fill))],
        icons: [...new Set([...drawing.querySelectorAll('.node__icon')].map(one => getComputedStyle(one).color))],
        page: getComputedStyle(drawing.closest('.figure')).backgroundColor,
        used: ['fine', 'high', 'over'].map(state => {
            const badge = drawing.querySelector('.node__used');
            badge.setAttribute('class', `node__used node__used--${state}`);
            return ['text', 'rect'].map(part => getComputedStyle(badge.querySelector(part)).fill);
        }),
    };
}"""


def record_of(site: Site, key: str) -> Case:
    record = site.library.entries[key].record
    assert isinstance(record, Case)
    return record


def test_every_field_of_the_spec_has_its_part_of_the_page():
    assert sorted([*HEAD, *ON_THE_PAGE_OF_ROUNDS, *(name for _, names in PARTS for name in names)]) == sorted(
        Case.model_fields
    )


def test_the_parts_that_a_case_fills_stand_in_the_order_of_an_interview(shown: Shown):
    record = shown.record
    headings = shown.page.locator("article h2")
    titles = [re.sub(r"\s*#$", "", text) for text in all_said(headings)]
    assert titles == [title for title, names in PARTS if any(getattr(record, name) for name in names)]
    assert all(heading.is_visible() for heading in headings.all())

    expect(shown.page.get_by_role("heading", level=1)).to_have_text(record.title)
    chips = all_said(shown.page.locator(".case-head .chip"))
    assert {record.level.capitalize(), record.domain.replace("-", " "), f"{record.minutes} min"} <= set(chips)


def test_the_page_holds_what_the_record_holds(shown: Shown):
    record = shown.record
    whole = said(shown.page.locator("article"))

    def texts(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, dict):
            return [text for part in value.values() for text in texts(part)]
        return [text for part in value for text in texts(part)] if isinstance(value, list) else []

    told = record.model_dump(
        include={
            "prompt",
            "clarify",
            "formulation",
            "data",
            "model",
            "evaluation",
            "rollout",
            "monitoring",
            "follow_ups",
            "rubric",
        }
    )
    told["failures"] = [part.model_dump(exclude={"component"}) for part in record.failures]
    told["because"] = [[part.because, part.revisit_when or ""] for part in record.tradeoffs]
    told["changes"] = [[part.title, part.changes] for part in record.variants.values()]
    told["does"] = [part.does for part in record.architecture.components.values()]
    told["steps"] = [step.does for flow in record.architecture.flows.values() for step in flow.steps]
    told["follow_ups"] = [part.model_dump(exclude={"level"}) for part in record.follow_ups]
    squeezed = re.sub(r"\W+", "", whole.lower())
    lost = [
        text
        for text in texts(told)
        for line in text.split("\n")
        if re.sub(r"\W+", "", plain(re.sub(r"^\s*([-*+]|\d+[.)]) ", "", line)).lower()) not in squeezed
    ]
    assert lost == []


def test_every_estimate_shows_what_the_package_computes(shown: Shown):
    record, numbers = shown.record, shown.entry.numbers
    assert numbers is not None
    for name in record.estimates:
        head = said(shown.page.locator(f"#n-{name} .estimate__head strong"))
        there = parse(head.replace(",", "").replace("−", "-"))
        computed = numbers.values[name]
        assert abs(there.value * there.unit.factor - computed) <= 0.006 * abs(computed), f"{name}: {head}"


def test_every_requirement_is_shown_and_met(shown: Shown):
    record = shown.record
    for quality in record.requirements.quality:
        row = shown.page.locator(f"#requirement-{quality.id}")
        expect(row).to_contain_text(plain(quality.text))
        expect(row.locator(".met")).to_have_text(re.compile(r"^\S.* met$"))
    assert shown.page.locator("#requirements ~ .scroll .missed").count() == 0
    assert shown.page.locator("[id^='requirement-']").count() == len(record.requirements.quality)


def test_every_box_of_the_diagram_is_seen_named_and_leads_to_its_block(shown: Shown, site: Site):
    record = shown.record
    figure = shown.page.locator("#diagram")

    told = re.compile(rf"^Architecture of {re.escape(record.title)} Flow A, .*: A1: ")  # the drawing in words
    expect(figure.get_by_role("group", name=told)).to_be_visible()
    boxes = figure.locator(".node").evaluate_all(NODE)
    assert {box["id"] for box in boxes} == set(record.architecture.components)
    assert [box for box in boxes if not (box["seen"] and box["inside"] and box["icon"])] == []
    assert [box["id"] for box in boxes if box["spilt"]] == []
    for part in record.architecture.components.values():
        link = figure.get_by_role("link", name=f"{part.label}: {plain(part.does)}", exact=True)
        expect(link).to_have_count(1)
        target = urljoin(shown.page.url, link.get_attribute("href"))
        assert target == f"{site.address}blocks/{part.block}/"
        assert (site.folder / f"blocks/{part.block}/index.html").is_file()


@one_look
def test_a_box_can_be_reached_and_followed_by_keyboard(page: Page, site: Site):
    record = record_of(site, CASES[0])
    part = next(iter(record.architecture.components.values()))
    page.goto(address(CASES[0]))
    link = page.locator("#diagram").get_by_role("link", name=f"{part.label}: {plain(part.does)}", exact=True)

    link.focus()
    calm, seen = link.locator(".node__box").evaluate(
        "box => [getComputedStyle(document.querySelector('#diagram .node:not(:focus-within) .node__box')).strokeWidth, getComputedStyle(box).strokeWidth]"
    )
    assert seen != calm
    page.keyboard.press("Enter")

    page.wait_for_url(f"{site.address}blocks/{part.block}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(site.library.entries[f"blocks/{part.block}"].record.title)


def test_labels_of_the_diagram_are_large_enough_to_read(shown: Shown):
    drawing = shown.page.locator("#diagram > svg").first

    letters = drawing.locator("text").evaluate_all(LETTERS)
    assert letters
    assert [one for one in letters if one["size"] < 10] == []

    width, room = shown.page.locator("#diagram").evaluate("figure => [figure.scrollWidth, figure.clientWidth]")
    if shown.look.width < 600:
        assert width > room, "the drawing was shrunk to the screen"
        shown.page.locator("#diagram").evaluate("figure => figure.scrollTo(9999, 0)")
        assert shown.page.locator("#diagram").evaluate("figure => figure.scrollLeft") > 0
    else:
        assert width == room


def test_the_steps_of_the_list_and_of_the_diagram_are_the_same(shown: Shown):
    drawn = [step for label in all_said(shown.page.locator("#diagram .edge__label")) for step in label.split()]
    listed = all_said(shown.page.locator(".steps .step"))

    told = [
        f"{letter(index)}{step}"
        for index, flow in enumerate(shown.record.architecture.flows.values())
        for step in range(1, len(flow.steps) + 1)
    ]
    assert sorted(drawn) == sorted(told)
    assert listed == told


def test_the_diagram_keeps_its_contrast(shown: Shown):
    found = shown.page.locator("#diagram > svg").first.evaluate(COLOURS)

    assert contrast(found["label"], found["box"]) >= 4.5
    assert contrast(found["group"], found["frame"]) >= 4.5
    assert min(contrast(colour, found["ground"]) for colour in found["edges"]) >= 4.5
    assert min(contrast(colour, found["box"]) for colour in found["icons"]) >= 3
    assert min(contrast(words, ground) for words, ground in found["used"]) >= 4.5


def test_each_case_has_a_link_to_edit_its_file(shown: Shown):
    link = shown.page.locator("a[rel=edit]")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", re.compile(rf"^https://[^ ]+/edit/main/cases/{shown.key}\.yml$"))


def test_each_edit_link_leads_to_a_file_of_the_repository(site: Site):
    found = {
        (file, kind, path)
        for file in site.folder.rglob("*.html")
        for kind, path in re.findall(
            r'href="https://[^"]+/(edit|tree)/main/([^"]*)" rel="edit"', file.read_text("utf-8")
        )
    }
    assert len(found) > len(CASES)
    assert [
        path for _, kind, path in found if not ((ROOT / path).is_file() if kind == "edit" else (ROOT / path).is_dir())
    ] == []


def test_the_drawing_can_be_downloaded_and_stands_alone(shown: Shown):
    files = {}
    for form in ("SVG", "PNG"):
        with shown.page.expect_download() as download:
            shown.page.get_by_role("link", name=f"Download {form}").click()
        assert download.value.suggested_filename == f"{shown.key.split('/')[1]}.{form.lower()}"
        files[form] = Path(download.value.path()).read_bytes()

    drawing = etree.fromstring(files["SVG"])
    leads = [value for element in drawing.iter() for name, value in element.attrib.items() if name.endswith("href")]
    ids = {element.get("id") for element in drawing.iter()}
    parts = shown.record.architecture.components
    assert len(leads) >= len(parts)
    assert all(lead.startswith("#") and lead[1:] in ids for lead in leads)
    assert not re.search(rb"https?://(?!www\.w3\.org/(2000/svg|1999/xlink)\")|@import|url\((?!#)", files["SVG"])

    picture = Image.open(io.BytesIO(files["PNG"])).convert("RGB")
    assert files["PNG"].startswith(b"\x89PNG")
    assert picture.width > 600
    box = [float(number) for number in drawing.get("viewBox").split()]
    scale = picture.width / box[2]
    for use in drawing.iter("{*}use"):
        left, top, side = (float(use.get(name)) for name in ("x", "y", "width"))
        left, top = left - box[0], top - box[1]
        icon = picture.crop([round(edge * scale) for edge in (left, top, left + side, top + side)])
        assert len(icon.getcolors(1 << 20)) > 3, f"the PNG has no icon for {use.get('href')}"

    shown.faults.expect("Failed to load resource")  # a drawing alone has no icon for the browser's tab
    alone = shown.page.context.new_page()
    alone.goto(f"assets/diagrams/{shown.key}.svg")
    seen = alone.locator("use").evaluate_all("all => all.map(one => one.getBBox().width * one.getBBox().height)")
    alone.close()
    assert len(seen) == len(parts)
    assert min(seen) > 0


@one_look
def test_follow_ups_are_folded_and_open(page: Page, site: Site):
    key = next(key for key in CASES if record_of(site, key).follow_ups)
    part = record_of(site, key).follow_ups[0]
    page.goto(address(key))
    missed = page.locator(".follow-ups details").first.get_by_text(plain(part.missed))
    expect(missed).to_be_hidden()

    page.locator(".follow-ups summary").first.click()

    expect(missed).to_be_visible()
