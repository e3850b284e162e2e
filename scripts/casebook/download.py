"""The diagram as files of its own: an SVG with its icons and colours, and a PNG."""

import io
from collections.abc import Iterable, Mapping
from functools import lru_cache

from lxml import etree
from PIL import Image

from casebook.draw import DPI, FLOWS, KINDS
from casebook.dress import dressed
from casebook.graph import Graph
from casebook.svg import SVG, XLINK, attribute, canvas, check, origin, parse, symbol, text


def alone(raw: bytes, graph: Graph, drawings: Mapping[str, str]) -> str:
    """Return the diagram as a file of its own, with its icons and colours, light and dark.

    `drawings` are the icon files by name.
    """
    root = dressed(raw, graph, icons="", links=False)
    box = attribute(root, "viewBox").split()
    root.set("width", box[2])
    root.set("height", box[3])
    style = etree.Element(f"{{{SVG}}}style")
    style.text = STYLE
    root.insert(2, style)
    for name in sorted({vertex.icon for vertex in graph.vertices if vertex.icon}):
        root.insert(3, symbol(name, drawings[name]))
    check(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + text(root) + "\n"


@lru_cache(256)
def _scaled(drawing: bytes, size: int) -> Image.Image:
    icon = Image.open(io.BytesIO(drawing)).convert("RGBA")
    return icon.resize((size, size), Image.Resampling.LANCZOS)


def picture(png: bytes, raw: bytes, drawings: Mapping[str, bytes]) -> bytes:
    """Return the PNG with its icons, which graphviz-pure leaves out of PNG: pasted where the SVG has them.

    `drawings` are rasterised icons by file name, of any size.
    """
    root = parse(raw)
    scale = DPI / 72
    sheet = Image.open(io.BytesIO(png))
    left, top = origin(canvas(root))
    for found in root.iter(f"{{{SVG}}}image"):
        x, y = float(attribute(found, "x")) + left, float(attribute(found, "y")) + top
        size = max(1, round(float(attribute(found, "width").rstrip("px")) * scale))
        icon = _scaled(drawings[attribute(found, XLINK)], size)
        sheet.paste(icon, (round(x * scale), round(y * scale)), icon)
    out = io.BytesIO()
    # A flat drawing needs few colours; this method costs a tenth of the default for the same look, but
    # rounds white to something near it.
    flat = sheet.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    colours = flat.getpalette() or []
    for at in range(0, len(colours), 3):
        if min(colours[at : at + 3]) > 247:
            colours[at : at + 3] = [255, 255, 255]
    flat.putpalette(colours)
    flat.save(out, "PNG")
    return out.getvalue()


def _rules(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f".{name}{{--tone:{colour}}}" for name, colour in pairs)


STYLE = (
    "svg{--ink:#1c2430;--soft:#5b6472;--ground:#fff;--panel:#f6f8fa;--line:#c3cad4;font-family:Arial,'Liberation Sans',Helvetica,sans-serif}"
    "@media(prefers-color-scheme:dark){svg{--ink:#e6eaf0;--soft:#a3adba;--ground:#1a2029;--panel:#151a21;--line:#465161;background:#10141a}.flow{filter:none}}"
    + _rules((f"kind-{kind}", colour) for kind, colour in KINDS.items())
    + _rules((f"flow-{index}", colour) for index, colour in enumerate(FLOWS))
    + "@media(prefers-color-scheme:dark){.node,.edge{--lift:1}.node__icon,.edge__line,.edge__head,.edge__label{filter:brightness(1.9) saturate(.8)}}"
    ".group__frame{fill:var(--panel);stroke:var(--line)}.group__label{fill:var(--soft);font-size:12px}"
    ".node__box{fill:var(--ground);stroke:var(--line);stroke-width:1.2}.node__label{fill:var(--ink);font-size:12px}.node__icon{color:var(--tone)}"
    ".edge__line{fill:none;stroke:var(--tone);stroke-width:1.5}.edge__head{fill:var(--tone);stroke:var(--tone)}"
    ".edge--batch .edge__line{stroke-dasharray:6 4}.edge--feedback .edge__line{stroke-dasharray:1.5 4;stroke-linecap:round}"
    ".node__used rect{fill:var(--ground);stroke:var(--line);stroke-width:1}.node__used text{fill:var(--soft);font-size:9.5px;font-weight:700}"
    ".node__used--high :is(rect,text){stroke:#a15c00}.node__used--over :is(rect,text){stroke:#b3261e}.node__used text{stroke:none!important}"
    ".edge__ground{fill:var(--ground);stroke:none}.edge__label{fill:var(--tone);font-size:10px;font-weight:700}"
)
