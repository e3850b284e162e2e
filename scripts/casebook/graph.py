"""A case becomes a plain graph: ids, wrapped labels, groups, numbered steps. No Graphviz needed.

The graph has no edges of its own: the steps of the flows are its edges, numbered A1, A2 … by flow.
"""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from casebook.spec import Block, Case
from casebook.text import plain

WIDEST = 16  # characters of a label's line


@dataclass(frozen=True, slots=True)
class Vertex:
    """One box: a component, with what its block gives it."""

    id: str
    lines: tuple[str, ...]
    label: str
    does: str
    group: str | None
    block: str
    kind: str
    icon: str
    used: float | None = None  # the share of its capacity that the peak takes


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow: the steps of one flow from one box to another."""

    source: str
    target: str
    flow: int
    kind: str
    steps: tuple[int, ...]  # counted from 1
    label: str


@dataclass(frozen=True, slots=True)
class Graph:
    """What a diagram shows, in the order in which the flows tell of it."""

    id: str
    title: str
    description: str
    groups: tuple[tuple[str, str], ...]
    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...]

    def frames(self) -> list[tuple[str | None, str, tuple[Vertex, ...]]]:
        """Return the frames in order (id, label, boxes); a box without a group is a frame of its own, without an id."""
        labels = dict(self.groups)
        found: dict[str, list[Vertex]] = {}
        for vertex in self.vertices:
            found.setdefault(f"g:{vertex.group}" if vertex.group else f"v:{vertex.id}", []).append(vertex)
        return [(boxes[0].group, labels.get(boxes[0].group or "", ""), tuple(boxes)) for boxes in found.values()]


def letter(flow: int) -> str:
    """Return the letter of a flow by its place: A, B, C …"""
    return ascii_uppercase[flow]


def wrap(label: str) -> tuple[str, ...]:
    """Return a label in lines of at most 16 characters; a longer word is broken."""
    return tuple(textwrap.wrap(label, WIDEST, break_on_hyphens=True)) or (label,)


def build(
    identity: str, case: Case, blocks: Mapping[str, Block], utilisation: Mapping[str, float] | None = None
) -> Graph:
    """Return the graph of a case. `identity` becomes the prefix of every id of the drawing."""
    architecture = case.architecture
    vertices = []
    for name, component in architecture.components.items():
        block = blocks.get(component.block)
        vertices.append(
            Vertex(
                id=name,
                lines=wrap(component.label),
                label=component.label,
                does=plain(component.does),
                group=component.group,
                block=component.block,
                kind=block.kind if block else "control",
                icon=block.icon if block else "",
                used=(utilisation or {}).get(name),
            )
        )
    edges = []
    for index, flow in enumerate(architecture.flows.values()):
        pairs: dict[tuple[str, str], list[int]] = {}
        for number, step in enumerate(flow.steps, 1):
            pairs.setdefault((step.from_, step.to), []).append(number)
        for (source, target), steps in pairs.items():
            label = " ".join(f"{letter(index)}{number}" for number in steps)
            edges.append(Edge(source, target, index, flow.kind, tuple(steps), label))
    # Graphviz breaks cycles by where it starts: begin where the first flow begins, so that what answers
    # points backwards and the reader starts at the left.
    order = list(
        dict.fromkeys([end for edge in edges for end in (edge.source, edge.target)] + list(architecture.components))
    )
    vertices.sort(key=lambda vertex: order.index(vertex.id))
    return Graph(
        id=identity,
        title=f"Architecture of {case.title}",
        description=_describe(case),
        groups=tuple(architecture.groups.items()),
        vertices=tuple(vertices),
        edges=tuple(edges),
    )


def _describe(case: Case) -> str:
    """Return the picture in words: every flow, step by step."""
    parts = case.architecture.components
    told = []
    for index, flow in enumerate(case.architecture.flows.values()):
        steps = " ".join(
            f"{letter(index)}{number}: {parts[step.from_].label} to {parts[step.to].label}. {plain(step.does).rstrip('.')}."
            for number, step in enumerate(flow.steps, 1)
        )
        told.append(f"Flow {letter(index)}, {flow.kind}, {plain(flow.title).rstrip('.')}: {steps}")
    return " ".join(told)
