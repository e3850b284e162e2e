"""A case: one system-design question with its reference answer, in the order of an interview."""

from typing import Annotated, Literal

from pydantic import Field

from casebook.spec.answer import Data, Evaluation, Failure, FollowUp, Formulation, Level, Model, Monitor, Rollout, Steps
from casebook.spec.architecture import Architecture
from casebook.spec.base import (
    Amount,
    FormulaText,
    Grounded,
    Id,
    LimitText,
    Line,
    NumberName,
    Part,
    Prose,
    Reference,
    Title,
    UnitText,
    described,
)
from casebook.spec.rehearsal import Phase, PhaseNotes

Domain = Literal[
    "ads", "assistants", "commerce", "content", "forecasting", "logistics", "marketplace", "payments",
    "platform", "recommendation", "search", "speech", "trust-and-safety", "vision",
]  # fmt: skip
Signal = Literal["problem", "data", "modelling", "deployment", "communication"]
Rating = Annotated[int, Field(ge=-2, le=2)]


class Clarify(Part):
    """A question that a strong candidate asks before designing."""

    ask: Line = described("Ask", "The question.", "Is the decision made before the payment is authorised?")
    answer: Prose = described("Answer", "What the interviewer answers.", "Yes: the shopper waits for it.")
    changes: Prose = described(
        "Changes",
        "What the answer changes in the design.",
        "Features must be read, not computed, while the shopper waits.",
    )


class Quality(Part):
    """A quality requirement that the numbers are held to."""

    id: Id = described("Id", "Short name of the requirement.", "decision-latency")
    text: Line = described(
        "Text", "The requirement in one sentence.", "A decision takes at most 100 ms at the 99th percentile."
    )
    measure: str = described(
        "Measure",
        "What is held to the limit: an estimate, or the latency of a request flow.",
        "decide.p99",
        pattern=r"^[a-z][a-z0-9_-]*(\.p50|\.p99)?$",
        max_length=80,
    )
    limit: LimitText = described(
        "Limit",
        "The comparison and the bound: a quantity, or the name of an assumption that variants may change.",
        "<= 100 ms",
    )


class Requirements(Part):
    """What the system must do, and how well."""

    functional: tuple[Line, ...] = described(
        "Functional",
        "What the system does, a sentence each.",
        ["Score every card payment before it is authorised."],
        min_length=1,
        max_length=20,
    )
    quality: tuple[Quality, ...] = described(
        "Quality",
        "How well it does it; the build holds the design to each.",
        [{"id": "decision-latency"}],
        min_length=1,
        max_length=20,
    )


class Assumption(Grounded):
    """A number that the case starts from."""

    value: Amount = described("Value", "The number and its unit.", "150 million event/day")
    range: tuple[Amount, Amount] | None = described(
        "Range",
        "The least and the greatest value that a reader may try.",
        ["15 million event/day", "1.5 billion event/day"],
        None,
    )
    means: Line | None = described(
        "Means", "What the number is, where its name does not say it.", "Payments that need a decision.", None
    )


class Estimate(Part):
    """A number that follows from others."""

    formula: FormulaText = described(
        "Formula", "An expression over assumptions and the estimates above it.", "payments * peak_factor"
    )
    unit: UnitText = described("Unit", "The unit that the result is shown in.", "request/s")
    why: Prose = described(
        "Why", "What the number decides in the design.", "Sizes every component of the decision path."
    )


class Option(Part):
    """One option of a decision, as it looks in this case."""

    gains: Prose = described("Gains", "What it gives here.", "One read, 2 ms, whatever the feature costs to compute.")
    costs: Prose = described("Costs", "What it costs here.", "Values for cards that never come back.")
    ratings: dict[Id, Rating] = described(
        "Ratings", "From -2 to 2 against each criterion of the trade-off.", {"latency": 2}, {}, max_length=40
    )


class Choice(Part):
    """One line of a rule: the first whose condition holds is picked."""

    when: FormulaText | None = described(
        "When", "A condition over the case's numbers; left out in the last line.", "refresh_writes < reads / 10", None
    )
    pick: Id = described("Pick", "The option that is picked then.", "precompute")


class Decision(Part):
    """The answer of this case to a trade-off."""

    about: Id = described("About", "The id of a file in `cases/tradeoffs/`.", "precompute-or-on-demand")
    question: Line | None = described(
        "Question",
        "The question as this case puts it.",
        "Are velocity features kept ready, or counted at the request?",
        None,
    )
    options: dict[Id, Option] = described(
        "Options",
        "The trade-off's options as they look here.",
        {"precompute": {"gains": "…"}},
        min_length=2,
        max_length=5,
    )
    choose: tuple[Choice, ...] = described(
        "Choose",
        "The rule, if numbers decide it: the first line whose condition holds.",
        [{"when": "reads > 10 * writes", "pick": "precompute"}, {"pick": "on-demand"}],
        (),
        max_length=6,
    )
    pick: Id = described(
        "Pick", "The option that this case takes; the rule, if there is one, must agree.", "precompute"
    )
    because: Prose = described("Because", "Why, in this case.", "Reads outnumber writes by 40 to 1.")
    revisit_when: Prose | None = described(
        "Revisit when",
        "What would reopen it; needed where no rule decides.",
        "A regulator asks for the reason of each decline.",
        None,
    )


class Variant(Part):
    """The case again with some assumptions changed."""

    title: Title = described("Title", "The change in a few words.", "Ten times the traffic")
    set: dict[NumberName, Amount] = described(
        "Set", "The assumptions that change.", {"payments": "1.5 billion event/day"}, min_length=1, max_length=12
    )
    meets: tuple[Id, ...] = described(
        "Meets",
        "Requirements that the design still meets then, by id. The check holds you to it; the others may be missed.",
        ["decision-latency"],
        (),
        max_length=20,
    )
    changes: Prose = described(
        "Changes", "What to change in the design.", "Split the store by card; the multi-get goes to fewer shards."
    )


class Case(Part):
    """A system-design case. The id is the file name; the track is the folder."""

    title: Title = described("Title", "The name of the case.", "Real-time features for payment fraud")
    summary: Line = described(
        "Summary", "One sentence for lists and search.", "Features for a fraud decision that the shopper waits for."
    )
    domain: Domain = described("Domain", "The field that it belongs to.", "payments")
    level: Level = described("Level", "The level that the reference answer is written for.", "senior")
    minutes: int = described("Minutes", "Length of the round.", 45, 45, ge=20, le=90)
    status: Literal["draft", "published"] = described(
        "Status",
        "A draft may leave parts out and shows in previews only; take the line away when it is whole.",
        "draft",
        "published",
    )
    prompt: Prose = described(
        "Prompt", "What the interviewer says, and no more.", "Design the features behind a card-fraud decision."
    )
    clarify: tuple[Clarify, ...] = described(
        "Clarifying questions", "What to ask first.", [{"ask": "Does the shopper wait?"}], min_length=1, max_length=20
    )
    requirements: Requirements = described(
        "Requirements", "What the system must do, and how well.", {"functional": ["Score every payment."]}
    )
    assumptions: dict[NumberName, Assumption] = described(
        "Assumptions",
        "The numbers that the case starts from, by name: few enough to see which of them matter.",
        {"payments": {"value": "150 million event/day"}},
        min_length=1,
        max_length=15,
    )
    estimates: dict[NumberName, Estimate] = described(
        "Estimates",
        "What follows from them, in order.",
        {"peak_payments": {"formula": "payments * peak_factor"}},
        min_length=1,
        max_length=30,
    )
    key_estimate: NumberName | None = described(
        "Key estimate",
        "The estimate that the design is judged by; the case shows which assumption moves it most. Without it, the last.",
        "replicas",
        None,
    )
    formulation: Formulation | None = described(
        "Formulation", "The problem as a machine-learning task.", {"task": "…"}, None
    )
    architecture: Architecture = described(
        "Architecture", "Components and flows; the diagram is drawn from it.", {"components": {}}
    )
    data: Data | None = described("Data", "Data, features, and how they become training rows.", {"split": "…"}, None)
    model: Model | None = described("Model", "The model and its training.", {"choice": "…"}, None)
    evaluation: Evaluation | None = described(
        "Evaluation", "How it is known that a model is good enough.", {"gate": "…"}, None
    )
    rollout: Rollout | None = described(
        "Rollout", "How a new model reaches everyone, and comes back.", {"rollback": "…"}, None
    )
    monitoring: tuple[Monitor, ...] = described(
        "Monitoring", "Signals, thresholds and actions.", [{"signal": "…"}], (), max_length=20
    )
    failures: tuple[Failure, ...] = described(
        "Failures", "What breaks, how it is noticed, what is done.", [{"title": "…"}], min_length=1, max_length=20
    )
    tradeoffs: tuple[Decision, ...] = described(
        "Decisions",
        "The answers of this case to the trade-offs that recur.",
        [{"about": "precompute-or-on-demand"}],
        min_length=1,
        max_length=20,
    )
    variants: dict[Id, Variant] = described(
        "Variants", "The case again with some assumptions changed.", {"ten-times": {"title": "…"}}, {}, max_length=6
    )
    follow_ups: tuple[FollowUp, ...] = described(
        "Follow-ups", "What is asked once the design stands.", [{"ask": "…"}], (), max_length=20
    )
    rubric: dict[Signal, Steps] = described(
        "Rubric", "Only where the case differs from the common rubric.", {"data": {"mid": "…"}}, {}
    )
    rehearsal: dict[Phase, PhaseNotes] = described(
        "Rehearsal",
        "The interviewer's lines, the board and the hints, by phase of a timed round.",
        {"clarify": {"hints": ["Who waits for the answer?"]}},
        {},
    )
    references: tuple[Reference, ...] = described(
        "References", "Primary sources; at most eight.", [{"id": "stripe-radar"}], min_length=1, max_length=8
    )

    @property
    def draft(self) -> bool:
        return self.status == "draft"
