"""Quantities: "150 million event/day" becomes a number with units, checked by pint.

The units are those of `units.txt` and no others: data, money, time and each counted thing, every one
a dimension of its own, so that events per day times bytes per row is an error until someone says
rows per event.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files
from math import inf, isfinite
from typing import NamedTuple

import pint

from casebook import meant

Dims = tuple[tuple[str, float], ...]  # (dimension, exponent), sorted: (("event", 1), ("time", -1))

MAGNITUDES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
LONGEST = 80
# What people write for a unit, and what it is called here; some of it could mean something else.
_HABITS = {
    "sec": "s", "secs": "s", "msec": "ms", "usec": "us", "hr": "hour", "hrs": "hour", "mins": "min", "yr": "year",
    "yrs": "year", "qps": "query/s", "rps": "request/s", "tps": "request/s", "req": "request", "reqs": "request",
    "msg": "message", "msgs": "message", "tok": "token", "gpu": "GPU", "dollar": "USD", "dollars": "USD", "usd": "USD",
    "flops": "FLOP/s", "kb": "kB", "mb": "MB", "gb": "GB", "tb": "TB", "pb": "PB", "kbps": "kbit/s", "mbps": "Mbit/s",
    "gbps": "Gbit/s", "pct": "percent",
}  # fmt: skip
_PREFIXED = {
    "B": "k M G T P Ki Mi Gi Ti Pi",
    "bit": "k M G",
    "s": "m u n",
    "token": "k M",
    "USD": "k M",
    "FLOP": "G T P",
}
_UNSURE = {"tps", "flops", "kbps", "mbps", "gbps"}
_WORDS = {
    "millisecond": "ms", "microsecond": "us", "nanosecond": "ns", "kilobyte": "kB", "megabyte": "MB", "gigabyte": "GB",
    "terabyte": "TB", "petabyte": "PB",
}  # fmt: skip
_COUNTS = {"k": "thousand", "m": "million", "mn": "million", "mln": "million", "mio": "million", "bn": "billion"}
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_UNIT = re.compile(
    r"[A-Za-z%µ]+(?:\*\*-?[1-9])?(?:\s*[*/·]\s*[A-Za-z%µ]+(?:\*\*-?[1-9])?)*$|1(?:\s*/\s*[A-Za-zµ]+(?:\*\*[1-9])?)+$"
)


class QuantityError(ValueError):
    """Text that is not a quantity: what is wrong, the fix, and where in the text (0-based, end excluded).

    `instead` is what should stand there, where that is sure.
    """

    def __init__(
        self, message: str, fix: str, start: int | None = None, end: int | None = None, instead: str = ""
    ) -> None:
        super().__init__(message)
        self.message, self.fix, self.start, self.end, self.instead = message, fix, start, end, instead


class Unit(NamedTuple):
    """A unit as its author wrote it, with its size in base units and its dimensions."""

    text: str
    factor: float
    dims: Dims


class Quantity(NamedTuple):
    """A number with a unit: `value` in the author's unit, `base` in base units (s, B, USD, counts)."""

    text: str
    value: float
    unit: Unit

    @property
    def base(self) -> float:
        return self.value * self.unit.factor

    @property
    def dims(self) -> Dims:
        return self.unit.dims


NONE = Unit("", 1.0, ())


@cache
def _registry() -> "pint.UnitRegistry[float]":
    lines = files("casebook").joinpath("units.txt").read_text(encoding="utf-8").splitlines()
    return pint.UnitRegistry(lines, on_redefinition="raise", cache_folder=None)


@cache
def names() -> tuple[str, ...]:
    """Return every unit's names and symbols, without prefixes, sorted."""
    found: set[str] = set()
    for line in files("casebook").joinpath("units.txt").read_text(encoding="utf-8").splitlines():
        head = line.split("#")[0].split("=")
        if len(head) > 1 and not head[0].strip().endswith("-"):
            found.update(part.strip() for part in (head[0], *head[2:]) if part.strip() not in ("", "_"))
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit:
    """Read a unit such as `event/day` or `kB/request`.

    Raises QuantityError where the text is not a unit of `units.txt`.
    """
    clean = text.strip()
    if not clean:
        return NONE
    if len(clean) > LONGEST or not _UNIT.match(clean):
        spelt = re.sub(r"\s+per\s+", "/", text)
        raise QuantityError(
            f'"{clean[:LONGEST]}" is not a unit',
            "write units joined by `*` and `/`, such as `kB/request`",
            0,
            len(text),
            spelt if spelt != text and _UNIT.match(spelt.strip()) else "",
        )
    registry = _registry()
    for word in re.finditer(r"[A-Za-z%µ]+", text):
        if word[0] != "%" and not _known(word[0]):
            near = nearest(word[0])
            raise QuantityError(
                f'"{word[0]}" is not a unit',
                f"write `{near.name}`"
                if near.name
                else "use a unit of the field reference; a new counted thing is one line in scripts/casebook/units.txt",
                word.start(),
                word.end(),
                # Below a line, what has a line of its own would mean something else.
                near.name if near.sure and not ("/" in near.name and "/" in text[: word.start()]) else "",
            )
    try:
        parsed = registry.Quantity(
            1.0, re.sub(r"\s+", "", clean).replace("·", "*").replace("%", "percent")
        ).to_base_units()
        factor = float(str(parsed.magnitude))
    except OverflowError:
        factor = inf
    if not 1e-60 < factor < 1e60:
        raise QuantityError(f'"{clean}" is beyond what can be computed', "use smaller powers", 0, len(text))
    dims = tuple(
        sorted((name.strip("[]"), float(str(exponent))) for name, exponent in parsed.dimensionality.items() if exponent)
    )
    return Unit(clean, factor, dims)


def _known(word: str) -> bool:
    """Return whether a word is a unit; pint takes `nan` for a number and `x%` for a product."""
    return "%" not in word and word.lower() not in ("nan", "inf") and word in _registry()


@lru_cache(maxsize=4096)
def nearest(word: str) -> meant.Near:
    """Return the unit whose name is nearest to `word`, if one is near."""
    if word.lower() in _HABITS:
        return meant.Near(_HABITS[word.lower()], word.lower() not in _UNSURE)
    if word[-1:] in ("s", "S") and (one := nearest(word[:-1])).sure:
        return one
    near = meant.nearest(word, (*_common(), *_WORDS), cutoff=0.7)
    return near._replace(name=_WORDS.get(near.name, near.name))


@cache
def _common() -> tuple[str, ...]:
    """Return every unit, and those with prefixes that people write."""
    prefixed = [prefix + base for base, prefixes in _PREFIXED.items() for prefix in prefixes.split()]
    return (*names(), *prefixed)


def _magnitude(rest: str) -> QuantityError | None:
    """Return what is wrong with a magnitude word that is nearly one; places are in `rest`."""
    word = re.match(r"\s*([A-Za-z]+)(?=\s+(?!per\b)[A-Za-z%µ1]|\s*$)", rest)
    if not word or _known(word[1]):
        return None
    near = meant.nearest(word[1], MAGNITUDES)
    if word.end() < len(rest.rstrip()) and word[1].lower() in _COUNTS:
        near = meant.Near(_COUNTS[word[1].lower()], True)
    elif not near.sure:
        return None
    return QuantityError(
        f'"{word[1]}" is not a magnitude word', f"write `{near.name}`", word.start(1), word.end(1), near.name
    )


@lru_cache(maxsize=8192)
def parse(text: str) -> Quantity:
    """Read a quantity: a number, a magnitude word if wanted, and a unit.

    Raises QuantityError with the place of the fault.
    """
    if len(text) > LONGEST:
        raise QuantityError(
            f"is {len(text)} characters long, but a quantity has at most {LONGEST}",
            "write a number and a unit",
            0,
            len(text),
        )
    number = _NUMBER.match(text)
    if not number:
        raise QuantityError(
            f'"{text}" does not begin with a number', "write a number and a unit, such as `30 ms`", 0, len(text)
        )
    value, rest, at = float(number[0]), text[number.end() :], number.end()
    if re.match(r",\d", rest):
        grouped = re.match(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(?![0-9,])", text)
        raise QuantityError(
            "commas do not group digits here",
            "write `150000` or `150 thousand`",
            0,
            len(text),
            grouped[0].replace(",", "") + text[grouped.end() :] if grouped else "",
        )
    word = re.match(r"\s*([a-z]+)", rest)
    if word and word[1] in MAGNITUDES:
        value *= MAGNITUDES[word[1]]
        rest, at = rest[word.end() :], at + word.end()
    elif wrong := _magnitude(rest):
        raise QuantityError(wrong.message, wrong.fix, at + (wrong.start or 0), at + (wrong.end or 0), wrong.instead)
    if not isfinite(value) or abs(value) > 1e30:
        raise QuantityError(f'"{number[0]}" is too large', "write a number below 1e30", 0, number.end())
    if 0 < abs(value) < 1e-30 or (value == 0 and re.search("[1-9]", re.split("[eE]", number[0])[0])):
        raise QuantityError(f'"{number[0]}" is too small', "write 0, or a number above 1e-30", 0, number.end())
    try:
        measured = unit(rest)
    except QuantityError as error:
        offset = at + (0 if error.start is None else error.start)
        raise QuantityError(error.message, error.fix, offset, at + (error.end or len(rest)), error.instead) from None
    return Quantity(text, value, measured)


def describe(dims: Dims) -> str:
    """Return dimensions in words a person can compare: `event/time`, or `a plain number`."""
    if not dims:
        return "a plain number"

    def power(name: str, exponent: float) -> str:
        return name if exponent == 1 else f"{name}^{exponent:g}"

    above = "·".join(power(name, exponent) for name, exponent in dims if exponent > 0) or "1"
    return above + "".join(f"/{power(name, -exponent)}" for name, exponent in dims if exponent < 0)


def show(value: float, digits: int = 3) -> str:
    """Return a number at some significant digits: `1.23`, `45,600`, `1.2 million`."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 - 0.5 * 10 ** (6 - digits) and size < 1e15:
        for word, scale in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
            if float(f"{size / scale:.{digits}g}") >= 1:
                return f"{show(value / scale, digits)} {word}"
    if size < 1e-4 or size >= 1e15:
        return f"{value:.{digits}g}"
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) >= 10**digits:
        return f"{rounded:,.0f}"
    text = f"{rounded:.10f}".rstrip("0").rstrip(".")
    return f"{rounded:,.10f}".rstrip("0").rstrip(".") if abs(rounded) >= 1000 else text
