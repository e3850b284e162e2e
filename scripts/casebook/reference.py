"""The field reference and the catalogue of checks, generated from the spec and from the rules."""

import types
import typing
from collections.abc import Callable
from functools import partial
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from casebook import catalogue, quantity, report, text
from casebook.examples import fired
from casebook.formula import FUNCTIONS, Formula
from casebook.quantity import Quantity, Unit
from casebook.schema import KINDS
from casebook.spec import Limit, Name, Part
from casebook.template import front, render

TITLES = {"case": "Case", "block": "Building block", "tradeoff": "Trade-off", "moved": "Stub of a record that moved"}
_WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    Quantity: "quantity",
    Unit: "unit",
    Formula: "formula",
    Limit: "limit",
    Name: "name",
}


def fields() -> str:
    """Return the field reference: every part of every kind of record."""
    kinds = []
    seen: set[type[BaseModel]] = set()
    for kind, model in KINDS.items():
        parts: list[dict[str, Any]] = []
        _collect(model, parts, seen)
        kinds.append((TITLES[kind], parts))
    return render(
        "fields.md.jinja",
        front=front(
            "Field reference",
            "Every key of every record: what it holds, what it is for, and an example.",
            "scripts/casebook/spec/",
        ),
        kinds=kinds,
        units=quantity.names(),
        functions=FUNCTIONS,
    )


def _collect(model: type[BaseModel], parts: list[dict[str, Any]], seen: set[type[BaseModel]]) -> None:
    if model in seen:
        return
    seen.add(model)
    rows, inner = [], []
    for name, field in model.model_fields.items():
        holds, part = _holds(field.annotation)
        rows.append(
            {
                "key": field.alias or name,
                "required": field.is_required(),
                "holds": holds,
                "anchor": _anchor(part) if part else None,
                "description": field.description or "",
                "example": _example(field),
            }
        )
        if part:
            inner.append(part)
    parts.append(
        {
            "name": model.__name__,
            "anchor": _anchor(model),
            "about": (model.__doc__ or "").strip().split("\n")[0],
            "rows": rows,
        }
    )
    for part in inner:
        _collect(part, parts, seen)


def _anchor(part: type[BaseModel]) -> str:
    return f"part-{part.__name__.lower()}"


def _example(field: FieldInfo) -> str:
    example = field.examples[0] if field.examples else None
    return "" if example is None or isinstance(example, (dict, list)) else str(example)


def _holds(annotation: Any) -> tuple[str, type[Part] | None]:
    """Return what a field holds in words, and the part that it is made of, if it is one of ours."""
    while True:
        origin, args = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            annotation = args[0]
        elif origin in (typing.Union, types.UnionType):
            kept = [arg for arg in args if arg is not type(None)]
            if len(kept) > 1:
                return " or ".join(_holds(arg)[0] for arg in kept), None
            annotation = kept[0]
        else:
            break
    if origin is tuple:
        word, part = _holds(args[0])
        return (f"two: {word}", part) if len(args) == 2 and args[1] is not Ellipsis else (f"list of {word}", part)
    if origin is dict:
        word, part = _holds(args[1])
        return f"by name: {word}", part
    if origin is typing.Literal:
        return " | ".join(args), None
    if isinstance(annotation, type) and issubclass(annotation, Part) and annotation is not Limit:
        return annotation.__name__, annotation
    return _WORDS.get(annotation, "text"), None


def checks() -> dict[str, Callable[[], str]]:
    """Return how to make the catalogue: an index, and a page a code with the report that it really gives."""
    made: dict[str, Callable[[], str]] = {"contribute/checks/index.md": _checks_index}
    made.update(
        {
            f"contribute/checks/{code.lower()}/index.md": partial(_check, entry)
            for code, entry in catalogue.codes().items()
        }
    )
    return made


def _checks_index() -> str:
    codes = list(catalogue.codes().values())
    return render(
        "checks.md.jinja",
        front=front("Checks", "Every code that casebook check can print.", "scripts/casebook/catalogue.toml"),
        codes=codes,
        errors=sum(entry.level == "error" for entry in codes),
        hints=sum(entry.level == "hint" for entry in codes),
    )


def _check(entry: catalogue.Code) -> str:
    told = "\n\n".join(report.text(finding) for finding in fired(entry))
    return render(
        "check.md.jinja",
        front=front(f"{entry.code} {entry.title}", entry.why, "scripts/casebook/catalogue.toml", hide=["navigation"]),
        entry=entry,
        report=Markup(text.attribute(told).replace("\n", "&#10;")),
    )
