"""What a rule sees: a record with its document and numbers, and how to point at a part of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

from pydantic import BaseModel

from casebook.document import Document, Loc
from casebook.findings import Finding, Mend, Place
from casebook.flips import Flip
from casebook.meant import nearest
from casebook.mend import swap
from casebook.outcome import Numbers
from casebook.spec import Block, Case, Moved
from casebook.spec.base import shorten
from casebook.text import RECORD, links

LONG_TEXT = 120  # characters from which the same text in two records is a copy, not a coincidence


@dataclass(frozen=True, slots=True)
class Scope:
    """One record under its rules."""

    document: Document
    record: Any
    numbers: Numbers | None = None
    texts: tuple[tuple[Loc, str], ...] = ()
    flips: tuple[Flip, ...] = ()

    @staticmethod
    def of(document: Document, record: Any, numbers: Numbers | None = None, flips: tuple[Flip, ...] = ()) -> "Scope":
        return Scope(document, record, numbers, tuple(texts(record)), flips)

    @property
    def case(self) -> Case:
        assert isinstance(self.record, Case)
        return self.record

    @property
    def sums(self) -> Numbers:
        assert self.numbers is not None
        return self.numbers

    def found(
        self,
        code: str,
        loc: Loc,
        what: str,
        fix: str,
        *,
        note: str = "",
        key: bool = False,
        start: int | None = None,
        end: int | None = None,
        mends: tuple[Mend, ...] = (),
    ) -> Finding:
        """Return a finding at a part of the record, or at some characters of its text."""
        place = self.document.key(loc) if key else self.document.within(loc, start, end)
        return Finding(code, place, what, self.document.line(place.line), note, fix, mends)

    def unknown(
        self,
        code: str,
        loc: Loc,
        what: str,
        name: str,
        known: Any,
        where: str,
        *,
        of: str = "the id",
        key: bool = False,
        start: int | None = None,
        end: int | None = None,
    ) -> Finding:
        """Return a finding for a name that is not among those known, with the nearest."""
        choices = sorted(known)
        near = nearest(name, choices)
        listed = ", ".join(choices[:12]) + (", …" if len(choices) > 12 else "")
        fix = f"use {of} of {where}"
        if not near.name:
            fix += f": {listed}" if choices else "; there is none yet"
        found = self.found(code, loc, what, fix, note=near.note, key=key, start=start, end=end)
        return found._replace(mends=swap(found.place, found.line, name, near.name)) if near.sure else found

    def misnamed(self, code: str, name: str, said: Sequence[str], *parts: Loc) -> Finding | None:
        """Return a finding for a part that nothing names, where a name that is nearly its own is said more than once."""
        defined = {key: (*part, key) for part in parts for key in self.document.at(part) or ()}
        near = nearest(name, defined)
        times = said.count(name)
        if not near.sure or near.name in said or times < 2:
            return None
        place = self.document.key(defined[near.name])
        line = self.document.line(place.line)
        what = f'nothing names "{near.name}", but "{name}", which is not there, is named {times} times'
        note, fix = f'did you mean "{name}"?', f"call it `{name}`, or mend the name where it is used"
        return Finding(code, place, what, line, note, fix, swap(place, line, near.name, name))

    def put(self, loc: Loc, new: str) -> tuple[Mend, ...]:
        """Return the edit that puts a word in the place of a value, where that stands on one line."""
        place = self.document.value(loc)
        return swap(place, self.document.line(place.line), str(self.document.at(loc)), new)


Rule = Callable[[Scope], Iterator[Finding]]


class Use(NamedTuple):
    """A mention, in one record, of something that another record holds or that must be unique."""

    kind: str  # block, tradeoff, option, criterion, rated, icon, link, moved, title, text
    target: str
    place: Place
    line: str


def uses(scope: Scope) -> tuple[Use, ...]:
    """Return what the rules over the whole library need to know of a record."""

    def use(kind: str, target: str, loc: Loc, key: bool = False, span: tuple[int, int] | None = None) -> Use:
        place = scope.document.key(loc) if key else scope.document.within(loc, *(span or (None, None)))
        return Use(kind, target, place, scope.document.line(place.line))

    record = scope.record
    if isinstance(record, Moved):
        return (use("moved", record.moved_to, ("moved_to",)),)
    found = [use("title", record.title, ("title",))]
    if isinstance(record, Case):
        found += [
            use("block", part.block, ("architecture", "components", name, "block"))
            for name, part in record.architecture.components.items()
        ]
        for index, decision in enumerate(record.tradeoffs):
            loc: Loc = ("tradeoffs", index)
            found.append(use("tradeoff", decision.about, (*loc, "about")))
            for name, option in decision.options.items():
                found.append(use("option", f"{decision.about}/{name}", (*loc, "options", name), key=True))
                found += [
                    use(
                        "criterion",
                        f"{decision.about}/{criterion}",
                        (*loc, "options", name, "ratings", criterion),
                        key=True,
                    )
                    for criterion in option.ratings
                ]
                if option.ratings:
                    found.append(
                        use(
                            "rated",
                            f"{decision.about}/{' '.join(option.ratings)}",
                            (*loc, "options", name, "ratings"),
                            key=True,
                        )
                    )
    elif isinstance(record, Block):
        found += [
            use("block", other.block, ("alternatives", index, "block"))
            for index, other in enumerate(record.alternatives)
        ]
        found.append(use("icon", record.icon, ("icon",)))
    for loc, text in scope.texts:
        found += [
            use("link", target, loc, span=(at, at + len(target))) for target, at in links(text) if RECORD.match(target)
        ]
        # Two records may well cite the same words of the same page.
        if len(text) >= LONG_TEXT and loc[0] != "references" and loc[-1] != "quote":
            found.append(use("text", blake2b(" ".join(text.split()).encode(), digest_size=12).hexdigest(), loc))
    return tuple(found)


def texts(part: Any, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Walk every text of a record, with its location in the file."""
    if type(part) is str:
        yield loc, part
    elif isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            yield from texts(getattr(part, name), (*loc, field.alias or name))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from texts(value, (*loc, key))
    elif type(part) is tuple:  # not a quantity or a formula, which are tuples of their own
        for index, value in enumerate(part):
            yield from texts(value, (*loc, index))


__all__ = ["Rule", "Scope", "Use", "shorten", "texts", "uses"]
