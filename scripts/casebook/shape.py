"""Values become records: pydantic's faults become findings with a place, a suggestion and a fix."""

import types
import typing
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from casebook.findings import LISTED, Finding, rest
from casebook.source import Document, Loc
from casebook.spec import Grounded, Part
from casebook.spec.base import shorten

Record = TypeVar("Record", bound=Part)

_KINDS = {
    "string_type": ("a text", "write a text"),
    "tuple_type": ("a list", "put each entry on its own line, with `- ` in front"),
    "dict_type": ("a mapping", "write `key: value` lines, indented below it"),
    "model_type": ("a mapping", "write `key: value` lines, indented below it"),
    "model_attributes_type": ("a mapping", "write `key: value` lines, indented below it"),
    "int_parsing": ("a whole number", "write digits only"),
    "int_type": ("a whole number", "write digits only"),
    "int_from_float": ("a whole number", "write digits only"),
    "bool_parsing": ("true or false", "write true or false"),
}


def validate(document: Document, model: type[Record]) -> tuple[Record | None, list[Finding]]:
    """Make a record of a document, or say everything that keeps it from being one."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        # A misspelt key is one mistake: the key that it stands for is not reported as missing too.
        meant = {
            (*detail["loc"][:-1], _near(model, detail["loc"]))
            for detail in details
            if detail["type"] == "extra_forbidden"
        }
        details = [detail for detail in details if not _echo(document, detail, meant)]
        found = [_finding(document, model, detail) for detail in details[:LISTED]]
        return None, found + ([rest(document.path, len(details), "faults of shape")] if len(details) > LISTED else [])


def _echo(document: Document, detail: ErrorDetails, meant: set[Loc]) -> bool:
    """Return whether a fault only follows from another: of a misspelt key, or of an entry that is refused."""
    if detail["type"] == "missing":
        return detail["loc"] in meant
    value = document.at(detail["loc"])
    return (
        detail["type"] == "too_short"
        and isinstance(value, (list, dict))
        and len(value) >= detail.get("ctx", {}).get("min_length", 0)
    )


def _near(model: type[BaseModel], loc: Loc) -> str:
    """Return the key that a misspelt one is likely to mean; an empty text if none is near."""
    near = get_close_matches(str(loc[-1]), fields_at(model, loc[:-1]), n=1, cutoff=0.6)
    return near[0] if near else ""


def _finding(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Finding:
    kind, context = detail["type"], detail.get("ctx", {})
    loc: Loc = tuple(detail["loc"])
    is_key = bool(loc) and loc[-1] == "[key]"
    if is_key:
        loc = loc[:-1]
    name = str(loc[-1]) if loc else "the record"
    value = document.at(loc)

    def found(
        code: str, what: str, fix: str, note: str = "", key: bool = False, span: tuple[Any, Any] = (None, None)
    ) -> Finding:
        place = document.key(loc) if key else document.within(loc, *span)
        return Finding(code, place, what, document.line(place.line), note, fix)

    if value is None and not is_key and kind not in ("missing", "extra_forbidden"):
        return found("C026", f"`{_where(loc)}` is empty", "fill it in, or delete the key", key=True)
    if kind == "casebook":
        return found(
            context["code"],
            f"`{_where(loc)}` {context['message']}"
            if not context["message"].startswith('"')
            else f"{context['message']} in `{_where(loc)}`",
            context.get("fix", ""),
            span=(context.get("start"), context.get("end")),
        )
    if kind == "missing" and isinstance(loc[-1], int):  # of a pair
        loc = loc[:-1]
        return found("C024", f"`{_where(loc)}` must have two entries", "add what is missing", key=True)
    if kind == "missing":
        parent = loc[:-1]
        place = document.value(parent) if len(parent) and isinstance(parent[-1], int) else document.key(parent)
        field = fields_at(model, parent).get(name)
        example = (
            f", such as `{name}: {shorten(str(field.examples[0]), 60)}`" if field is not None and field.examples else ""
        )
        owner = f"`{_where(parent)}`" if parent else "the record"
        return Finding(
            "C020",
            place.opening() if not parent else place,
            f"{owner} lacks `{name}`",
            document.line(place.line),
            "",
            f"add `{name}:`{example}",
        )
    if kind == "extra_forbidden":
        near = _near(model, loc)
        fix = f"use `{near}`" if near else f"use one of {', '.join(fields_at(model, loc[:-1]))}"
        return found(
            "C021",
            f'"{shorten(name)}" is not a key of {_owner(loc)}',
            fix,
            f'did you mean "{near}"?' if near else "",
            key=True,
        )
    if kind == "literal_error":
        choices = [str(choice) for choice in _choices(str(context.get("expected", "")))]
        if not is_key and not isinstance(value, str):
            return found("C023", f"`{_where(loc)}` must be one word", f"use one of {', '.join(choices)}")
        close = get_close_matches(str(value if not is_key else name).lower(), choices, n=1, cutoff=0.5)
        return found(
            "C022",
            f'"{shorten(str(value) if not is_key else name)}" is not a choice of `{_where(loc[:-1] if is_key else loc)}`',
            f"use one of {', '.join(choices)}",
            f'did you mean "{close[0]}"?' if close else "",
            key=is_key,
        )
    if kind in _KINDS:
        wanted, fix = _KINDS[kind]
        return found("C023", f"`{_where(loc)}` must be {wanted}", fix)
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        bound = context.get("min_length", context.get("max_length"))
        measured = name if is_key else value
        one, many = ("character", "characters") if isinstance(measured, str) else ("entry", "entries")
        actual = len(measured) if isinstance(measured, (str, list, dict)) else context.get("actual_length", 0)
        sense = "at least" if "short" in kind else "at most"
        return found(
            "C024",
            f"`{_where(loc)}` has {actual} {one if actual == 1 else many}, but must have {sense} {bound}",
            "add what is missing" if "short" in kind else "shorten it",
            key=is_key or one == "entry",
        )
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        return found(
            "C024",
            f"`{_where(loc)}` is {shorten(str(value))}, but must be {'at least' if 'ge' in context else 'at most'} {bound}",
            f"write a number that is {'not below' if 'ge' in context else 'not above'} {bound}",
        )
    if kind == "string_pattern_mismatch":
        what = name if is_key else str(value)
        return found(
            "C025",
            f'"{shorten(what)}" is not a well-formed {_form(str(context.get("pattern")))}',
            _form_fix(str(context.get("pattern")), what),
            key=is_key,
        )
    return found("C023", f"`{_where(loc)}`: {detail['msg']}", "see the field reference")


def _where(loc: Loc) -> str:
    """Return a location as a person writes it: `tradeoffs[2].choose[0].when`, counting from 1."""
    text = ""
    for step in loc:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{shorten(step)}" if text else shorten(step)
    return text


def _owner(loc: Loc) -> str:
    return f"`{_where(loc[:-1])}`" if len(loc) > 1 else "the record"


def _choices(expected: str) -> list[str]:
    return [part.strip(" '\"") for part in expected.replace(" or ", ", ").split(", ")]


def _form(pattern: str) -> str:
    return (
        "date"
        if "19|20" in pattern
        else "name of a number"
        if "(_" in pattern
        else "measure"
        if "p99" in pattern
        else "path of a record"
        if "/" in pattern
        else "id"
    )


def _form_fix(pattern: str, text: str) -> str:
    form = _form(pattern)
    if form == "date":
        return "write a year, month or day: `2023`, `2023-03` or `2023-03-17`"
    if form == "measure":
        return "write the name of an estimate, or `flow-id.p99`"
    if form == "path of a record":
        return "write the folder and the id, such as `feature-stores/payment-fraud-features`"
    join = "_" if form == "name of a number" else "-"
    words = "".join(letter.lower() if letter.isascii() and letter.isalnum() else " " for letter in text).split()
    guess = join.join(words).lstrip("0123456789_-")
    return f"use small letters, digits and `{join}`" + (
        f": `{guess[:60]}`" if guess and guess != text else ", beginning with a letter"
    )


def fields_at(model: type[BaseModel], loc: Loc) -> dict[str, Any]:
    """Return the fields, by the key that a file uses, of the part at a location."""
    here: Any = model
    for step in loc:
        here = _strip(here)
        origin, args = typing.get_origin(here), typing.get_args(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = next((field for name, field in here.model_fields.items() if (field.alias or name) == step), None)
            here = field.annotation if field else None
        elif origin is dict:
            here = args[1]
        elif origin is tuple:
            here = args[0]
        else:
            here = None
    here = _strip(here)
    if isinstance(here, type) and issubclass(here, BaseModel):
        # What it is comes before where it comes from, which every figure inherits.
        last = Grounded.model_fields if issubclass(here, Grounded) else ()
        fields = sorted(here.model_fields.items(), key=lambda pair: pair[0] in last)
        return {field.alias or name: field for name, field in fields}
    return {}


def _strip(annotation: Any) -> Any:
    """Return what is inside Annotated and `| None`."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            annotation = next(arg for arg in typing.get_args(annotation) if arg is not type(None))
        else:
            return annotation
