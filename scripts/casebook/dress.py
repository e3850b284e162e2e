"""Graphviz's SVG becomes page-ready: ids, icons, links, names, classes, and nothing else.

- the prolog, comments, tooltips, sizes, fonts and colours go; classes say what the theme colours;
- every id begins with the case's, so that two diagrams can share a page;
- each box is a link to its block, named by its label and what it does;
- pictures become uses of the site's one file of icons, coloured like text;
- the whole is a group with a title and a description, not an image, which would hide its links.
"""

import re
from collections.abc import Mapping

from lxml import etree

from casebook.draw import FLOWS
from casebook.graph import Graph
from casebook.svg import NAMESPACES, SVG, attribute, canvas, check, origin, parse, text

SCALE = 1.15
BASE = "@base@"  # stands for the way to the site's root until the page is made


def inline(raw: bytes, graph: Graph) -> tuple[str, str]:
    """Return the diagram for a page, and its shape alone for a card.

    The first has links and icons relative to `@base@` and colours by class; the second has no text and
    no links, and is hidden from readers.
    """
    root = dressed(raw, graph, icons=f"{BASE}/assets/icons.svg", links=True)
    check(root)
    return text(root), text(_bare(root))


def _bare(root: etree._Element) -> etree._Element:
    """Return a drawing's boxes, frames and lines, in whole numbers."""
    bare = etree.Element(
        f"{{{SVG}}}svg",
        {"viewBox": attribute(root, "viewBox"), "class": "diagram diagram--thumbnail", "aria-hidden": "true"},
        nsmap=NAMESPACES,
    )
    for group in root.findall(f"{{{SVG}}}g"):
        kept = _sub(bare, "g", {"class": attribute(group, "class")})
        for element in group.iter(f"{{{SVG}}}rect", f"{{{SVG}}}path"):
            if "tag" not in attribute(element, "class"):
                _sub(
                    kept,
                    _tag(element),
                    {str(name): re.sub(r"\.\d+", "", str(value)) for name, value in element.attrib.items()},
                )
    return bare


def dressed(raw: bytes, graph: Graph, icons: str, links: bool) -> etree._Element:
    """Return Graphviz's drawing rebuilt from what is ours in it."""
    source = parse(raw)
    drawing = canvas(source)
    box = [float(number) for number in attribute(source, "viewBox").split()]
    left, top = origin(drawing)
    box[0], box[1] = -left, -top
    root = etree.Element(f"{{{SVG}}}svg", nsmap=NAMESPACES)
    root.set("viewBox", " ".join(f"{number:g}" for number in box))
    root.set("width", f"{box[2] * SCALE:.0f}")  # what the text is best read at; the page may shrink it
    root.set("class", "diagram")
    root.set("role", "group")
    root.set("aria-labelledby", f"{graph.id}--title {graph.id}--desc")
    etree.SubElement(root, f"{{{SVG}}}title", id=f"{graph.id}--title").text = graph.title
    etree.SubElement(root, f"{{{SVG}}}desc", id=f"{graph.id}--desc").text = graph.description
    vertices = {vertex.id: vertex for vertex in graph.vertices}
    for group in drawing.findall(f"{{{SVG}}}g"):
        kind, _, rest = (group.get("id") or "").partition(":")
        if kind == "group":
            frame = _sub(root, "g", {"class": "group", "aria-hidden": "true"})
            _shapes(frame, group, {"polygon": "group__frame", "path": "group__frame", "text": "group__label"})
        elif kind == "edge":
            flow, steps, start, end = rest.split(":")
            edge = _sub(
                root,
                "g",
                {
                    "class": f"edge edge--{_kind(graph, int(flow))} flow-{int(flow) % len(FLOWS)}",
                    "data-flow": flow,
                    "data-steps": steps.replace(".", " "),
                    "data-from": start,
                    "data-to": end,
                    "aria-hidden": "true",
                },
            )
            _edge(edge, group)
        elif kind == "node":
            vertex = vertices[rest]
            node = _sub(
                root,
                "g",
                {"id": f"{graph.id}--{vertex.id}", "class": f"node kind-{vertex.kind}", "data-node": vertex.id},
            )
            inner = (
                _sub(
                    node,
                    "a",
                    {"href": f"{BASE}/blocks/{vertex.block}/", "aria-label": f"{vertex.label}: {vertex.does}"},
                )
                if links
                else node
            )
            _shapes(inner, group, {"polygon": "node__box", "path": "node__box", "text": "node__label"})
            for found in group.iter(f"{{{SVG}}}image"):
                size = attribute(found, "width").rstrip("px")
                _sub(
                    inner,
                    "use",
                    {
                        "href": f"{icons}#i-{vertex.icon}",
                        "x": attribute(found, "x"),
                        "y": attribute(found, "y"),
                        "width": size,
                        "height": size,
                        "class": "node__icon",
                    },
                )
            if vertex.used is not None:
                _used(inner, vertex.used)
    return root


def _kind(graph: Graph, flow: int) -> str:
    return next(edge.kind for edge in graph.edges if edge.flow == flow)


def _sub(parent: etree._Element, tag: str, attributes: Mapping[str, str]) -> etree._Element:
    return etree.SubElement(parent, f"{{{SVG}}}{tag}", dict(attributes))


def _shapes(into: etree._Element, source: etree._Element, classes: Mapping[str, str]) -> None:
    for element in source.iter():
        tag = _tag(element)
        if tag in ("path", "polygon") and tag in classes:
            _box(into, element, classes[tag], radius=8)
        elif tag in classes:
            _copy(into, element, tag, classes[tag])


def strain(share: float) -> str:
    """Return how strained a component is that uses this share of its capacity, as the end of a class name."""
    return "over" if share > 1 else "high" if share > 0.8 else "fine"


def _used(node: etree._Element, share: float) -> None:
    """Put a badge on the lower right edge of a box: how much of the component's capacity its peak takes."""
    box = next(node.iter(f"{{{SVG}}}rect"))
    right = float(attribute(box, "x")) + float(attribute(box, "width")) - 4
    middle = float(attribute(box, "y")) + float(attribute(box, "height")) + 3  # clear of a second line of the label
    badge = _sub(node, "g", {"class": f"node__used node__used--{strain(share)}"})
    place = {"x": f"{right - 35:g}", "y": f"{middle - 6.5:g}", "width": "35", "height": "13", "rx": "6"}
    _sub(badge, "rect", {**place, "class": "tag"})
    words = {"x": f"{right - 17.5:g}", "y": f"{middle + 3.4:g}", "text-anchor": "middle"}
    _sub(badge, "text", {**words, "class": "tag"}).text = f"{round(100 * share)} %"


def _box(into: etree._Element, element: etree._Element, role: str, radius: float) -> None:
    """Put a rectangle where Graphviz drew one with eight curves."""
    numbers = [
        float(number) for number in re.findall(r"-?[\d.]+", attribute(element, "d") or attribute(element, "points"))
    ]
    left, right, top, bottom = min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])
    _sub(
        into,
        "rect",
        {
            "x": f"{left:g}",
            "y": f"{top:g}",
            "width": f"{right - left:.6g}",
            "height": f"{bottom - top:.6g}",
            "rx": f"{radius:g}",
            "class": role,
        },
    )


def _edge(into: etree._Element, source: etree._Element) -> None:
    """An edge has its line first, then the arrow's head, then the label's ground and text."""
    drawn = [element for element in source.iter() if _tag(element) in ("path", "polygon", "text")]
    for index, element in enumerate(drawn):
        tag = _tag(element)
        if tag != "text" and index > 1:
            _box(into, element, "edge__ground tag", radius=4)
        else:
            _copy(into, element, tag, "edge__label tag" if tag == "text" else ("edge__line", "edge__head")[index])


def _copy(into: etree._Element, element: etree._Element, tag: str, role: str) -> None:
    kept = {name: attribute(element, name) for name in ("d", "points", "x", "y", "text-anchor") if element.get(name)}
    made = _sub(into, tag, {**kept, "class": role})
    made.text = element.text if tag == "text" else None


def _tag(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
