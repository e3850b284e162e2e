"""What a case adds to a timed round: the interviewer's lines, the board, and hints, by phase."""

from typing import Literal

from casebook.spec.base import Line, Part, Prose, described

Phase = Literal["clarify", "formulate", "design", "data", "model", "serve", "operate", "wrap"]


class PhaseNotes(Part):
    """One phase of a rehearsal, as far as this case differs from any other. All of it may be left out."""

    says: Line | None = described(
        "Says",
        "What the interviewer says when the phase begins. Without it, the common line.",
        "The shopper is waiting. What do you need to know about a card before you answer?",
        None,
    )
    board: tuple[Line, ...] = described(
        "Board",
        "What must be on the board when the phase ends, beside what any case needs.",
        ["The point in time at which each feature is read"],
        (),
        max_length=6,
    )
    hints: tuple[Prose, ...] = described(
        "Hints",
        "A ladder of three: a nudge, a direction, and almost the answer.",
        ["What does the model know at the moment of decision?"],
        (),
        max_length=3,
    )
