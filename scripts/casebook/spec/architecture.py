"""The architecture of a case: groups, components and the flows between them."""

from typing import Literal

from casebook.spec.base import (
    AmountOrName,
    Grounded,
    Id,
    Label,
    Line,
    Part,
    Prose,
    Title,
    described,
)

FlowKind = Literal["request", "stream", "batch", "feedback"]


class Latency(Part):
    """How long one call takes, at the median and at the 99th percentile."""

    p50: AmountOrName = described("p50", "Median time of one call.", "4 ms")
    p99: AmountOrName = described("p99", "99th percentile of the time of one call.", "12 ms")


class Component(Grounded):
    """One box of the diagram: a running part of the system, made from a building block."""

    block: Id = described(
        "Block",
        "The id of a file in `cases/blocks/`: it gives the icon, the colour and a page to link to.",
        "model-server",
    )
    label: Label = described("Label", "What the box says; up to 40 characters.", "Fraud model")
    group: Id | None = described("Group", "The id of the group that the box stands in.", "online", None)
    does: Line = described(
        "Does", "What it does in this case, in one sentence.", "Scores one payment with a gradient-boosted ensemble."
    )
    latency: Latency | None = described(
        "Latency",
        "Time of one call; a component that a request flow goes to needs it.",
        {"p50": "4 ms", "p99": "12 ms"},
        None,
    )
    load: AmountOrName | None = described(
        "Load", "Work that arrives at peak: an estimate, or a quantity.", "peak_decisions", None
    )
    capacity: AmountOrName | None = described(
        "Capacity", "Work that one replica can do.", "800 request/s/replica", None
    )
    replicas: AmountOrName | None = described(
        "Replicas", "How many replicas run: an estimate, or a quantity.", "model_replicas", None
    )


class Step(Part):
    """One step of a flow: an arrow of the diagram and a line of the story."""

    from_: Id = described("From", "The component that acts.", "gateway", alias="from")
    to: Id = described("To", "The component that it acts on.", "online-store")
    does: Line = described("Does", "What happens, in one sentence.", "Reads 300 features in one multi-get")
    latency: Latency | None = described(
        "Latency",
        "Time of this step, where it differs from that of the component it goes to.",
        {"p50": "1 ms", "p99": "5 ms"},
        None,
    )
    parallel: Id | None = described(
        "Parallel", "Steps of one name, next to each other, run at once; the slowest counts.", "lookups", None
    )


class Flow(Part):
    """One way through the system; its steps are the arrows of the diagram."""

    title: Title = described("Title", "What the flow achieves.", "Decide one payment")
    kind: FlowKind = described(
        "Kind", "`request` (someone waits), `stream`, `batch`, or `feedback` (outcomes come back).", "request"
    )
    summary: Prose | None = described(
        "Summary", "What matters about it, beyond its steps.", "The only flow that a shopper waits for.", None
    )
    steps: tuple[Step, ...] = described(
        "Steps",
        "In order; numbered on the diagram.",
        [{"from": "gateway", "to": "online-store", "does": "Reads 300 features"}],
        min_length=1,
        max_length=20,
    )


class Architecture(Part):
    """Components in groups, and the flows between them. The diagram is drawn from it."""

    groups: dict[Id, Label] = described(
        "Groups", "The frames of the diagram: id and label.", {"online": "Decision path"}, {}, max_length=8
    )
    components: dict[Id, Component] = described(
        "Components",
        "The boxes of the diagram, by id.",
        {"model-server": {"block": "model-server"}},
        min_length=2,
        max_length=24,
    )
    flows: dict[Id, Flow] = described(
        "Flows",
        "The arrows of the diagram, by id, the most important first.",
        {"decide": {"title": "Decide one payment"}},
        min_length=1,
        max_length=8,
    )
