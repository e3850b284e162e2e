"""The records that cases share: building blocks and trade-offs."""

from typing import Literal

from casebook.spec.base import (
    Amount,
    Grounded,
    Id,
    Line,
    Part,
    Prose,
    RecordKey,
    Reference,
    Title,
    described,
)

BlockKind = Literal["actor", "serving", "store", "stream", "batch", "training", "control"]


class Figure(Grounded):
    """A typical figure of a block."""

    what: Line = described(
        "What", "What the figure measures, and under which conditions.", "Writes per second to one partitioned prefix"
    )
    value: Amount = described("Value", "The number and its unit.", "3500 request/s")


class Alternative(Part):
    """Another block that could stand in its place."""

    block: Id = described("Block", "The id of the other block.", "key-value-store")
    when: Prose = described("When", "When it is the better one.", "Values are written by one owner and never joined.")


class Block(Part):
    """A building block: what a component of a diagram is."""

    title: Title = described("Title", "The name of the block.", "Online feature store")
    summary: Line = described(
        "Summary", "One sentence for lists and search.", "Serves the latest feature values by key, in milliseconds."
    )
    kind: BlockKind = described("Kind", "What sort of part it is; gives the colour.", "store")
    icon: Id = described("Icon", "The name of a drawing in `docs/assets/icons/`.", "store")
    what: Prose = described(
        "What it is", "What it does and how, in a paragraph or two.", "A key-value store with a schema …"
    )
    use_when: tuple[Prose, ...] = described(
        "Use it when",
        "Signs that it is the right one.",
        ["A model needs hundreds of values by key within 10 ms."],
        min_length=1,
        max_length=20,
    )
    avoid_when: tuple[Prose, ...] = described(
        "Leave it when", "Signs that it is not.", ["All features come with the request."], min_length=1, max_length=20
    )
    figures: tuple[Figure, ...] = described(
        "Typical figures",
        "With their sources.",
        [{"what": "Read latency, p99", "value": "5 ms"}],
        min_length=1,
        max_length=20,
    )
    sizing: Prose = described(
        "Sizing",
        "How to size it: what to multiply with what, and which limit is met first.",
        "Keys x bytes x replication for memory; …",
    )
    alternatives: tuple[Alternative, ...] = described(
        "Alternatives",
        "Blocks that could stand in its place.",
        [{"block": "key-value-store", "when": "…"}],
        min_length=1,
        max_length=20,
    )
    failures: tuple[Prose, ...] = described(
        "How it fails",
        "What goes wrong with it in practice.",
        ["A hot key saturates one shard."],
        min_length=1,
        max_length=20,
    )
    references: tuple[Reference, ...] = described(
        "References", "Primary sources.", [{"id": "redis-docs"}], (), max_length=8
    )


class TradeoffOption(Part):
    """One option of a trade-off."""

    title: Title = described("Title", "The option in a few words.", "Precompute and store")
    means: Prose = described("Means", "What it is.", "A job computes every value ahead of need; serving only reads.")
    wins_when: Prose = described(
        "Wins when", "When it is the better one.", "Values are read far more often than they change."
    )


class Criterion(Part):
    """Something that the options are rated by."""

    title: Title = described("Title", "The criterion in a few words.", "Latency on the request path")
    good: Line = described("Good", "What a rating of +2 means.", "One read, whatever the feature costs to compute")
    bad: Line = described("Bad", "What a rating of -2 means.", "The request waits for the computation")


class Tradeoff(Part):
    """A question that recurs over cases."""

    title: Title = described("Title", "The trade-off in a few words.", "Precompute or compute on demand")
    question: Line = described(
        "Question", "The question in one sentence.", "Is a value kept ready before it is asked for?"
    )
    summary: Prose = described(
        "Summary", "What is at stake, in a paragraph or two.", "Work is moved from the moment of the read …"
    )
    options: dict[Id, TradeoffOption] = described(
        "Options", "By id.", {"precompute": {"title": "Precompute and store"}}, min_length=2, max_length=5
    )
    criteria: dict[Id, Criterion] = described(
        "Criteria", "What options are rated by, by id.", {"latency": {"title": "Latency"}}, min_length=2, max_length=8
    )
    rule_of_thumb: Prose = described(
        "Rule of thumb", "How an engineer decides it without a calculator.", "Compare writes that nobody reads with …"
    )
    pitfalls: tuple[Prose, ...] = described(
        "Pitfalls", "How people get it wrong.", ["Counting only the cost of the store."], min_length=1, max_length=20
    )
    references: tuple[Reference, ...] = described(
        "References", "Primary sources.", [{"id": "chronon"}], (), max_length=8
    )


class Moved(Part):
    """What is left in the place of a record that was renamed or merged: its page leads on. An id is never used again."""

    moved_to: RecordKey = described(
        "Moved to", "Folder and id of the record that took its place.", "feature-stores/payment-fraud-features"
    )
    why: Line | None = described(
        "Why", "Why it moved, for who comes by an old link.", "Merged: both asked the same.", None
    )
