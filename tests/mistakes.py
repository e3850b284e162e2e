"""Mistakes that people make, one at a time, in records of the real library: each with the place of the change."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from string import ascii_lowercase
from typing import Any

from helpers import real

from casebook import mend, quantity, source
from casebook.document import Document, Loc
from casebook.library import FOLDERS
from casebook.parts import fields_at


@dataclass(frozen=True)
class Slip:
    """A text of a record with one mistake in it, and the line and column of the mistake."""

    text: str
    line: int
    column: int


@cache
def parsed(path: str) -> Document:
    document, _ = source.parse(real()[path], path)
    assert document is not None
    return document


class Page:
    """A record of the real library, and the places in it where a mistake can be made."""

    def __init__(self, path: str, rng: Random) -> None:
        self.path, self.rng = path, rng
        self.text = real()[path].decode()
        self.lines = self.text.split("\n")
        self.document = parsed(path)
        self.model = FOLDERS[path.split("/")[1]]

    def locs(self, *form: Any) -> list[Loc]:
        """Return the locations of values that have a form, in which None stands for any step."""
        return [
            loc
            for loc in self.document.values
            if len(loc) == len(form) and all(want in (None, step) for want, step in zip(form, loc, strict=True))
        ]

    def words(self, *forms: tuple[Any, ...]) -> Loc:
        return self.rng.choice(self.all(*forms))

    def all(self, *forms: tuple[Any, ...]) -> list[Loc]:
        """Return the locations of forms that hold a text on a line of its own."""
        return [loc for form in forms for loc in self.locs(*form) if self.shown(loc)]

    def shown(self, loc: Loc) -> str | None:
        """Return the text of a value as it stands in its line; None if it is in quotes, folded, or no text."""
        place, value = self.document.value(loc), self.document.at(loc)
        there = self.lines[place.line - 1][place.column - 1 : place.column - 1 + place.width]
        return there if isinstance(value, str) and there == value else None

    def put(self, line: int, column: int, width: int, text: str, shift: int = 0) -> Slip:
        """Return the record with some characters replaced; the mistake stands at the first of them, or so many on."""
        row = self.lines[line - 1]
        rows = [*self.lines[: line - 1], row[: column - 1] + text + row[column - 1 + width :], *self.lines[line:]]
        return Slip("\n".join(rows), line, column + shift)

    def value(self, loc: Loc, text: str, start: int = 0, width: int | None = None) -> Slip:
        """Return the record with a value, or some characters of it, replaced."""
        place = self.document.value(loc)
        return self.put(place.line, place.column + start, place.width if width is None else width, text)

    def key(self, loc: Loc, text: str) -> Slip:
        place = self.document.key(loc)
        return self.put(place.line, place.column, place.width, text)

    def misspelt(self, word: str, known: Any = ()) -> str:
        """Return a word with one slip of the hand: two letters exchanged, one lost, doubled, or another."""
        while True:
            at = self.rng.randrange(1, len(word))
            act = self.rng.randrange(4)
            if act == 0:
                made = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
            elif act == 1:
                made = word[:at] + word[at + 1 :]
            elif act == 2:
                made = word[:at] + word[at] + word[at:]
            else:
                made = word[:at] + self.rng.choice(ascii_lowercase) + word[at + 1 :]
            if made != word and made not in known and re.fullmatch("[a-z][a-z0-9]*([-_/][a-z0-9]+)*", made):
                return made


def misspelt_key(page: Page) -> Slip:
    inside = [
        loc for loc in page.document.keys if isinstance(loc[-1], str) and loc[-1] in fields_at(page.model, loc[:-1])
    ]
    loc = page.rng.choice([loc for loc in inside if len(str(loc[-1])) > 3])
    return page.key(loc, page.misspelt(str(loc[-1]), fields_at(page.model, loc[:-1])))


def misspelt(*forms: tuple[Any, ...]) -> Callable[[Page], Slip]:
    def made(page: Page) -> Slip:
        loc = page.words(*forms)
        return page.value(loc, page.misspelt(page.document.at(loc)))

    return made


def misspelt_option(page: Page) -> Slip:
    loc = page.rng.choice(page.locs("tradeoffs", None, "options", None))
    return page.key(loc, page.misspelt(str(loc[-1])))


def misspelt_criterion(page: Page) -> Slip:
    loc = page.rng.choice(page.locs("tradeoffs", None, "options", None, "ratings", None))
    return page.key(loc, page.misspelt(str(loc[-1])))


def misspelt_name(page: Page) -> Slip:
    loc = page.words(("estimates", None, "formula"), ("tradeoffs", None, "choose", None, "when"))
    known = {str(name[1]) for name in (*page.locs("assumptions", None), *page.locs("estimates", None))}
    name = page.rng.choice([each for each in re.finditer("[a-z_0-9]{4,}", page.document.at(loc)) if each[0] in known])
    return page.value(loc, page.misspelt(name[0], known), name.start(), len(name[0]))


AMOUNTS = (("assumptions", None, "value"), ("figures", None, "value"))


def misspelt_unit(page: Page) -> Slip:
    found = [
        (loc, word)
        for form in AMOUNTS
        for loc in page.locs(*form)
        for word in re.finditer("[A-Za-z]{4,}", page.shown(loc) or "")
        if word[0] in quantity.names()
    ]
    loc, word = page.rng.choice(found)
    return page.value(loc, page.misspelt(word[0].lower()), word.start(), len(word[0]))


def misspelt_magnitude(page: Page) -> Slip:
    found = [
        (loc, word)
        for form in (*AMOUNTS, ("assumptions", None, "range", None))
        for loc in page.locs(*form)
        for word in re.finditer("thousand|million|billion", page.shown(loc) or "")
    ]
    loc, word = page.rng.choice(found)
    return page.value(loc, page.misspelt(word[0]), word.start(), len(word[0]))


def missing_part(page: Page) -> Slip:
    required = [
        loc
        for loc in page.document.keys
        if isinstance(page.document.at(loc), str)
        and (field := fields_at(page.model, loc[:-1]).get(str(loc[-1])))
        and field.is_required()
        and loc[-1]
        not in (
            "id",
            "block",
            "about",
            "from",
            "to",
            "pick",
            "value",
            "unit",
            "formula",
            "measure",
            "limit",
            "p50",
            "p99",
            "icon",
            "kind",
        )
    ]
    loc = page.rng.choice(required)
    start = page.document.keys[loc].start_mark
    parent = page.document.key(loc[:-1]) if loc[:-1] and not isinstance(loc[-2], int) else page.document.value(loc[:-1])
    if not page.lines[start.line][: start.column].strip():
        edit = mend.cut(page.lines, start.line, mend.extent(page.lines, start.line, start.column))
        return Slip(mend.apply(page.text, [edit]), parent.line, parent.column)
    return missing_part(page)


def block_keys(page: Page) -> list[Loc]:
    """Return the keys that stand alone on their lines, not at the outermost level."""
    starts = {loc: event.start_mark for loc, event in page.document.keys.items()}
    return [
        loc
        for loc, start in starts.items()
        if start.column and not page.lines[start.line][: start.column].strip() and len(loc) > 1
    ]


def wrong_indent(page: Page) -> Slip:
    loc = page.rng.choice(block_keys(page))
    start = page.document.keys[loc].start_mark
    shift = page.rng.choice([-1, 1, 2, 3] if start.column > 2 else [1, 2, 3])
    row = page.lines[start.line].lstrip()
    return page.put(
        start.line + 1, 1, len(page.lines[start.line]), " " * (start.column + shift) + row, start.column + shift
    )


def tab(page: Page) -> Slip:
    start = page.document.keys[page.rng.choice(block_keys(page))].start_mark
    return page.put(start.line + 1, 1, start.column, "\t")


def key_twice(page: Page) -> Slip:
    found = [loc for loc in block_keys(page) if page.shown(loc)]
    start = page.document.keys[page.rng.choice(found)].start_mark
    made = page.put(start.line + 1, 1, 0, page.lines[start.line] + "\n")
    return Slip(made.text, start.line + 2, start.column + 1)


def id_twice(page: Page) -> Slip:
    first, second = page.locs("requirements", "quality", None, "id")[:2]
    return page.value(second, page.document.at(first))


def quote_lost(page: Page) -> Slip:
    found = [
        (number, text)
        for number, line in enumerate(page.lines, 1)
        for text in re.finditer(r'(?<=: )"[^"]*"$|(?<=- )"[^"]*"$', line)
        if ": " in text[0] or '">' in text[0]
    ]
    number, text = page.rng.choice(found)
    if page.rng.randrange(2):
        return page.put(number, text.end(), 1, "", text.start() - text.end() + 1)
    return page.put(number, text.start() + 1, 1, "")


def source_unlisted(page: Page) -> Slip:
    return page.value(page.words(("assumptions", None, "source")), "a-talk-i-heard")


def text_too_long(page: Page) -> Slip:
    loc = page.words(("title",), ("architecture", "components", None, "label"))
    return page.value(loc, f"{page.document.at(loc)} as it has been since the last reorganisation of the whole company")


def circle(page: Page) -> Slip:
    loc = page.words(("estimates", None, "formula"))
    text = page.document.at(loc)
    place = page.document.value(loc)
    return page.put(place.line, place.column, place.width, f"{text} + 0 * {loc[1]}", len(text) + 7)


def flow_to_nowhere(page: Page) -> Slip:
    return page.value(page.words(("architecture", "flows", None, "steps", None, "to")), "x9")


def flow_gap(page: Page) -> Slip:
    """The ends of a step of a request flow, exchanged, so that it begins where the flow has not been."""
    flow = page.document.at(("architecture", "flows"))
    found = []
    for name, part in flow.items():
        ends = [(step["from"], step["to"]) for step in part["steps"]]
        found += [
            (name, at)
            for at, (start, end) in enumerate(ends)
            if part["kind"] == "request" and at and end not in {each for pair in ends[:at] for each in pair}
        ]
    name, at = page.rng.choice(found)
    loc = ("architecture", "flows", name, "steps", at)
    start, end = page.document.at((*loc, "from")), page.document.at((*loc, "to"))
    place = page.document.value((*loc, "from"))
    row = page.lines[place.line - 1]
    made = row.replace(f"from: {start}, to: {end}", f"from: {end}, to: {start}")
    assert made != row
    return page.put(place.line, 1, len(row), made, place.column - 1)


def range_upside_down(page: Page) -> Slip:
    loc = page.rng.choice([loc for loc in page.locs("assumptions", None, "range") if page.shown((*loc, 0))])
    low, high = page.document.at(loc)
    return page.value(loc, f"[{high}, {low}]", 0, len(f"[{low}, {high}]"))


def value_outside(page: Page) -> Slip:
    loc = page.rng.choice([loc for loc in page.locs("assumptions", None, "range") if page.shown((*loc, 1))])
    high = page.document.at((*loc, 1))
    if page.shown((*loc[:-1], "value")) is None:
        return value_outside(page)
    number = re.match("[0-9.]+", high)
    assert number
    return page.value((*loc[:-1], "value"), f"{float(number[0]) * 3:g}{high[number.end() :]}")


def pick_against_rule(page: Page) -> Slip:
    loc = page.rng.choice([loc for loc in page.locs("tradeoffs", None, "choose") if page.document.at(loc)])
    pick, options = page.document.at((*loc[:-1], "pick")), page.document.at((*loc[:-1], "options"))
    return page.value((*loc[:-1], "pick"), next(name for name in options if name != pick))


def limit_missed(page: Page) -> Slip:
    loc = page.rng.choice(
        [
            loc
            for loc in page.locs("requirements", "quality", None, "limit")
            if re.match("<= [0-9]", page.shown(loc) or "")
        ]
    )
    return page.value(loc, re.sub("[0-9.]+", "0", page.document.at(loc), count=1))


def link_to_nowhere(page: Page) -> Slip:
    found = [
        (number, link)
        for number, line in enumerate(page.lines, 1)
        for link in re.finditer(r"(?<=\]\()(blocks|tradeoffs)/([a-z-]+)(?=\))", line)
    ]
    number, link = page.rng.choice(found)
    made = page.put(number, link.start(2) + 1, len(link[2]), page.misspelt(link[2]))
    return Slip(made.text, number, link.start() + 1)


def text_needs_quotes(page: Page) -> Slip:
    """A text that is plain gets a colon behind a word."""
    found = [loc for loc in page.document.values if len(loc) > 1 and " " in (page.shown(loc) or "") and "," not in page.shown(loc) and loc[-1] != "value" and loc[0] not in ("assumptions", "estimates", "architecture", "variants")]  # fmt: skip
    loc = page.rng.choice(
        [
            loc
            for loc in found
            if page.lines[page.document.value(loc).line - 1].endswith(str(page.document.at(loc)))
            and loc[-1] not in ("limit", "measure")
        ]
    )
    at = page.document.at(loc).index(" ")
    listed = isinstance(loc[-1], int)
    place = page.document.value(loc)
    return page.put(place.line, place.column + at, 0, ":", -at if listed else 0)


def anchor(page: Page) -> Slip:
    loc = page.words(("level",), ("domain",), ("assumptions", None, "source"), ("kind",))
    return page.value(loc, "&kept ", 0, 0)


def alias(page: Page) -> Slip:
    """The second of two texts that are the same is written as an alias of the first."""
    sources = [loc for loc in page.locs("assumptions", None, "source") if page.shown(loc)]
    pairs = [
        (one, other)
        for at, one in enumerate(sources)
        for other in sources[at + 1 :]
        if page.document.at(one) == page.document.at(other)
    ]
    one, other = page.rng.choice(pairs)
    made = page.value(other, "*s")
    first = page.document.value(one)
    lines = made.text.split("\n")
    lines[first.line - 1] = (
        lines[first.line - 1][: first.column - 1] + "&s " + lines[first.line - 1][first.column - 1 :]
    )
    return Slip("\n".join(lines), first.line, first.column)


def list_for_text(page: Page) -> Slip:
    found = [
        loc
        for loc in block_keys(page)
        if page.shown(loc)
        and isinstance(loc[-1], str)
        and not re.search(r"[,\[\]{}]", page.shown(loc))
        and fields_at(page.model, loc[:-1]).get(loc[-1])
    ]
    loc = page.rng.choice([loc for loc in found if fields_at(page.model, loc[:-1])[loc[-1]].annotation is str])
    return page.value(loc, f"[{page.document.at(loc)}]")


def text_for_list(page: Page) -> Slip:
    loc = page.rng.choice([loc for form in (("use_when",), ("avoid_when",), ("pitfalls",), ("failures",), ("formulation", "guardrails"), ("evaluation", "slices")) for loc in page.locs(*form) if isinstance(page.document.at(loc)[0], str)])  # fmt: skip
    start = page.document.keys[loc].start_mark
    end = mend.extent(page.lines, start.line, start.column)
    lines = [*page.lines[: start.line], page.lines[start.line].rstrip() + " All of it.", *page.lines[end:]]
    return Slip("\n".join(lines), start.line + 1, len(page.lines[start.line].rstrip()) + 2)


def id_of_other_form(page: Page) -> Slip:
    loc = page.rng.choice(
        [
            loc
            for loc in page.all(
                ("assumptions", None, "source"),
                ("tradeoffs", None, "about"),
                ("architecture", "components", None, "block"),
            )
            if "-" in page.document.at(loc)
        ]
    )
    name = page.document.at(loc)
    return page.value(loc, page.rng.choice([name.title(), name.replace("-", "_"), name.replace("-", " ").title()]))


def date_of_other_form(page: Page) -> Slip:
    loc = page.rng.choice(
        [loc for loc in page.locs("references", None, "as_of") if page.shown(loc) and "-" in page.shown(loc)]
    )
    year, month, *day = page.document.at(loc).split("-")
    name = (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )[int(month) - 1]
    forms = (
        [f"{name} {year}", f"{name[:3]} {year}", f"{year}/{month}"]
        if not day
        else [f"{day[0]}.{month}.{year}", f"{name} {int(day[0])} {year}", f"{year}/{month}/{day[0]}"]
    )
    return page.value(loc, page.rng.choice(forms))


def limit_without_quotes(page: Page) -> Slip:
    found = [loc for loc in page.locs("requirements", "quality", None, "limit") if page.document.at(loc)[0] == ">"]
    loc = page.rng.choice(found)
    return page.value(loc, page.document.at(loc))


def quote_without_source(page: Page) -> Slip:
    """A figure loses the source of its words, which no other figure has."""
    cited = [page.document.at(loc) for loc in page.document.values if loc[-1:] == ("source",)]
    found = [
        loc
        for form in (("assumptions", None, "quote"), ("figures", None, "quote"))
        for loc in page.locs(*form)
        if cited.count(page.document.at((*loc[:-1], "source"))) == 1
    ]
    loc = page.rng.choice(found)
    start = page.document.keys[(*loc[:-1], "source")].start_mark
    text = mend.apply(page.text, [mend.cut(page.lines, start.line, start.line + 1)])
    place = page.document.value(loc)
    return Slip(text, place.line - 1, place.column)


def estimate_below(page: Page) -> Slip:
    """An estimate is moved below the first that uses it."""
    names = [str(loc[1]) for loc in page.locs("estimates", None)]
    uses = {
        name: [word[0] for word in re.finditer("[a-z_0-9]+", page.document.at(("estimates", name, "formula")))]
        for name in names
    }
    name = page.rng.choice([each for each in names if any(each in used for used in uses.values())])
    user = next(each for each in names if name in uses[each])
    spans = {}
    for each in (name, user):
        start = page.document.keys[("estimates", each)].start_mark
        spans[each] = (start.line, mend.extent(page.lines, start.line, start.column))
    moved = "".join(line + "\n" for line in page.lines[slice(*spans[name])])
    text = mend.apply(page.text, [mend.cut(page.lines, *spans[name]), mend.Mend(spans[user][1] + 1, 1, 0, moved)])
    document, _ = source.parse(text.encode(), page.path)
    at = uses[user].index(name)
    formula = document.at(("estimates", user, "formula"))
    word = [*re.finditer("[a-z_0-9]+", formula)][at]
    place = document.within(("estimates", user, "formula"), word.start(), word.end())
    return Slip(text, place.line, place.column)


KINDS: dict[str, tuple[int, str, Callable[[Page], Slip]]] = {
    # how many, in which records: cases, blocks, trade-offs
    "misspelt key": (7, "cbt", misspelt_key),
    "misspelt block": (4, "cb", misspelt(("architecture", "components", None, "block"), ("alternatives", None, "block"))),
    "misspelt component": (4, "c", misspelt(("architecture", "flows", None, "steps", None, "from"), ("architecture", "flows", None, "steps", None, "to"), ("failures", None, "component"))),
    "misspelt group": (3, "c", misspelt(("architecture", "components", None, "group"))),
    "misspelt reference": (4, "cb", misspelt(("assumptions", None, "source"), ("figures", None, "source"))),
    "misspelt trade-off": (3, "c", misspelt(("tradeoffs", None, "about"))),
    "misspelt option": (3, "c", misspelt_option),
    "misspelt criterion": (3, "c", misspelt_criterion),
    "misspelt name in a formula": (5, "c", misspelt_name),
    "misspelt unit": (4, "cb", misspelt_unit),
    "misspelt magnitude": (3, "c", misspelt_magnitude),
    "misspelt choice": (4, "cb", misspelt(("level",), ("domain",), ("kind",), ("architecture", "flows", None, "kind"), ("data", "features", None, "computed"))),
    "missing part": (5, "cbt", missing_part),
    "wrong indent": (5, "cbt", wrong_indent),
    "tab": (3, "cbt", tab),
    "key twice": (4, "cbt", key_twice),
    "id twice": (1, "c", id_twice),
    "quote lost": (3, "c", quote_lost),
    "source that is no reference": (1, "c", source_unlisted),
    "text too long": (1, "c", text_too_long),
    "circular estimate": (1, "c", circle),
    "flow to nowhere": (1, "c", flow_to_nowhere),
    "flow gap": (2, "c", flow_gap),
    "range upside down": (3, "c", range_upside_down),
    "value outside its range": (1, "c", value_outside),
    "pick against the rule": (2, "c", pick_against_rule),
    "limit missed": (1, "c", limit_missed),
    "link to nowhere": (3, "bt", link_to_nowhere),
    "text that needs quotes": (3, "cbt", text_needs_quotes),
    "anchor": (1, "cb", anchor),
    "alias": (1, "c", alias),
    "list for a text": (1, "cbt", list_for_text),
    "text for a list": (1, "cbt", text_for_list),
    "id of another form": (2, "c", id_of_other_form),
    "date of another form": (3, "cbt", date_of_other_form),
    "limit without quotes": (2, "c", limit_without_quotes),
    "quote without its source": (1, "cb", quote_without_source),
    "estimate below its use": (1, "c", estimate_below),
}  # fmt: skip
