import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import ROOT, checked, real_cases, real_library, sample_case
from lxml import etree
from PIL import Image

from casebook import catalogue, download, draw, dress, graph, svg, works
from casebook.graph import Edge, Graph, Vertex
from casebook.store import Store

XML = "{http://www.w3.org/2000/svg}"
TRACK_AND_ID = [path.removeprefix("cases/").removesuffix(".yml") for path in real_cases()]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return works.bench(real_library(), ROOT / "docs", tmp_path_factory.mktemp("pictures"))


def graph_of(key: str) -> Graph:
    library = real_library()
    blocks = {name: entry.record for name, entry in library.blocks().items()}
    return graph.build(key.replace("/", "--"), library.entries[key].record, blocks)


def sample(*changes: tuple[str, str]) -> Graph:
    return graph.build("sample", sample_case(*changes), {})


def small(*labels: str, groups: tuple[tuple[str, str], ...] = ()) -> Graph:
    """Return a graph of boxes in a row, each in the group of its place if there are groups."""
    vertices = tuple(
        Vertex(
            f"v{index}",
            graph.wrap(label),
            label,
            "Does something.",
            groups[index][0] if groups else None,
            "event-log",
            "stream",
            "",
        )
        for index, label in enumerate(labels)
    )
    edges = tuple(
        Edge(f"v{index}", f"v{index + 1}", 0, "request", (index + 1,), f"A{index + 1}")
        for index in range(len(labels) - 1)
    )
    return Graph("small", "A title", "A description", groups, vertices, edges)


def drawn(picture: Graph, folder: Path) -> etree._Element:
    return etree.fromstring(draw.render(draw.dot(picture), "svg", folder))


def words(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{XML}text"))


# a case as a graph


def test_the_steps_of_the_flows_are_the_arrows():
    assert [(edge.source, edge.target, edge.label, edge.kind) for edge in sample().edges] == [
        ("page", "predictor", "A1", "request"),
        ("predictor", "store", "A2", "request"),
        ("scans", "store", "B1", "stream"),
    ]


def test_steps_of_one_flow_between_the_same_boxes_are_one_arrow():
    step = "        - {from: predictor, to: store, does: Reads its features}\n"
    back = "        - {from: page, to: predictor, does: Asks again}\n"
    [edge] = [edge for edge in sample((step, step + back)).edges if edge.source == "page"]
    assert (edge.steps, edge.label) == ((1, 3), "A1 A3")


def test_boxes_stand_in_the_order_in_which_the_flows_tell_of_them():
    assert [vertex.id for vertex in sample().vertices] == ["page", "predictor", "store", "scans"]


def test_a_box_without_a_group_is_a_frame_of_its_own():
    frames = [(frame, [vertex.id for vertex in boxes]) for frame, _, boxes in sample().frames()]
    assert frames == [(None, ["page"]), ("online", ["predictor", "store"]), ("stream", ["scans"])]


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Short", ("Short",)),
        ("Stream aggregation job", ("Stream", "aggregation job")),
        ("Antidisestablishmentarianism", ("Antidisestablish", "mentarianism")),
        ("online-feature-store", ("online-feature-", "store")),
    ],
)
def test_a_label_is_wrapped_at_sixteen_characters(label, lines):
    assert graph.wrap(label) == lines
    assert all(len(line) <= graph.WIDEST for line in lines)


def test_the_description_tells_every_flow_step_by_step():
    told = sample().description
    assert told.startswith(
        "Flow A, request, Show an arrival time: A1: Parcel page to Arrival model. Asks for the parcel."
    )
    assert "B1: Scan job to Feature store. Writes the new features." in told


def test_markup_of_a_text_is_not_read_aloud():
    assert (
        "Asks for the parcel."
        in sample(("does: Asks for the parcel}", 'does: "*Asks* [for](blocks/page) the `parcel`"}')).description
    )


# DOT


def test_dot_is_the_same_every_time():
    for key in TRACK_AND_ID:
        assert draw.dot(graph_of(key)) == draw.dot(graph_of(key))


def digests(key: str, folder: Path) -> str:
    source = draw.dot(graph_of(key))
    parts = source.encode(), *(draw.render(source, form, folder) for form in ("svg", "png"))
    return " ".join(Store.digest(part) for part in parts)


def test_drawings_are_the_same_bytes_in_another_process(bench):
    key = TRACK_AND_ID[0]
    call = f"import test_graph_draw as t; print(t.digests({key!r}, t.Path({str(bench.pictures)!r})))"
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT / "tests")}
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == digests(key, bench.pictures)


def test_every_name_in_dot_is_ours():
    source = draw.dot(graph_of(TRACK_AND_ID[0]))
    picture = graph_of(TRACK_AND_ID[0])
    assert not re.search(r"\b[0-9a-f]{32}\b", source)
    assert set(re.findall(r'id="?node:([\w-]+)', source)) == {vertex.id for vertex in picture.vertices}
    assert set(re.findall(r'id="?group:([\w-]+)', source)) == {name for name, _ in picture.groups}
    assert len(re.findall(r'id="?edge:', source)) == len(picture.edges)


def test_drawing_writes_nothing_on_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    draw.render(draw.dot(small("A", "B")), "svg", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_frames_with_the_same_words_stay_apart(tmp_path):
    picture = small("A", "B", groups=(("a", "Serving"), ("b", "Serving")))
    frames = [group for group in drawn(picture, tmp_path).iter(f"{XML}g") if group.get("class") == "cluster"]
    assert [frame.get("id") for frame in frames] == ["group:a", "group:b"]


LABELS = [
    "<b>bold</b>",
    "<TABLE><TR>",
    "a & b &amp; c",
    'say "so"',
    "it's",
    r"\N \G \l \n",
    "a\\",
    "{a|b}",
    "100 %",
    "a:b",
    "->",
    "</svg>",
    "<!-- x -->",
    "{{ 7*7 }}",
    "日本 🙂",
    "é\u0301",
    "%d %s",
    "#{x}",
]


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_drawn_as_typed(label, tmp_path):
    picture = small(label, "B", groups=(("a", label), ("b", "Other")))
    shown = drawn(picture, tmp_path)
    groups = {str(group.get("id")): words(group) for group in shown.iter(f"{XML}g") if group.get("id")}
    assert groups["node:v0"].replace("\xa0", " ").split() == label.split()
    assert groups["group:a"].replace("\xa0", " ").split() == label.split()


def test_a_missing_picture_is_an_error_and_no_empty_box(bench, tmp_path):
    source = draw.dot(graph_of(TRACK_AND_ID[0]))
    for name in draw.pictures(source)[1:]:
        (tmp_path / name).write_bytes((bench.pictures / name).read_bytes())
    with pytest.raises(draw.DrawingError, match=re.escape(draw.pictures(source)[0])):
        draw.render(source, "svg", tmp_path)


def program(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.mark.skipif(os.name == "nt", reason="stands in for dot with shell scripts")
def test_a_dot_that_fails_gives_one_sentence(tmp_path, monkeypatch):
    failing = program(tmp_path, "dot", "echo 'Error: line one' >&2; echo 'line two' >&2; exit 3")
    monkeypatch.setattr(draw, "programs", lambda: (failing,))
    with pytest.raises(draw.DrawingError) as error:
        draw.render("digraph {}", "svg", tmp_path)
    assert "\n" not in str(error.value)
    assert "Error: line one line two" in str(error.value)
    assert "Install" in str(error.value)


@pytest.mark.skipif(os.name == "nt", reason="stands in for dot with shell scripts")
@pytest.mark.parametrize("text", ["exit 0", "kill -9 $$", "head -c 100000 /dev/zero >&2; exit 1"])
def test_a_dot_that_draws_nothing_is_an_error(text, tmp_path, monkeypatch):
    monkeypatch.setattr(draw, "programs", lambda: (program(tmp_path, "dot", text),))
    with pytest.raises(draw.DrawingError) as error:
        draw.render("digraph {}", "svg", tmp_path)
    assert len(str(error.value)) < 500


def test_a_dot_that_cannot_be_started_or_never_ends_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(draw, "programs", lambda: (tmp_path / "gone",))
    with pytest.raises(draw.DrawingError):
        draw.render("digraph {}", "svg", tmp_path)

    def never(*_, **more):
        raise subprocess.TimeoutExpired("dot", more["timeout"])

    monkeypatch.setattr(subprocess, "run", never)
    with pytest.raises(draw.DrawingError):
        draw.render("digraph {}", "svg", tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="stands in for dot with shell scripts")
def test_where_the_first_dot_fails_the_next_is_asked(tmp_path, monkeypatch):
    both = program(tmp_path, "one", "exit 1"), program(tmp_path, "two", "echo drawn")
    monkeypatch.setattr(draw, "programs", lambda: both)
    assert draw.render("digraph {}", "svg", tmp_path) == b"drawn\n"


def test_without_any_dot_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(draw, "programs", tuple)
    with pytest.raises(draw.DrawingError, match="graphviz-pure"):
        draw.render("digraph {}", "svg", tmp_path)


# the page's drawing


@pytest.fixture(scope="module")
def inline(bench):
    """Return the drawing for a page and for a card of every real case."""
    made = {}
    for key in TRACK_AND_ID:
        picture = graph_of(key)
        made[key] = dress.inline(draw.render(draw.dot(picture), "svg", bench.pictures), picture)
    return made


@pytest.mark.parametrize("key", TRACK_AND_ID)
def test_every_box_is_a_link_to_its_block_with_a_name(key, inline):
    root = etree.fromstring(inline[key][0])
    nodes = {node.get("data-node"): node for node in root.iter(f"{XML}g") if node.get("data-node")}
    picture = graph_of(key)
    assert set(nodes) == {vertex.id for vertex in picture.vertices}
    for vertex in picture.vertices:
        [link] = nodes[vertex.id].iter(f"{XML}a")
        assert link.get("href") == f"@base@/blocks/{vertex.block}/"
        assert link.get("aria-label") == f"{vertex.label}: {vertex.does}"
        [icon] = link.iter(f"{XML}use")
        assert icon.get("href") == f"@base@/assets/icons.svg#i-{vertex.icon}"
        assert words(link).replace("\xa0", " ").replace(" ", "") == vertex.label.replace(" ", "")


@pytest.mark.parametrize("key", TRACK_AND_ID)
def test_every_arrow_says_what_it_shows(key, inline):
    root = etree.fromstring(inline[key][0])
    shown = {
        (edge.get("data-from"), edge.get("data-to"), edge.get("data-flow"), edge.get("data-steps"))
        for edge in root.iter(f"{XML}g")
        if edge.get("data-flow")
    }
    assert shown == {
        (edge.source, edge.target, str(edge.flow), " ".join(map(str, edge.steps))) for edge in graph_of(key).edges
    }


@pytest.mark.parametrize("key", TRACK_AND_ID)
def test_a_drawing_has_a_title_and_a_description_and_is_no_image(key, inline):
    root = etree.fromstring(inline[key][0])
    picture = graph_of(key)
    assert root.get("role") == "group"
    named = {element.get("id"): element.text for element in root if element.tag in (f"{XML}title", f"{XML}desc")}
    assert [named[name] for name in root.get("aria-labelledby").split()] == [picture.title, picture.description]


def test_no_id_of_one_drawing_is_an_id_of_another(inline):
    seen: list[str] = []
    for key, (page, _) in inline.items():
        ids = [str(element.get("id")) for element in etree.fromstring(page).iter() if element.get("id")]
        assert all(name.startswith(key.replace("/", "--") + "--") for name in ids)
        seen += ids
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("key", TRACK_AND_ID)
def test_a_drawing_has_no_colour_font_or_script_of_its_own(key, inline):
    for page in inline[key]:
        for element in etree.fromstring(page).iter():
            name = etree.QName(element).localname
            assert name in svg.ALLOWED
            assert set(element.attrib) <= svg.ALLOWED[name]
            assert not {"style", "fill", "stroke", "font-family", "font-size"} & set(element.attrib)


@pytest.mark.parametrize("key", TRACK_AND_ID)
def test_a_card_has_the_shape_without_words_links_or_ids(key, inline):
    root = etree.fromstring(inline[key][1])
    assert root.get("aria-hidden") == "true"
    assert {etree.QName(element).localname for element in root.iter()} == {"svg", "g", "rect", "path"}
    assert not any(element.get("id") for element in root.iter())


def test_no_template_reads_a_brace_of_a_drawing(tmp_path):
    picture = replace(small("{{ 7*7 }}", "{% raw %}"), title="{{ title }}", description="{# no #}")
    for page in dress.inline(draw.render(draw.dot(picture), "svg", tmp_path), picture):
        assert "{" not in page
    assert (
        etree.fromstring(dress.inline(draw.render(draw.dot(picture), "svg", tmp_path), picture)[0])[0].text
        == "{{ title }}"
    )


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject/>",
        '<path onclick="x"/>',
        '<path style="x"/>',
        "<image/>",
        '<a target="_top"/>',
        '<b xmlns="http://www.w3.org/1999/xhtml"/>',
        '<g xmlns:x="http://www.w3.org/1999/xlink" x:href="y"/>',
        "<animate/>",
        '<text fill="red"/>',
    ],
)
def test_what_is_not_on_the_list_is_refused(inside):
    with pytest.raises(svg.UnsafeSvgError):
        svg.check(etree.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'))


@pytest.mark.parametrize(
    "inside", ['<path onload="x()"/>', '<path style="x"/>', '<g xmlns:x="http://www.w3.org/1999/xlink" x:href="y"/>']
)
def test_an_icon_may_hold_nothing_but_a_drawing(inside):
    with pytest.raises(svg.UnsafeSvgError, match="bad"):
        svg.symbol("bad", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{inside}</svg>')


def test_an_icon_may_hold_no_script():
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><script>alert(1)</script></svg>'
    with pytest.raises(svg.UnsafeSvgError):
        svg.sprite({"bad": drawing})


def test_what_is_not_a_drawing_of_graphviz_is_refused():
    for raw in (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g/></svg>',
    ):
        with pytest.raises(svg.UnsafeSvgError, match="Graphviz"):
            dress.inline(raw, small("A"))


def test_every_icon_stands_once_in_the_one_file(bench):
    root = etree.fromstring(svg.sprite(bench.drawings))
    assert [symbol.get("id") for symbol in root] == [f"i-{name}" for name in sorted(bench.drawings)]


# the downloads


@pytest.fixture(scope="module")
def parts(bench):
    """Return what the downloads of the first real case are made from."""
    picture = graph_of(TRACK_AND_ID[0])
    source = draw.dot(picture)
    icons = {name: (bench.pictures / name).read_bytes() for name in draw.pictures(source)}
    return (
        picture,
        source,
        draw.render(source, "svg", bench.pictures),
        draw.render(source, "png", bench.pictures),
        icons,
    )


def test_a_drawing_as_a_file_stands_alone(parts, bench):
    picture, _, raw, _, _ = parts
    root = etree.fromstring(download.alone(raw, picture, bench.drawings).encode())
    for element in root.iter(f"{XML}use"):
        assert element.get("href").startswith("#i-")
        assert root.find(f".//*[@id='{element.get('href')[1:]}']") is not None
    assert next(root.iter(f"{XML}a"), None) is None
    assert next(root.iter(f"{XML}script"), None) is None
    assert "@base@" not in etree.tostring(root, encoding="unicode")
    assert not re.search(r"url\(|@import|https?:(?!//www\.w3\.org)", etree.tostring(root, encoding="unicode"))


def test_downloads_are_the_same_bytes_on_two_runs(parts, bench):
    picture, source, raw, png, icons = parts
    assert draw.render(source, "svg", bench.pictures) == raw
    assert draw.render(source, "png", bench.pictures) == png
    assert download.alone(raw, picture, bench.drawings) == download.alone(raw, picture, bench.drawings)
    assert download.picture(png, raw, icons) == download.picture(png, raw, icons)


def test_the_icons_are_in_the_picture(parts):
    _, _, raw, png, icons = parts
    blank = io.BytesIO()
    Image.new("RGBA", (8, 8)).save(blank, "PNG")
    with_icons = Image.open(io.BytesIO(download.picture(png, raw, icons)))
    without = Image.open(io.BytesIO(download.picture(png, raw, dict.fromkeys(icons, blank.getvalue()))))
    assert with_icons.size == without.size == Image.open(io.BytesIO(png)).size
    assert with_icons.convert("RGB").tobytes() != without.convert("RGB").tobytes()


def test_the_ground_of_the_picture_is_white(parts):
    _, _, raw, png, icons = parts
    shown = Image.open(io.BytesIO(download.picture(png, raw, icons))).convert("RGB")
    assert shown.getpixel((0, 0)) == (255, 255, 255)


def test_the_sample_is_drawn_too(tmp_path):
    library = checked(catalogue.sample())
    table = works.bench(library, ROOT / "docs", tmp_path)
    [entry] = library.cases()
    drawing = works.drawing(entry, table, None)
    assert etree.fromstring(drawing.inline) is not None
