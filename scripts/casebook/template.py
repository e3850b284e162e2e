"""Templates become Markdown pages: those beside this module, with facts that are escaped where they are printed.

A page is front matter, headings in Markdown, and blocks of HTML in which every text of a record is
escaped, so that it is not read as Markdown, HTML or template by the site builder. Drawings are left
out: `<!--figure:name-->` marks their place, and the theme puts them in after Markdown has run.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from casebook import text, working
from casebook.graph import letter
from casebook.quantity import show
from casebook.spec import TRACKS

STANDINGS = {"sourced": "read in the source", "derived": "derived from the source", "assumed": "assumed, with a reason"}
LEVELS = {"mid": "Mid", "senior": "Senior", "staff": "Staff"}


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
