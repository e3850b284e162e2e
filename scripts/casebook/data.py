"""A case's numbers as data for the browser: the same formula trees and base-unit values that the build checked."""

from typing import Any

from casebook import quantity
from casebook.formula import as_data
from casebook.latency import runs, step_latency
from casebook.quantity import Quantity, Unit
from casebook.spec import Case, Name
from casebook.working import limit_unit


def as_json(case: Case) -> dict[str, Any]:
    """Return what `docs/assets/js/engine.js` computes a case from. Values are in base units (s, B, USD, counts).

    A number that a component, a limit or a latency takes is a value, or the name of one.
    """
    return {
        "assumptions": {
            name: {
                "value": part.value.base,
                "unit": _unit(part.value.unit),
                **({"range": [bound.base for bound in part.range]} if part.range else {}),
            }
            for name, part in case.assumptions.items()
        },
        "estimates": {
            name: {"formula": as_data(part.formula.tree), "unit": _unit(part.unit)}
            for name, part in case.estimates.items()
        },
        "flows": {name: _hops(case, name) for name, flow in case.architecture.flows.items() if flow.kind == "request"},
        "components": {
            name: [_part(part.load), _part(part.capacity), _part(part.replicas)]
            for name, part in case.architecture.components.items()
            if part.load is not None and part.capacity is not None and part.replicas is not None
        },
        "requirements": {
            part.id: {
                "measure": part.measure,
                "sense": part.limit.sense,
                "bound": _part(part.limit.bound),
                "unit": _unit(limit_unit(case, part)),
            }
            for part in case.requirements.quality
        },
        "decisions": [
            [{"when": as_data(line.when.tree) if line.when else None, "pick": line.pick} for line in part.choose]
            for part in case.tradeoffs
        ],
        "variants": {
            name: {number: amount.base for number, amount in part.set.items()} for name, part in case.variants.items()
        },
    }


def units() -> dict[str, Any]:
    """Return every unit and prefix with its size in base units, and a unit's dimensions, for what readers type."""
    return {
        "units": {
            name: [quantity.unit(name).factor, dict(quantity.unit(name).dims)]
            for name in quantity.names()
            if name.isascii()
        },
        "prefixes": {
            "k": 1e3,
            "M": 1e6,
            "G": 1e9,
            "T": 1e12,
            "P": 1e15,
            "E": 1e18,
            "m": 1e-3,
            "u": 1e-6,
            "µ": 1e-6,
            "n": 1e-9,
            "Ki": 2**10,
            "Mi": 2**20,
            "Gi": 2**30,
            "Ti": 2**40,
            "Pi": 2**50,
        },
        "magnitudes": quantity.MAGNITUDES,
    }


def _unit(unit: Unit) -> list[str | float]:
    return [unit.text, unit.factor]


def _part(part: Quantity | Name | None) -> float | str:
    assert part is not None
    return str(part) if isinstance(part, Name) else part.base


def _hops(case: Case, name: str) -> list[list[list[float | str]]]:
    """Return a flow's hops, each the p50 and p99 of its parallel steps."""
    flow = case.architecture.flows[name]
    hops = []
    for run in runs(flow):
        latencies = [step_latency(case, flow.steps[index])[0] for index in run]
        hops.append([[_part(latency.p50), _part(latency.p99)] for latency in latencies if latency])
    return hops
