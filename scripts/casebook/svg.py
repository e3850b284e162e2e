"""SVG is read and written safely: what is not on the list of elements and attributes is refused, not passed on."""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
NAMESPACES: Any = {None: SVG}  # the stubs know no default namespace

ALLOWED = {
    "svg": {"viewBox", "class", "role", "aria-labelledby", "aria-hidden", "width", "height", "xmlns"},
    "g": {"id", "class", "data-node", "data-from", "data-to", "data-flow", "data-steps", "role", "aria-label", "aria-hidden"},
    "a": {"href", "class", "aria-label"},
    "title": {"id"}, "desc": {"id"}, "style": set(),
    "path": {"d", "class"}, "polygon": {"points", "class"}, "polyline": {"points", "class"}, "ellipse": {"cx", "cy", "rx", "ry", "class"},
    "rect": {"x", "y", "width", "height", "rx", "class"},
    "text": {"x", "y", "text-anchor", "class"},
    "use": {"href", "x", "y", "width", "height", "class"},
    "symbol": {"id", "viewBox"}, "circle": {"cx", "cy", "r", "fill"}, "line": {"x1", "y1", "x2", "y2"},
}  # fmt: skip
# Inside a symbol stands one of our own drawings, which may fill a dot with the colour of its line.
_DRAWING = {
    "d",
    "points",
    "x",
    "y",
    "width",
    "height",
    "rx",
    "ry",
    "cx",
    "cy",
    "r",
    "x1",
    "y1",
    "x2",
    "y2",
    "fill",
    "stroke",
    "fill-opacity",
    "stroke-width",
}


class UnsafeSvgError(ValueError):
    """An element or attribute that is not on the list."""


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute; an empty text if there is none."""
    return str(element.get(name) or "")


def origin(canvas: etree._Element) -> tuple[float, float]:
    """Return how far Graphviz has moved its drawing."""
    moved = re.search(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)", attribute(canvas, "transform"))
    if moved is None:
        raise UnsafeSvgError("a drawing without its origin: is this Graphviz's?")
    return float(moved[1]), float(moved[2])


def canvas(root: etree._Element) -> etree._Element:
    found = root.find(f"{{{SVG}}}g")
    if found is None:
        raise UnsafeSvgError("a drawing without its group: is this Graphviz's?")
    return found


def parse(raw: bytes) -> etree._Element:
    return etree.fromstring(
        raw, etree.XMLParser(no_network=True, resolve_entities=False, remove_comments=True, remove_pis=True)
    )


def sprite(drawings: Mapping[str, str]) -> str:
    """Return every icon in one file, to be used by `icons.svg#name`."""
    root = etree.Element(f"{{{SVG}}}svg", nsmap=NAMESPACES)
    for name in sorted(drawings):
        root.append(symbol(name, drawings[name]))
    check(root)
    return text(root) + "\n"


def symbol(name: str, drawing: str) -> etree._Element:
    source = parse(drawing.encode())
    symbol = etree.Element(f"{{{SVG}}}symbol", id=f"i-{name}", viewBox=attribute(source, "viewBox"))
    group = etree.SubElement(
        symbol,
        f"{{{SVG}}}g",
        {
            key: attribute(source, key)
            for key in ("fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin")
            if source.get(key)
        },
    )
    group.extend(source)
    for element in group.iter():
        if element is not group and not set(element.attrib) <= _DRAWING:
            raise UnsafeSvgError(f'icon "{name}" holds {set(element.attrib) - _DRAWING}')
    return symbol


def check(root: etree._Element) -> None:
    drawn = {element for symbol in root.iter(f"{{{SVG}}}symbol") for element in symbol.iter() if element is not symbol}
    for element in root.iter():
        space, _, name = str(element.tag).rpartition("}")
        allowed = ALLOWED.get(name)
        if space != f"{{{SVG}" or allowed is None:
            raise UnsafeSvgError(f"element {name}")
        if element in drawn:
            allowed = allowed | _DRAWING | {"stroke-linecap", "stroke-linejoin"}
        extra = set(map(str, element.attrib)) - allowed
        if extra:
            raise UnsafeSvgError(f"{name} with {', '.join(sorted(extra))}")


def text(root: etree._Element) -> str:
    """Return the drawing as text, with braces out of reach of the template that includes it."""
    text = str(etree.tostring(root, encoding="unicode"))
    if root.find(f"{{{SVG}}}style") is not None:  # a file of its own, which no template reads
        return text
    return text.replace("{", "&#123;").replace("}", "&#125;")
