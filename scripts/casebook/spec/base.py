"""What every part of a record is made of: text, ids, links, quantities and names of numbers."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from casebook import formula, quantity
from casebook.formula import Formula
from casebook.quantity import Quantity, Unit

ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"

# C0 and C1 controls but tab and newline, bidirectional overrides, and characters XML cannot hold.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


class Part(BaseModel):
    """A mapping of a record: no key beyond its fields, not changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def fault(code: str, message: str, **context: Any) -> PydanticCustomError:
    """Return the error that becomes the finding `code`; `context` may hold fix, start and end."""
    context = {key: value for key, value in context.items() if value is not None}
    # The message goes in as context: pydantic would read braces in it as fields.
    return PydanticCustomError("casebook", "{message}", {"code": code, "message": message, **context})


def _told(code: str, error: quantity.QuantityError | formula.FormulaError) -> PydanticCustomError:
    return fault(code, error.message, fix=error.fix, start=error.start, end=error.end, instead=error.instead)


def printable(text: str) -> str:
    found = _UNPRINTABLE.search(text)
    if found:
        raise fault(
            "C030",
            f"holds the unprintable character U+{ord(found[0]):04X}",
            fix="delete it, or write it out in words",
        )
    return text


def one_line(text: str) -> str:
    if "\n" in text:
        raise fault(
            "C031", "is one line of text, but holds a line break", fix="write it on one line, or fold it with `>-`"
        )
    return text


def http_link(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        good = False
    if not good or re.search(r"[\s<>\"'`{}|\\^]", text):
        raise fault(
            "C032",
            f'"{shorten(text)}" is not an http or https link',
            fix="give the full address, beginning with https://",
        )
    return text


def shorten(text: str, limit: int = 40) -> str:
    """Return text on one line, cut to `limit` characters, for quoting in a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _quantity(value: Any) -> Quantity:
    if isinstance(value, Quantity):
        return value
    if not isinstance(value, str):
        raise fault("C023", "must be a quantity", fix="write a number and a unit, such as `30 ms`")
    try:
        return quantity.parse(value)
    except quantity.QuantityError as error:
        raise _told("C040", error) from None


def _unit(value: Any) -> Unit:
    if isinstance(value, Unit):
        return value
    if not isinstance(value, str):
        raise fault("C023", "must be a unit", fix="write it like `event/day`")
    try:
        return quantity.unit(value)
    except quantity.QuantityError as error:
        raise _told("C040", error) from None


def _formula(value: Any) -> Formula:
    if isinstance(value, Formula):
        return value
    if not isinstance(value, str):
        raise fault(
            "C023", "must be a formula", fix="write an expression over the case's names, such as `events / hosts`"
        )
    try:
        return formula.parse(value)
    except formula.FormulaError as error:
        raise _told("C042", error) from None


def _limit(value: Any) -> "Limit":
    if isinstance(value, Limit):
        return value
    found = re.match(r"(<=|>=|<|>)\s*", value) if isinstance(value, str) else None
    if not found:
        odd = re.match(r"=<|=>|≤|≥", value) if isinstance(value, str) else None
        raise fault(
            "C041",
            "is not a limit: a comparison and a quantity",
            fix="write it like `<= 50 ms` or `>= 99.9 %`, in quotes if it begins with `>`",
            instead=f"{'<=' if odd[0] in '=<≤' else '>='} {value[odd.end() :].strip()}" if odd else None,
        )
    try:
        return Limit(sense=found[1], bound=_number(value[found.end() :].rstrip()))
    except PydanticCustomError as error:
        context = {
            key: at + found.end() if key in ("start", "end") else at for key, at in (error.context or {}).items()
        }
        raise fault(**context) from None


def _number(value: Any) -> "Quantity | Name":
    if isinstance(value, str) and re.match(NAME, value):
        return Name(value)
    return _quantity(value)


class Name(str):
    """The name of an assumption or an estimate, where a quantity could stand too."""

    __slots__ = ()


class Limit(Part):
    """What a measure is held to: a sense (`<=`, `<`, `>=`, `>`) and a bound, or the name of one."""

    sense: str
    bound: Annotated[Quantity | Name, PlainValidator(_number)]

    @property
    def text(self) -> str:
        return f"{self.sense} {self.bound if isinstance(self.bound, Name) else self.bound.text}"

    def holds(self, value: float, bound: float) -> bool:
        """Return whether `value` keeps the limit, both in base units."""
        return {"<=": value <= bound, "<": value < bound, ">=": value >= bound, ">": value > bound}[self.sense]


_QUANTITY_SCHEMA = {
    "type": ["string", "number"],
    "description": "A number, a magnitude word if wanted, and a unit: `150 million event/day`.",
}

Text = Annotated[str, AfterValidator(printable)]
Line = Annotated[Text, StringConstraints(min_length=1, max_length=400), AfterValidator(one_line)]
Title = Annotated[Text, StringConstraints(min_length=3, max_length=80), AfterValidator(one_line)]
Label = Annotated[Text, StringConstraints(min_length=1, max_length=40), AfterValidator(one_line)]
Prose = Annotated[Text, StringConstraints(min_length=1, max_length=4000)]
Link = Annotated[Text, StringConstraints(max_length=500), AfterValidator(one_line), AfterValidator(http_link)]
Id = Annotated[str, StringConstraints(pattern=ID, max_length=60)]
RecordKey = Annotated[str, StringConstraints(pattern=ID.replace("^", "^[a-z-]+/"), max_length=80)]
NumberName = Annotated[str, StringConstraints(pattern=NAME, max_length=60)]
Amount = Annotated[Quantity, PlainValidator(_quantity), WithJsonSchema(_QUANTITY_SCHEMA)]
AmountOrName = Annotated[
    Quantity | Name,
    PlainValidator(_number),
    WithJsonSchema(
        {"type": ["string", "number"], "description": "A quantity, or the name of an assumption or an estimate."}
    ),
]
UnitText = Annotated[Unit, PlainValidator(_unit), WithJsonSchema({"type": "string"})]
FormulaText = Annotated[
    Formula, PlainValidator(_formula), WithJsonSchema({"type": "string", "maxLength": formula.LONGEST})
]
LimitText = Annotated[
    Limit, PlainValidator(_limit), WithJsonSchema({"type": "string", "pattern": "^(<=|>=|<|>) *[0-9.a-z]"})
]
_DATE = r"^(19|20)[0-9][0-9](-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
Date = Annotated[
    str,
    StringConstraints(pattern=_DATE),
    # An editor reads `2023` as a number.
    WithJsonSchema({"type": ["string", "integer"], "pattern": _DATE, "minimum": 1900, "maximum": 2099}),
]


def described(title: str, description: str, example: Any, default: Any = ..., **more: Any) -> Any:
    """Return a field with what an editor and the field reference say of it."""
    if default is not ...:
        more["default"] = default
    return Field(title=title, description=description, examples=[example], **more)


class Reference(Part):
    """A primary source."""

    id: Id = described("Id", "Short name that assumptions and figures cite.", "stripe-radar")
    title: Line = described("Title", "The title as the page or paper has it.", "How we built it: Stripe Radar")
    organisation: Line = described("Organisation", "Who published it.", "Stripe")
    year: int = described("Year", "Year of publication.", 2023, ge=1950, le=2100)
    url: Link = described(
        "Address", "The page itself, not a copy of it.", "https://stripe.com/blog/how-we-built-it-stripe-radar"
    )
    archive: Link | None = described(
        "Archived copy",
        "A stored copy, for the day the page goes.",
        "https://web.archive.org/web/2023/https://example.org",
        None,
    )
    quote: Line | None = described(
        "Quote", "The few words that carry the figure, exactly as printed.", "in less than 100 milliseconds", None
    )
    as_of: Date = described("As of", "When the figures held: a year, month or day.", "2023-03")


class Grounded(Part):
    """A part whose figures say where they come from."""

    source: Id | None = described("Source", "The id of the reference that states it.", "stripe-radar", None)
    quote: Line | None = described(
        "Quote",
        "The words of the source that carry this figure, where the reference's own quote does not.",
        "fewer than 1 in 1,000",
        None,
    )
    why: Prose | None = described(
        "Why",
        "The reason for the figure: how it was assumed, or derived from the source.",
        "Half of a processor's volume at peak.",
        None,
    )

    @property
    def standing(self) -> str:
        """How the figure is known: `sourced`, `derived` (a source and a reason) or `assumed`."""
        if self.source:
            return "derived" if self.why else "sourced"
        return "assumed"
