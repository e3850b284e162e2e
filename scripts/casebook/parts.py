"""The parts of a record: the fields of each by its location, and edits for one that is missing or of the wrong kind."""

import types
import typing
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from casebook.document import Document, Loc
from casebook.findings import Mend
from casebook.mend import extent, quote, written
from casebook.spec import Grounded


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
    return _fields(here)


def _fields(annotation: Any) -> dict[str, Any]:
    here = _strip(annotation)
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


def example(field: FieldInfo) -> Any:
    """Return a field's example as it can stand in any record; None for what hangs on others: ids, numbers, formulas."""
    kind = _strip(field.annotation)
    items = _strip(typing.get_args(kind)[0]) if typing.get_origin(kind) is tuple else None
    part = _fields(items or kind)
    if part:
        made = {name: example(inner) for name, inner in part.items() if inner.is_required()}
        return None if None in made.values() else [made] if items else made
    hangs = any(getattr(rule, "pattern", None) and "19|20" not in rule.pattern for rule in field.metadata)
    plain = (items or kind) in (str, int) or typing.get_origin(kind) is typing.Literal
    return field.examples[0] if field.examples and plain and not hangs else None


def insertion(
    document: Document, model: type[BaseModel], parent: Loc, name: str, value: Any = None
) -> tuple[Mend, ...]:
    """Return the edit that puts a missing key with a value, or else its example, into a part, in the order of the spec."""
    fields = fields_at(model, parent)
    value = value or (example(fields[name]) if name in fields else None)
    order = [*fields]
    there = [key for key in document.at(parent) or () if key in fields]
    if value is None or not there:
        return ()
    before = [key for key in there if order.index(key) < order.index(name)]
    after = [key for key in there if order.index(key) > order.index(name)]
    flow = bool(document.values[parent].flow_style)
    start = document.keys[
        (*parent, min(after, key=order.index) if after and (flow or not before) else there[0])
    ].start_mark
    line, column = start.line, start.column
    told = f"{name}:{written(value, column, flow)}"
    if not flow and not before:  # what was first gets a line of its own
        return (Mend(line + 1, column + 1, 0, f"{told}\n{' ' * column}"),)
    if not flow:
        last = max(before, key=order.index)
        line = extent(document.lines, document.keys[(*parent, last)].start_mark.line, column)
        if line >= len(document.lines):
            return (Mend(line, len(document.lines[-1]) + 1, 0, f"\n{' ' * column}{told}"),)
        return (Mend(line + 1, 1, 0, f"{' ' * column}{told}\n"),)
    if after:
        return (Mend(line + 1, column + 1, 0, f"{told}, "),)
    end = document.ends[parent].start_mark
    return (Mend(end.line + 1, end.column + 1, 0, f", {told}"),)


def called(document: Document, loc: Loc) -> str | None:
    """Return a title or a label made of the id of a part, which no other has; None where it has none."""
    ident = loc[-1] if loc else PurePosixPath(document.path).stem
    return ident.replace("-", " ").capitalize()[:40] if isinstance(ident, str) and len(ident) > 2 else None


def quoted(document: Document, loc: Loc) -> tuple[Mend, ...]:
    """Return the edit that puts quotes round a text which its `: ` made a mapping of one key."""
    start = document.values[loc].start_mark
    if document.values[loc].flow_style or len(document.at(loc)) != 1:
        return ()
    return quote(document.lines, start.line, start.column)


def alone(document: Document, loc: Loc) -> tuple[Mend, ...]:
    """Return the edit that makes a text of a list that holds one."""
    value = document.at(loc)
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], str):
        return ()
    outer, inner, end = document.values[loc], document.values[(*loc, 0)], document.ends[loc]
    opening, text = outer.start_mark, inner.start_mark
    if not outer.flow_style:
        return (Mend(opening.line + 1, opening.column + 1, 2, ""),)
    if opening.line != text.line:
        return ()
    closing = Mend(end.start_mark.line + 1, end.start_mark.column + 1, 1, "")
    return Mend(opening.line + 1, opening.column + 1, 1, ""), closing


def listed(document: Document, loc: Loc) -> tuple[Mend, ...]:
    """Return the edit that makes a list of a text that stands alone."""
    place, value = document.value(loc), document.at(loc)
    shown = document.line(place.line)[place.column - 1 : place.column - 1 + place.width]
    if not isinstance(value, str) or shown.strip("\"'") != value:
        return ()
    if document.values[loc[:-1]].flow_style:
        return (Mend(place.line, place.column, place.width, f"[{shown}]"),)
    column = document.keys[loc].start_mark.column
    return (Mend(place.line, place.column - 1, 1, f"\n{' ' * column}  - "),)


def folded(document: Document, loc: Loc) -> tuple[Mend, ...]:
    """Return the edit that folds lines which were to be kept: `>-` in the place of `|-`."""
    start = document.values[loc].start_mark
    return (Mend(start.line + 1, start.column + 1, 1, ">"),) if document.values[loc].style == "|" else ()
