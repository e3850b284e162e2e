"""Rules over what a case may leave out: a draft may be thin, a published case should be whole."""

from collections.abc import Iterator
from typing import get_args

from casebook.checks.scope import Scope
from casebook.findings import Finding
from casebook.spec import Case
from casebook.spec.rehearsal import Phase

OPTIONAL = {
    "formulation": "the problem as a machine-learning task is what the first ten minutes are about",
    "data": "label delay, bias and skew are where seniority shows",
    "model": "a choice without a rejected alternative is a guess",
    "evaluation": "a reader wants to know when a model is good enough",
    "rollout": "how it reaches everyone, and comes back",
    "monitoring": "signals without thresholds and actions are decoration",
    "variants": "a changed number teaches more than one model answer",
    "follow_ups": "what is asked once the design stands",
    "rehearsal": "a candidate who is stuck asks for a hint before looking at the answer",
}


def complete(scope: Scope) -> Iterator[Finding]:
    """A published case should hold every part of an answer."""
    if not scope.case.draft:
        for name, reason in lacking(scope.case).items():
            yield scope.found("C110", (), f"the case has no `{name}` yet", f"add `{name}:` — {reason}")


def rehearsed(scope: Scope) -> Iterator[Finding]:
    """A published case that is rehearsed should have three hints for every phase of a round."""
    notes = scope.case.rehearsal
    thin = [phase for phase in get_args(Phase) if phase not in notes or len(notes[phase].hints) < 3]
    if notes and thin and not scope.case.draft:
        yield scope.found(
            "C112",
            ("rehearsal",),
            f"the rehearsal has no three hints for {', '.join(thin)}",
            "add `hints:` to each: a nudge, a direction, and almost the answer",
            key=True,
        )


def lacking(case: Case) -> dict[str, str]:
    """Return the parts that a case does not hold yet, each with why it matters, in the order of an interview."""
    return {name: reason for name, reason in OPTIONAL.items() if not getattr(case, name)}


RULES = (complete, rehearsed)
