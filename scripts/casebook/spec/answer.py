"""What a strong answer says in each phase: formulation, data, model, evaluation, rollout, operation."""

from typing import Literal

from casebook.spec.base import Id, Line, Part, Prose, Title, described

Level = Literal["mid", "senior", "staff"]


class Rejected(Part):
    """An option that was weighed and not taken."""

    option: Line = described("Option", "What was not chosen.", "Random split by row")
    because: Prose = described("Because", "Why not.", "It leaks a card's later fraud into its earlier payments.")


class Formulation(Part):
    """The problem as a machine-learning task."""

    task: Prose = described(
        "Task",
        "What is predicted, for what, and when.",
        "Probability that a payment is disputed as fraud within 90 days.",
    )
    label: Prose = described(
        "Label", "What the model learns from.", "A dispute with a fraud reason code, or an early fraud warning."
    )
    label_delay: Prose = described(
        "Label delay", "When the label is known.", "Half within three weeks, nearly all within 90 days."
    )
    baseline: Prose = described(
        "Baseline", "What would be done without machine learning.", "Velocity rules on card and address."
    )
    offline_metric: Prose = described(
        "Offline metric",
        "How a model is judged before it is released.",
        "Recall at a 0.1 % false-positive rate, by amount.",
    )
    online_metric: Prose = described("Online metric", "How it is judged in use.", "Fraud losses per amount processed.")
    guardrails: tuple[Line, ...] = described(
        "Guardrails", "What must not get worse.", ["Authorisation rate of good cards."], min_length=1, max_length=20
    )


class DataSource(Part):
    """Where data comes from."""

    name: Line = described("Name", "The stream, table or feed.", "Payment events")
    holds: Prose = described(
        "Holds", "What is in it that matters.", "Amount, currency, card fingerprint, merchant, address."
    )


class FeatureGroup(Part):
    """Features that are computed and refreshed together."""

    name: Line = described("Name", "The group.", "Card velocity")
    examples: Prose = described(
        "Examples", "Two or three features of it.", "Payments of the card in the last 1 min, 1 h and 24 h."
    )
    computed: Literal["request", "stream", "batch"] = described(
        "Computed", "When: at the request, by a stream job, or by a batch job.", "stream"
    )
    freshness: Line = described("Freshness", "How old a value may be when it is read.", "Under 5 s")


class Data(Part):
    """Data, features and how they become training rows."""

    sources: tuple[DataSource, ...] = described(
        "Sources",
        "What the features and labels are made from.",
        [{"name": "Payment events"}],
        min_length=1,
        max_length=20,
    )
    features: tuple[FeatureGroup, ...] = described(
        "Features",
        "Groups of features, by how they are computed.",
        [{"name": "Card velocity"}],
        min_length=1,
        max_length=20,
    )
    training_set: Prose = described(
        "Training set",
        "How rows are made, point in time and all.",
        "One row a decision, with the features as they were served.",
    )
    split: Prose = described(
        "Split", "How data is split for training and evaluation.", "By time, with a gap as long as the label delay."
    )
    pitfalls: tuple[Prose, ...] = described(
        "Pitfalls",
        "What goes wrong with this data.",
        ["Blocked payments have no outcome."],
        min_length=1,
        max_length=20,
    )
    rejected: tuple[Rejected, ...] = described(
        "Rejected", "What was weighed and not done.", [{"option": "Random split"}], (), max_length=20
    )


class Model(Part):
    """The model and its training."""

    baseline: Prose = described("Baseline", "The simplest model worth beating.", "Logistic regression on 20 features.")
    choice: Prose = described(
        "Choice", "The model, and why it.", "Gradient-boosted trees: tabular data, microseconds a score."
    )
    training: Prose = described(
        "Training", "Loss, imbalance, frequency, warm start.", "Log loss with weights by amount; retrained daily."
    )
    rejected: tuple[Rejected, ...] = described(
        "Rejected",
        "What was weighed and not done.",
        [{"option": "A sequence model on the request path"}],
        min_length=1,
        max_length=20,
    )


class Evaluation(Part):
    """How it is known that a model is good enough."""

    offline: Prose = described("Offline", "Before release.", "Replay of the last month, features as served.")
    online: Prose = described("Online", "In use.", "A/B test by account, with a long-term holdout.")
    slices: tuple[Line, ...] = described(
        "Slices",
        "Where averages hide harm.",
        ["New merchants", "Countries with few payments"],
        min_length=1,
        max_length=20,
    )
    gate: Prose = described(
        "Gate", "What must hold before it is released.", "Recall not lower on any slice with 1,000 frauds or more."
    )
    rejected: tuple[Rejected, ...] = described(
        "Rejected", "What was weighed and not done.", [{"option": "AUC as the gate"}], (), max_length=20
    )


class Stage(Part):
    """One stage of a rollout."""

    name: Line = described("Name", "The stage.", "Shadow")
    traffic: Line = described(
        "Traffic", "Who gets it, and for how long.", "All payments, scored and not acted on, for 24 h"
    )
    gate: Prose = described("Gate", "What must hold to go on.", "Scores agree with the offline replay to 0.1 %.")


class Rollout(Part):
    """How a new model reaches everyone, and comes back."""

    stages: tuple[Stage, ...] = described("Stages", "In order.", [{"name": "Shadow"}], min_length=1, max_length=20)
    rollback: Prose = described(
        "Rollback", "How it is undone, and how fast.", "The previous model stays loaded; one flag, under a minute."
    )
    rejected: tuple[Rejected, ...] = described(
        "Rejected", "What was weighed and not done.", [{"option": "Swap at once"}], (), max_length=20
    )


class Monitor(Part):
    """A signal that is watched."""

    signal: Line = described("Signal", "What is measured.", "Age of the newest card-velocity value")
    threshold: Line = described("Threshold", "When it is acted on.", "Above 30 s for 5 min")
    action: Prose = described(
        "Action", "What is done.", "Page the on-call; fall back to the model without velocity features."
    )


class Failure(Part):
    """Something that breaks."""

    title: Title = described("Title", "The failure in a few words.", "Stream job restarts from an old checkpoint")
    breaks: Prose = described("Breaks", "What happens.", "Counters are hours old, and look right.")
    noticed: Prose = described(
        "Noticed", "How it is noticed.", "Event-time lag of the job; mean of a counter against yesterday."
    )
    costs: Prose = described("Costs", "What it costs while it lasts.", "Card-testing attacks pass unseen.")
    response: Prose = described(
        "Response", "What is done, now and for good.", "Serve the model that does not use them; checkpoint each minute."
    )
    component: Id | None = described("Component", "The component where it begins.", "velocity-job", None)


class FollowUp(Part):
    """A question that the interviewer asks once the design stands."""

    ask: Prose = described(
        "Ask", "The question.", "A feature was wrong for a week. What do you do with the training data?"
    )
    level: Level = described("Level", "The level that it tells apart.", "staff")
    listen_for: tuple[Prose, ...] = described(
        "Listen for",
        "What a strong answer names.",
        ["Replay from the log with the fixed feature, by version"],
        min_length=1,
        max_length=20,
    )
    missed: Prose = described("Missed", "What most people miss.", "The labels of that week are biased too.")


class Steps(Part):
    """What three levels look like on one signal of the rubric."""

    mid: Prose = described("Mid", "What a mid-level answer shows.", "Lists features.")
    senior: Prose = described("Senior", "What a senior answer shows.", "Raises label delay and skew unasked.")
    staff: Prose = described("Staff", "What a staff answer shows.", "Prices a false positive.")
