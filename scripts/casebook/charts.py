"""What the charts of a case show, as numbers between 0 and 100 for the template; pure.

Each chart stands in or above a table that says the same, and `docs/assets/js/charts.js` redraws it when
a reader moves an assumption.
"""

from itertools import groupby
from math import log, log10
from typing import Any

from casebook import tail, working
from casebook.graph import letter
from casebook.library import Entry
from casebook.outcome import Numbers
from casebook.quantity import show
from casebook.sensitivity import key, swings
from casebook.spec import Case


def budget(record: Case, numbers: Numbers, name: str) -> dict[str, Any]:
    """Return a request flow's latency, hop by hop, against its limit, as two stacked bars on one scale."""
    flow = record.architecture.flows[name]
    total50, total99 = numbers.latency(name, "p50") or 0.0, numbers.latency(name, "p99") or 0.0
    limits = [
        numbers.requirements[quality.id].bound
        for quality in record.requirements.quality
        if quality.measure == f"{name}.p99" and quality.id in numbers.requirements
    ]
    estimated = tail.p99(numbers.hops[name])
    whole = max([total99, *limits]) * 1.02 or 1.0
    place = list(record.architecture.flows).index(name)
    rows = [
        {
            "steps": " ".join(f"{letter(place)}{step + 1}" for step in hop.steps),
            "to": ", ".join(
                dict.fromkeys(record.architecture.components[flow.steps[step].to].label for step in hop.steps)
            ),
            "parallel": len(hop.steps) > 1,
            "p50": _ms(hop.p50),
            "p99": _ms(hop.p99),
            "wide50": round(100 * hop.p50 / whole, 2),
            "wide99": round(100 * hop.p99 / whole, 2),
            "share": round(100 * hop.p99 / total99, 1) if total99 else 0,
        }
        for hop in numbers.hops[name]
    ]
    return {
        "id": name,
        "rows": rows,
        "p50": _ms(total50),
        "p99": _ms(total99),
        "tail": _ms(estimated),
        "tail_at": round(100 * estimated / whole, 2),
        "limit": _ms(min(limits)) if limits else None,
        "limit_at": round(100 * min(limits) / whole, 2) if limits else None,
        "hops": len(rows),
    }


def _ms(seconds: float) -> str:
    return f"{show(seconds * 1000)} ms"


def strained(record: Case, numbers: Numbers) -> list[dict[str, Any]]:
    """Return, in the order in which they break, at which multiple of the load components pass 80 % and 100 %.

    Replicas are held at today's number and load grows in proportion, so a component at utilisation u
    passes 100 % at 1/u times the load. The strip is 1 to 100 times, on a log scale.
    """

    def place(multiple: float) -> float:
        return round(50 * log10(min(100.0, max(1.0, multiple))), 1)

    return [
        {
            "id": name,
            "label": record.architecture.components[name].label,
            "used": round(100 * share),
            "warm": f"{show(0.8 / share)} ×" if share < 0.8 else "today",
            "full": f"{show(1 / share)} ×" if share < 1 else "today",
            "at": (place(0.8 / share), place(1 / share)),
        }
        for name, share in sorted(numbers.utilisation.items(), key=lambda pair: -pair[1])
        if share > 0
    ]


def tornado(record: Case, numbers: Numbers) -> dict[str, Any]:
    """Return what each assumption, alone, makes of the key estimate at both ends of its range, widest first."""
    name = key(record)
    unit = working.unit_of(record, name)
    now = numbers.values[name]
    found = swings(record, numbers, name)
    values = [value for swing in found for value in (swing.low, swing.high) if value is not None] + [now]
    place = _scale(min(values), max(values))
    rows = []
    for swing in found:
        part = record.assumptions[swing.assumption]
        assert part.range is not None
        row: dict[str, Any] = {"name": swing.assumption}
        for side, bound, value in zip(("low", "high"), part.range, (swing.low, swing.high), strict=True):
            start, end = sorted((place(now), place(now if value is None else value)))
            row[side] = {
                "at": working.written(bound),
                "gives": "no value" if value is None else working.amount(value, unit),
                "x": round(start, 1),
                "width": round(end - start, 1),
            }
        rows.append(row)
    return {"name": name, "now": working.amount(now, unit), "now_at": round(place(now), 1), "rows": rows}


def _scale(low: float, high: float) -> Any:
    """Return a function from a value to its place between 0 and 100: on a log scale if all are above zero."""
    if low > 0 and high > low:
        return lambda value: 100 * log(value / low) / log(high / low)
    return lambda value: 100 * (value - low) / (high - low) if high > low else 50.0


def flipping(entry: Entry, index: int, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Return, for each assumption that turns a decision, its range as a strip and the turns in words."""
    record: Case = entry.record
    rows = []
    for name, group in groupby((flip for flip in entry.flips if flip.decision == index), lambda flip: flip.assumption):
        turns = list(group)
        part = record.assumptions[name]
        assert part.range is not None
        low, high, unit = part.range[0].base, part.range[1].base, part.value.unit
        cuts = [low, *(flip.at for flip in turns), high]
        picks = [turns[0].below, *(flip.above for flip in turns)]
        place = [100 * log(cut / low) / log(high / low) for cut in cuts]

        def at(value: float, unit: Any = unit) -> str:
            return f"{show(value / unit.factor, 4)} {unit.text}".strip()

        said = []
        for pick, start, end in zip(picks, cuts, cuts[1:], strict=False):
            if pick != record.tradeoffs[index].pick:
                words = [f"below {at(end)}"] if start == low else []
                words += [f"above {at(start)}"] if end == high else []
                if start != low and end != high:
                    words = [f"from {at(start)} to {at(end)}"]
                said.append((titles.get(pick or "", "no value"), " and ".join(words)))
        rows.append(
            {
                "name": name,
                "today": working.written(part.value),
                "marker": round(100 * log(part.value.base / low) / log(high / low), 1),
                "strip": [
                    {
                        "x": round(start, 1),
                        "width": round(end - start, 1),
                        "picked": pick == record.tradeoffs[index].pick,
                    }
                    for pick, start, end in zip(picks, place, place[1:], strict=False)
                ],
                "said": said,
            }
        )
    return rows
