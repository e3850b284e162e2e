"""A graph becomes DOT, and DOT becomes SVG and PNG, through `diagrams`: the only module that imports it.

The known faults of `diagrams` are designed out: ids of ours instead of random ones, labels escaped and
wrapped, clusters told apart by id and not by label, pictures checked before drawing, nothing written
on disk. Colours here serve the PNG alone; in SVG they give way to classes.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from contextlib import nullcontext
from functools import cache
from html import escape
from pathlib import Path

import graphviz
from diagrams import Cluster, Diagram
from diagrams import Edge as Arrow
from diagrams.custom import Custom

from casebook.graph import Graph

FONT = "Arial"
FLOWS = ("#2456c7", "#9a3fb0", "#0d7f6c", "#b3541e", "#6b5b95", "#8a6d00", "#3d6b8a", "#a8325e")
STYLES = {"request": "solid", "stream": "solid", "batch": "dashed", "feedback": "dotted"}
KINDS = {
    "actor": "#5b6472",
    "serving": "#2456c7",
    "store": "#0d7f6c",
    "stream": "#9a3fb0",
    "batch": "#8a6d00",
    "training": "#b3541e",
    "control": "#4d5866",
}
DPI = 96  # of the PNG: four pixels for three points, as a screen has them
INK, LINE, PANEL = "#1c2430", "#c3cad4", "#f6f8fa"


class DrawingError(RuntimeError):
    """A graph that no `dot` on this machine can draw; the message says what to do."""


class _Drawing(Diagram):  # type: ignore[misc]  # diagrams has no types
    """A Diagram that keeps its DOT instead of writing files, also when its body raised."""

    def __exit__(self, *error: object) -> None:
        from diagrams import setdiagram

        setdiagram(None)


def dot(graph: Graph) -> str:
    """Return the DOT source of a graph. It names pictures as `kind-icon.png`, without a folder."""
    drawing = _Drawing(
        graph.id,
        show=False,
        direction="TB",
        curvestyle="curved",
        graph_attr={
            "label": "",
            "pad": "0.15",
            "nodesep": "0.34",
            "ranksep": "0.55",
            "bgcolor": "transparent",
            "fontname": FONT,
            "splines": "spline",
            "compound": "false",
        },
        node_attr={
            "shape": "box",
            "style": "rounded,filled",
            "fixedsize": "false",
            "fillcolor": "#ffffff",
            "color": LINE,
            "fontname": FONT,
            "fontsize": "12",
            "fontcolor": INK,
            "labelloc": "c",
            "margin": "0.09,0.07",
            "height": "0.3",
            "width": "0.3",
            "penwidth": "1.2",
        },
        edge_attr={"fontname": FONT, "fontsize": "10", "color": LINE, "arrowsize": "0.7", "penwidth": "1.5"},
    )
    boxes = {}
    with drawing:
        for group, label, vertices in graph.frames():
            frame = nullcontext()
            if group is not None:
                frame = Cluster(
                    graphviz.escape(label.replace("&", "&amp;")),
                    graph_attr={
                        "id": f"group:{group}",
                        "bgcolor": PANEL,
                        "pencolor": "#dde2e8",
                        "fontname": FONT,
                        "fontsize": "12",
                        "fontcolor": "#5b6472",
                        "margin": "14",
                    },
                )
                frame.dot.name = f"cluster_{group}"
            with frame:
                for vertex in vertices:
                    picture = f"{vertex.kind}-{vertex.icon}.png" if vertex.icon else ""
                    # The label holds the picture, beside its text; `image` would put it below.
                    boxes[vertex.id] = Custom(
                        _card(vertex.lines, picture),
                        picture,
                        nodeid=f"n-{vertex.id}",
                        id=f"node:{vertex.id}",
                        image="",
                        shape="box",
                        height="0.3",
                    )
        for edge in graph.edges:
            colour = FLOWS[edge.flow % len(FLOWS)]
            arrow = Arrow(
                label=_tag(edge.label),
                color=colour,
                style=STYLES[edge.kind],
                fontname=FONT,
                fontsize="10",
                fontcolor=colour,
                id=f"edge:{edge.flow}:{'.'.join(map(str, edge.steps))}:{edge.source}:{edge.target}",
            )
            boxes[edge.source] >> arrow >> boxes[edge.target]
    return str(drawing.dot.source)


def _card(lines: tuple[str, ...], picture: str) -> str:
    text = "<BR ALIGN='LEFT'/>".join(_escape(line) for line in lines)
    cell = (
        f'<TD FIXEDSIZE="TRUE" WIDTH="26" HEIGHT="24"><IMG SRC="{_escape(picture)}" SCALE="TRUE"/></TD>'
        if picture
        else ""
    )
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>{cell}<TD ALIGN="LEFT">{text}<BR ALIGN="LEFT"/></TD></TR></TABLE>>'


def _tag(label: str) -> str:
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1.5" BGCOLOR="#ffffff" STYLE="ROUNDED"><TR><TD><B>{_escape(label)}</B></TD></TR></TABLE>>'


def _escape(text: str) -> str:
    return escape(text, quote=True).replace("\\", "\\\\")  # in labels, Graphviz reads `\N` as the name of the box


@cache
def programs() -> tuple[Path, ...]:
    """Return the `dot` programs of this machine: graphviz-pure's first, then a system's."""
    here = Path(sysconfig.get_path("scripts")), Path(sys.executable).parent
    found = [shutil.which("graphviz-pure", path=str(folder)) for folder in here]
    found += [shutil.which("graphviz-pure"), shutil.which("dot")]
    return tuple(dict.fromkeys(Path(name) for name in found if name))


def pictures(source: str) -> list[str]:
    """Return the names of the pictures that a DOT source uses."""
    return sorted(set(re.findall(r'<IMG SRC="([^"]+)"', source)))


def render(source: str, form: str, folder: Path) -> bytes:
    """Return DOT laid out and drawn as `svg` or `png`, with pictures from a folder.

    Raises DrawingError if a picture is missing or no program can draw the graph.
    """
    for name in pictures(source):
        if not (folder / name).is_file():
            raise DrawingError(f'the picture "{name}" is missing: Graphviz would leave an empty box')
    said = "it is not installed"
    options = [f"-Gdpi={DPI}", "-Gbgcolor=#ffffff"] if form == "png" else []
    for program in programs():
        try:
            done = subprocess.run(
                [program, "-Kdot", f"-T{form}", *options],
                input=source.encode(),
                capture_output=True,
                cwd=folder,
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
            continue
        if done.returncode == 0 and done.stdout:
            return done.stdout
        said = " ".join(done.stderr[:2000].decode(errors="replace").split())[:300] or f"it ended with {done.returncode}"
    raise DrawingError(f"no `dot` could draw it: {said}. Install the package graphviz-pure, or Graphviz of your system")
