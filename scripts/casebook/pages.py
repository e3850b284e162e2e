"""Records become Markdown pages, through the templates beside this module; pure.

A page is front matter, headings in Markdown, and blocks of HTML in which every text of a record is
escaped, so that it is not read as Markdown, HTML or template by the site builder. Drawings are left
out: `<!--figure:name-->` marks their place, and the theme puts them in after Markdown has run.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from math import log, log10
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from casebook import text, working
from casebook.estimate import Numbers, compute, runs
from casebook.graph import letter
from casebook.library import Entry, Library
from casebook.quantity import show
from casebook.spec import TRACKS, Case, Decision, Name

STANDINGS = {"sourced": "read in the source", "derived": "derived from the source", "assumed": "assumed, with a reason"}
LEVELS = {"mid": "Mid", "senior": "Senior", "staff": "Staff"}


@dataclass(frozen=True)
class Names:
    """What a case's page says of other records: their titles and how they are shown."""

    blocks: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)  # id -> title, kind, icon
    tradeoffs: Mapping[str, tuple[str, str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]] = field(
        default_factory=dict
    )

    @staticmethod
    def of(library: Library) -> "Names":
        return Names(
            {
                name: (entry.record.title, entry.record.kind, entry.record.icon)
                for name, entry in library.blocks().items()
            },
            {
                name: (
                    entry.record.title,
                    entry.record.question,
                    tuple((option, part.title) for option, part in entry.record.options.items()),
                    tuple((criterion, part.title) for criterion, part in entry.record.criteria.items()),
                )
                for name, entry in library.tradeoffs().items()
            },
        )


@cache
def environment() -> Environment:
    """Return the templates' environment: everything printed is escaped, braces too."""

    def finalize(value: Any) -> Any:
        # `Markup(...)` asks its argument for markup first, in Python; this says the same in a third of the time.
        return value if type(value) is Markup else str.__new__(Markup, text.attribute(str(value)))

    made = Environment(
        loader=PackageLoader("casebook", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    made.filters.update(
        prose=lambda value, root: Markup(text.block(value, root)),
        line=lambda value, root: Markup(text.line(value, root)),
        heading=lambda value: Markup(text.heading(value)),
        plain=text.plain,
        front=lambda value: Markup(json.dumps(value, ensure_ascii=False)),
        rating=lambda value: f"+{value}" if value > 0 else str(value).replace("-", "−"),
    )
    made.globals.update(
        TRACKS=TRACKS,
        LEVELS=LEVELS,
        STANDINGS=STANDINGS,
        letter=letter,
        url=text.url,
        show=show,
        written=working.written,
    )
    return made


def render(template: str, **facts: Any) -> str:
    """Return a page from a template, without blank lines where Markdown would see the end of a block."""
    page = re.sub(r"\n[ \t]+<", "\n<", environment().get_template(template).render(**facts))
    parts = page.split("</table>")
    page = "</table>".join([*(_labelled(part) for part in parts[:-1]), parts[-1]])
    while "\n\n\n" in page:
        page = page.replace("\n\n\n", "\n\n")
    return page.strip() + "\n"


_CELL = re.compile(r'<td(?=[ >])|<th(?= scope="row")')


def _labelled(text: str) -> str:
    """Return text up to the end of a table of ours, each cell named after its column, for screens too narrow for columns."""
    start = text.rindex("<table")
    if text.startswith('<table class="numbers budget"', start):  # narrow enough as it is, and read across
        return text
    body = text.find("<tbody>", start)
    heads = [re.sub(r"<[^>]+>", "", head) for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text[start:body])]

    def row(cells: str) -> str:
        columns = iter(heads)
        return _CELL.sub(lambda cell: f'{cell[0]} data-label="{next(columns, "")}"', cells)

    rows = [part if "colspan" in part else row(part) for part in text[body:].split("<tr")]
    return text[:body] + "<tr".join(rows).replace('">–</td>', '" data-none>–</td>')


def front(
    title: str, description: str, source: str | None = None, figures: Mapping[str, str] | None = None, **more: Any
) -> Markup:
    """Return front matter: JSON, which is YAML too, with every text escaped for the HTML it goes into."""
    meta: dict[str, Any] = {"title": text.attribute(title), "description": text.attribute(text.plain(description))}
    if source:
        meta["source"] = source
    if figures:
        meta["figures"] = dict(figures)
    meta.update(more)
    return Markup(
        "---\n" + "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in meta.items()) + "---\n"
    )


def case(entry: Entry, names: Names) -> str:
    """Return the page of a case."""
    record: Case = entry.record
    numbers = entry.numbers
    assert numbers is not None
    root = "../../../"
    return render(
        "case.md.jinja",
        front=front(
            record.title, record.summary, entry.path, {"architecture": f"figures/{entry.key}.html"}, hide=["navigation"]
        ),
        key=entry.key,
        case=record,
        numbers=numbers,
        names=names,
        root=root,
        track=entry.folder,
        estimates=[_estimate(record, numbers, name) for name in record.estimates],
        requirements=[_requirement(record, numbers, index) for index in range(len(record.requirements.quality))],
        budgets=[_budget(record, numbers, name) for name in numbers.hops],
        decisions=[decision(entry, index, names) for index in range(len(record.tradeoffs))],
        variants=[_variant(record, numbers, name, names) for name in record.variants],
        strained=_strained(record, numbers),
        standings={name: part.standing for name, part in record.assumptions.items()},
        references={reference.id: reference for reference in record.references},
        stated=lambda part: working.stated(record, numbers, part),
    )


def _estimate(record: Case, numbers: Numbers, name: str) -> dict[str, Any]:
    estimate = record.estimates[name]
    return {
        "name": name,
        "formula": working.with_names(estimate.formula.tree),
        "worked": working.with_values(estimate.formula.tree, record, numbers),
        "result": working.number(record, numbers, name),
        "why": estimate.why,
    }


def _requirement(record: Case, numbers: Numbers, index: int) -> dict[str, Any]:
    quality = record.requirements.quality[index]
    result = numbers.requirements[quality.id]
    unit = working.limit_unit(record, quality)
    sense = quality.limit.sense.replace("<=", "≤").replace(">=", "≥")
    limit = f"{sense} {working.amount(result.bound, unit) if isinstance(quality.limit.bound, Name) else working.written(quality.limit.bound)}"
    return {
        "quality": quality,
        "value": working.amount(result.value, unit),
        "limit": limit,
        "named": str(quality.limit.bound) if isinstance(quality.limit.bound, Name) else "",
        "holds": result.holds,
    }


def _budget(record: Case, numbers: Numbers, name: str) -> dict[str, Any]:
    """Return a request flow's latency, hop by hop, with each hop's share of the p99 budget."""
    flow = record.architecture.flows[name]
    total50, total99 = numbers.latency(name, "p50") or 0.0, numbers.latency(name, "p99") or 0.0
    place = list(record.architecture.flows).index(name)
    rows = [
        {
            "steps": " ".join(f"{letter(place)}{step + 1}" for step in hop.steps),
            "to": ", ".join(
                dict.fromkeys(record.architecture.components[flow.steps[step].to].label for step in hop.steps)
            ),
            "parallel": len(hop.steps) > 1,
            "p50": f"{show(hop.p50 * 1000)} ms",
            "p99": f"{show(hop.p99 * 1000)} ms",
            "share": round(100 * hop.p99 / total99, 1) if total99 else 0,
        }
        for hop in numbers.hops[name]
    ]
    return {
        "id": name,
        "flow": flow,
        "rows": rows,
        "p50": f"{show(total50 * 1000)} ms",
        "p99": f"{show(total99 * 1000)} ms",
        "hops": len(list(runs(flow))),
    }


def decision(entry: Entry, index: int, names: Names, page: str = "") -> dict[str, Any]:
    """Return a case's answer to a trade-off: its rule with names and with values, its options, where it flips."""
    record, numbers = entry.record, entry.numbers
    assert numbers is not None
    answer: Decision = record.tradeoffs[index]
    title, question, options, criteria = names.tradeoffs[answer.about]
    picked = numbers.picks.get(index)
    rule = [
        {
            "pick": dict(options)[choice.pick],
            "when": working.with_names(choice.when.tree, page) if choice.when else None,
            "worked": working.with_values(choice.when.tree, record, numbers) if choice.when else None,
            "taken": bool(picked) and picked is not None and picked[1] == line,
        }
        for line, choice in enumerate(answer.choose)
    ]
    return {
        "index": index + 1,
        "decision": answer,
        "title": title,
        "question": answer.question or question,
        "options": [
            {"id": name, "title": label, "part": answer.options[name], "picked": name == answer.pick}
            for name, label in options
            if name in answer.options
        ],
        "criteria": criteria,
        "rule": rule,
        "pick": dict(options)[answer.pick],
        "flips": _flips(entry, index, dict(options)),
    }


def _strained(record: Case, numbers: Numbers) -> list[dict[str, Any]]:
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


def _flips(entry: Entry, index: int, titles: dict[str, str]) -> list[dict[str, Any]]:
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
        said = []
        for pick, start, end in zip(picks, cuts, cuts[1:], strict=False):
            if pick != record.tradeoffs[index].pick:
                words = [f"below {working.amount(end, unit)}"] if start == low else []
                words += [f"above {working.amount(start, unit)}"] if end == high else []
                if start != low and end != high:
                    words = [f"from {working.amount(start, unit)} to {working.amount(end, unit)}"]
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


def _variant(record: Case, numbers: Numbers, name: str, names: Names) -> dict[str, Any]:
    """Return a variant with what it changes: assumptions, estimates, requirements and picks."""
    variant = record.variants[name]
    other = compute(record, variant.set, numbers)
    shown = [
        (estimate, working.number(record, numbers, estimate), working.number(record, other, estimate))
        for estimate in record.estimates
        if numbers.values[estimate] != other.values[estimate]
    ]
    changed = [{"name": name, "before": before, "after": after} for name, before, after in shown if before != after]
    missed = [
        {
            "quality": quality,
            "value": working.amount(other.requirements[quality.id].value, working.limit_unit(record, quality)),
            "limit": working.amount(other.requirements[quality.id].bound, working.limit_unit(record, quality)),
        }
        for quality in record.requirements.quality
        if not other.requirements[quality.id].holds
    ]
    flips = [
        {
            "title": names.tradeoffs[made.about][0],
            "before": dict(names.tradeoffs[made.about][2])[made.pick],
            "after": dict(names.tradeoffs[made.about][2])[other.picks[index][0]],
            "index": index + 1,
        }
        for index, made in enumerate(record.tradeoffs)
        if index in other.picks and other.picks[index][0] != made.pick
    ]
    strained = [
        {"label": record.architecture.components[part].label, "share": round(100 * share)}
        for part, share in other.utilisation.items()
        if share > 1
    ]
    sets = [
        {"name": part, "before": working.written(record.assumptions[part].value), "after": working.written(amount)}
        for part, amount in variant.set.items()
    ]
    return {
        "id": name,
        "variant": variant,
        "sets": sets,
        "changed": changed,
        "missed": missed,
        "flips": flips,
        "strained": strained,
    }
