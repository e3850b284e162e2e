"""What differs between two versions of a record, as Markdown: numbers, requirements, decisions; pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import isclose

from casebook import flips, working
from casebook.library import Entry
from casebook.quantity import Unit, show
from casebook.spec import Block
from casebook.text import code

SAME = 1e-12  # relative: what the order of a sum makes of a number is no change


def of(before: Entry, after: Entry) -> list[str]:
    """Return what differs between two versions of a case: numbers, requirements and decisions."""
    return [*_numbers(before, after), *_requirements(before, after), *_decisions(before, after)]


def figures(before: Block, after: Block) -> Iterator[str]:
    old = {figure.what: figure.value for figure in before.figures}
    for figure in after.figures:
        was = old.get(figure.what)
        if was is not None and was.text != figure.value.text:
            yield f"- {code(figure.what)}: {code(was.text)}, now {code(figure.value.text)}"


def _table(heads: str, rows: Iterable[str]) -> Iterator[str]:
    rows = [*rows]
    if rows:
        yield "\n".join([heads, "|" + " --- |" * (heads.count("|") - 1), *rows, ""])


def _numbers(before: Entry, after: Entry) -> Iterator[str]:
    """Tell of every assumption and estimate whose value differs, in its author's unit."""
    for kind in ("assumptions", "estimates"):
        old, new = getattr(before.record, kind), getattr(after.record, kind)
        names = [*new, *(name for name in old if name not in new)]
        rows = (_number(before, after, name, name in old, name in new) for name in names)
        yield from _table(f"| {kind.capitalize()} | Before | After | By |", filter(None, rows))


def _number(before: Entry, after: Entry, name: str, was: bool, stays: bool) -> str:
    old, new = _value(before, name) if was else None, _value(after, name) if stays else None
    if old is None and new is None and was and stays:
        return ""
    if old is None or new is None:
        gone, come = "no value" if was else "new", "no value" if stays else "gone"
        shown = [_amount(*part) if part else word for part, word in ((old, gone), (new, come))]
        return f"| {code(name)} | {shown[0]} | {shown[1]} | |"
    if old[1].dims == new[1].dims and isclose(old[0], new[0], rel_tol=SAME):
        return ""
    for digits in (3, 4, 6, 9, 12):  # as many as tell them apart
        shown = [_amount(*old, digits), _amount(*new, digits)]
        if shown[0] != shown[1]:
            break
    by = _by(old[0], new[0]) if old[1].dims == new[1].dims else "another unit"
    return f"| {code(name)} | {shown[0]} | {shown[1]} | {by} |"


def _value(entry: Entry, name: str) -> tuple[float, Unit] | None:
    value = entry.numbers.values.get(name) if entry.numbers else None
    return None if value is None else (value, working.unit_of(entry.record, name))


def _amount(value: float, unit: Unit, digits: int = 3) -> str:
    return code(f"{show(value / unit.factor, digits)} {unit.text}".strip())


def _by(old: float, new: float) -> str:
    """Return by how much a number changed: a share where it is small, a multiple where it is not."""
    if old == 0 or new / old <= 0:
        return ""
    ratio = new / old
    if ratio >= 2 or ratio <= 0.5:
        return f"× {show(ratio)}" if ratio > 1 else f"÷ {show(1 / ratio)}"
    return f"{'+' if ratio > 1 else '−'}{show(abs(ratio - 1) * 100, 2)} %"


def _requirements(before: Entry, after: Entry) -> Iterator[str]:
    """Tell of every requirement that is met now and was missed, or the other way; of new ones and gone ones."""
    old, new = _states(before), _states(after)
    yield from _table(
        "| Requirements | Before | After |",
        (
            f"| {code(name)} | {' '.join(old.get(name, ('new',)))} | {' '.join(new.get(name, ('gone',)))} |"
            for name in {**new, **old}
            if old.get(name, ("",))[0] != new.get(name, ("",))[0]
        ),
    )


def _states(entry: Entry) -> dict[str, tuple[str, ...]]:
    """Return whether each requirement is met, and by which figure against which limit."""
    made: dict[str, tuple[str, ...]] = {}
    for quality in entry.record.requirements.quality:
        result = entry.numbers.requirements.get(quality.id) if entry.numbers else None
        if result is None:
            made[quality.id] = ("not computed",)
        else:
            value = _amount(result.value, working.limit_unit(entry.record, quality))
            made[quality.id] = (
                "met:" if result.holds else "**missed**:",
                f"{value}, limit {code(quality.limit.text)}",
            )
    return made


def _decisions(before: Entry, after: Entry) -> Iterator[str]:
    """Tell of every decision whose pick or flip points differ."""
    told = "\n".join(_turned(before, after))
    if told:
        yield f"{told}\n"


def _turned(before: Entry, after: Entry) -> Iterator[str]:
    old, new = _answers(before), _answers(after)
    for name in {**new, **old}:
        if name not in old or name not in new:
            pick = (new.get(name) or old[name])[0]
            yield f"- Decision {code(name)}: {'new' if name in new else 'gone'}, picks {code(pick)}"
            continue
        (was, turned), (now, turns) = old[name], new[name]
        if was != now:
            yield f"- Decision {code(name)}: picked {code(was)}, **now picks** {code(now)}"
        for assumption in {**turns, **turned}:
            left, right = turned.get(assumption, []), turns.get(assumption, [])
            if not _alike(left, right):
                said = [_said(entry, assumption, found) for entry, found in ((before, left), (after, right))]
                yield f"- Decision {code(name)}, along {code(assumption)}: {said[0]}, now {said[1]}"


def _answers(entry: Entry) -> dict[str, tuple[str, dict[str, list[flips.Flip]]]]:
    """Return what each decision picks, and where it flips, by assumption."""
    made: dict[str, tuple[str, dict[str, list[flips.Flip]]]] = {}
    seen: Counter[str] = Counter()
    for index, decision in enumerate(entry.record.tradeoffs):
        seen[decision.about] += 1
        name = decision.about if seen[decision.about] == 1 else f"{decision.about} ({seen[decision.about]})"
        turns: dict[str, list[flips.Flip]] = {}
        for flip in entry.flips:
            if flip.decision == index:
                turns.setdefault(flip.assumption, []).append(flip)
        ruled = entry.numbers.picks.get(index) if entry.numbers else None
        made[name] = (ruled[0] if ruled else decision.pick, turns)
    return made


def _alike(left: list[flips.Flip], right: list[flips.Flip]) -> bool:
    return [flip[3:] for flip in left] == [flip[3:] for flip in right] and all(
        isclose(one.at, other.at, rel_tol=2 * flips.EXACT) for one, other in zip(left, right, strict=True)
    )


def _said(entry: Entry, assumption: str, turns: list[flips.Flip]) -> str:
    if not turns:
        return "no flip"
    unit = entry.record.assumptions[assumption].value.unit
    return " and ".join(
        f"{code(turn.below or 'no value')} flips to {code(turn.above or 'no value')} at {_amount(turn.at, unit, 4)}"
        for turn in turns
    )
