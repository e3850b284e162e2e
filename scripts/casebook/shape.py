"""Values become records: pydantic's faults become findings with a place, a suggestion and a fix."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from casebook import parts
from casebook.document import Document, Loc
from casebook.findings import LISTED, Finding, Mend, rest
from casebook.meant import Near, date, ident, nearest
from casebook.mend import swap
from casebook.parts import fields_at
from casebook.spec import Part
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
        unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"][:LISTED]
        meant = {(*loc[:-1], _near(document, model, loc).name) for loc in unknown}
        details = [detail for detail in details if not _echo(document, detail, meant)]
        found = [_finding(document, model, detail) for detail in details[:LISTED]]
        return None, found + ([rest(document.path, len(details), "faults of shape")] if len(details) > LISTED else [])


def faults(document: Document, model: type[Part]) -> int:
    """Return how many faults of shape a document has, echoes too: quicker than to say which."""
    try:
        model.model_validate(document.data)
    except ValidationError as error:
        return error.error_count()
    return 0


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


def _near(document: Document, model: type[BaseModel], loc: Loc) -> Near:
    """Return the key that a misspelt one is likely to mean: one that is not there yet, if such a one is near."""
    known, there = fields_at(model, loc[:-1]), document.at(loc[:-1]) or ()
    near = nearest(str(loc[-1]), [name for name in known if name not in there])
    return near if near.name else Near(nearest(str(loc[-1]), known).name)


def _finding(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Finding:
    kind, context = detail["type"], detail.get("ctx", {})
    loc: Loc = tuple(detail["loc"])
    is_key = bool(loc) and loc[-1] == "[key]"
    if is_key:
        loc = loc[:-1]
    name = str(loc[-1]) if loc else "the record"
    value = document.at(loc)

    def found(
        code: str,
        what: str,
        fix: str,
        note: str = "",
        key: bool = False,
        span: tuple[Any, Any] = (None, None),
        instead: str = "",
        mends: tuple[Mend, ...] = (),
    ) -> Finding:
        place = document.key(loc) if key else document.within(loc, *span)
        line, old = document.line(place.line), name if key else str(value)[slice(*span)]
        return Finding(code, place, what, line, note, fix, mends or swap(place, line, old, instead))

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
            instead=context.get("instead", ""),
            mends=parts.folded(document, loc) if context["code"] == "C031" else (),
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
            parts.insertion(
                document, model, parent, name, parts.called(document, parent) if name in ("title", "label") else None
            ),
        )
    if kind == "extra_forbidden":
        near = _near(document, model, loc)
        fix = f"use `{near.name}`" if near.name else f"use one of {', '.join(fields_at(model, loc[:-1]))}"
        return found(
            "C021",
            f'"{shorten(name)}" is not a key of {_owner(loc)}',
            fix,
            near.note,
            key=True,
            instead=near.name if near.sure else "",
        )
    if kind == "literal_error":
        choices = [str(choice) for choice in _choices(str(context.get("expected", "")))]
        if not is_key and not isinstance(value, str):
            return found("C023", f"`{_where(loc)}` must be one word", f"use one of {', '.join(choices)}")
        near = nearest(str(value if not is_key else name), choices, cutoff=0.5)
        return found(
            "C022",
            f'"{shorten(str(value) if not is_key else name)}" is not a choice of `{_where(loc[:-1] if is_key else loc)}`',
            f"use one of {', '.join(choices)}",
            near.note,
            key=is_key,
            instead=near.name if near.sure else "",
        )
    if kind in _KINDS:
        wanted, fix = _KINDS[kind]
        if kind == "string_type" and isinstance(value, dict) and (quoted := parts.quoted(document, loc)):
            fix = "put quotes round a text that holds `: `"
            return found("C023", f"`{_where(loc)}` must be {wanted}", fix, mends=quoted)
        texts = kind == "tuple_type" and not fields_at(model, (*loc, 0))
        mends = parts.alone(document, loc) if kind == "string_type" else parts.listed(document, loc) if texts else ()
        return found("C023", f"`{_where(loc)}` must be {wanted}", fix, mends=mends)
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        bound = context.get("min_length", context.get("max_length"))
        measured = name if is_key else value
        one, many = ("character", "characters") if isinstance(measured, str) else ("entry", "entries")
        actual = len(measured) if isinstance(measured, (str, list, dict)) else context.get("actual_length", 0)
        sense = "at least" if "short" in kind else "at most"
        shorter = "shorten it" if one == "character" else "leave out what matters least"
        return found(
            "C024",
            f"`{_where(loc)}` has {actual} {one if actual == 1 else many}, but must have {sense} {bound}",
            "add what is missing" if "short" in kind else shorter,
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
        form = _form(str(context.get("pattern")))
        meant = date(what) if form == "date" else ident(what, "_" if form == "name of a number" else "-")
        sure = form in ("date", "id", "name of a number") and what.isascii() and what[:1].isalpha() >= (form != "date")
        return found(
            "C025",
            f'"{shorten(what)}" is not a well-formed {form}',
            _form_fix(form, what, meant),
            key=is_key,
            instead=meant if sure else "",
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


def _form_fix(form: str, text: str, meant: str) -> str:
    if form == "date":
        return f"write `{meant}`" if meant else "write a year, month or day: `2023`, `2023-03` or `2023-03-17`"
    if form == "measure":
        return "write the name of an estimate, or `flow-id.p99`"
    if form == "path of a record":
        return "write the folder and the id, such as `feature-stores/payment-fraud-features`"
    join = "_" if form == "name of a number" else "-"
    return f"use small letters, digits and `{join}`" + (
        f": `{meant}`" if meant and meant != text else ", beginning with a letter"
    )
