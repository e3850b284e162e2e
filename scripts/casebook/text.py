"""The small Markdown of text fields: paragraphs, lists, emphasis, code, and links; all else as typed.

Rendered here to HTML with everything escaped, so that no text of a record is ever read as markup,
template or Markdown by what comes after.
"""

import re
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

RECORD = re.compile(r"^(blocks|tradeoffs|pipelines|feature-stores|deployment|end-to-end)/[a-z0-9-]+$")
_LINK = re.compile(r"\]\(\s*<?([^)>\s]*)")
_PLAIN = re.compile(r"[^*_`\[\]\\\n]*")


def is_web(address: str) -> bool:
    """Return whether an address is a plain http or https link."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def links(text: str) -> list[tuple[str, int]]:
    """Return the targets of links in a text field, each with its place in the text."""
    if "](" not in text:
        return []
    bare = re.sub(r"`[^`\n]*`", lambda code: " " * len(code[0]), text)
    return [(found[1], found.start(1)) for found in _LINK.finditer(bare)]


def url(key: str, root: str = "") -> str:
    """Return the address of a record's page from a page whose way to the site's root is `root`."""
    folder = key.split("/")[0]
    return f"{root}{'' if folder in ('blocks', 'tradeoffs') else 'cases/'}{key}/"


class _Renderer(RendererHTML):
    def link_open(self, tokens: list[Token], idx: int, options: object, env: dict[str, str]) -> str:  # noqa: ARG002 - markdown-it's signature
        href = str(tokens[idx].attrGet("href"))
        if not href:  # `[words]()` links nowhere, and not to the page itself
            return "<a>"
        target = url(href, env["root"]) if RECORD.match(href) else href
        return f'<a href="{escape(target)}">'


def allowed(url: str) -> bool:
    """Return whether a text may link there: to the web, or to a record."""
    return is_web(url) or bool(RECORD.match(url))


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "linkify": False}, renderer_cls=_Renderer)
    parser.enable(["backticks", "emphasis", "escape", "link", "list", "newline"])
    parser.validateLink = allowed  # type: ignore[method-assign]  # markdown-it's own way to set it
    return parser


_PARSER = _markdown()


@lru_cache(maxsize=16384)
def block(text: str, root: str = "") -> str:
    """Return a text field as HTML paragraphs and lists."""
    if _PLAIN.fullmatch(text) and not re.match(r"\s*([-+*]|\d+[.)])\s", text):
        return f"<p>{_safe(escape(text, quote=False))}</p>"
    # A blank line in a folded text (`>-`) arrives as one line break: it ends a paragraph, as it looks.
    spaced = re.sub(r"(?<!\n)\n(?![\n\s]|[-+*] |\d+[.)] )", "\n\n", text)
    return _safe(str(_PARSER.render(spaced, {"root": root})).strip())


@lru_cache(maxsize=16384)
def line(text: str, root: str = "") -> str:
    """Return a text field as HTML to stand inside a line: paragraphs become breaks."""
    if _PLAIN.fullmatch(text):
        return _safe(escape(text, quote=False))
    return _safe(str(_PARSER.renderInline(" ".join(text.split()), {"root": root})))


def plain(text: str) -> str:
    """Return a text field without its markup, on one line, for names and descriptions."""
    bare = re.sub(r"\[([^][]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*`]", "", bare).split())


def _safe(html: str) -> str:
    """Take the braces out of reach of template languages: `{{` shows as typed, and runs nowhere."""
    return html.replace("{", "&#123;").replace("}", "&#125;")


_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "{": "&#123;", "}": "&#125;"}
)


def attribute(text: str) -> str:
    """Return text for HTML, an attribute's value too: nothing in it is markup or template."""
    return text.translate(_ESCAPES)


def heading(text: str) -> str:
    """Return text for a Markdown heading: every character that Markdown could read as an entity."""
    return "".join(
        letter if letter.isalnum() or letter in " ,.'" else f"&#{ord(letter)};" for letter in " ".join(text.split())
    )


_CODE = str.maketrans({letter: f"&#{ord(letter)};" for letter in "&<>`|\\*_[]{}~#@:.!/-"})


def code(text: str) -> str:
    """Return text as code for Markdown that a forge shows, in a cell of a table too.

    In code a forge reads no markup, no mention of a person and no address.
    """
    said = " ".join(text.split())
    return f"<code>{said.translate(_CODE)}</code>" if any(letter in said for letter in "`|\\") else f"`{said}`"
