"""The content-security policy of a page: its own files, and what stands in the page itself by its hash.

Written into every page of the built site, after the site builder is done: a hash can only be taken of
what is there. Nothing is asked of the host, so it holds on every one. What a record could smuggle
into a page would not run: it has no hash here.
"""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape, unescape
from pathlib import Path

# Icons of the theme's styles are `data:` pictures; search runs in a worker; nothing else is let in.
ALWAYS = (
    "default-src 'none'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_ATTRIBUTE = re.compile(r"style=\"([^\"]*)\"")
_META = re.compile(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>")
_HEAD = re.compile(r"<head[^>]*>\s*(<meta charset=[^>]*>)?")


def _hashes(texts: list[str]) -> str:
    digests = {b64encode(sha256(text.encode()).digest()).decode() for text in texts}
    return "".join(f" 'sha256-{digest}'" for digest in sorted(digests))


def _in_tag(page: str, at: int) -> bool:
    """Return whether a place in a page is where an attribute may begin."""
    opened = page.rfind("<", 0, at)
    return page[at - 1].isspace() and opened > page.rfind(">", 0, at) and page[opened + 1].isalpha()


def of(page: str) -> str:
    """Return the policy that lets a page run as it was built, and nothing else.

    Scripts and styles within the page are allowed by their SHA-256, as are the values of `style`
    attributes; what has no hash here is refused.
    """
    scripts = [
        found["text"]
        for found in _SCRIPT.finditer(page)
        if "src=" not in found["attributes"] and "json" not in found["attributes"]
    ]
    attributes = [unescape(found[1]) for found in _ATTRIBUTE.finditer(page) if _in_tag(page, found.start())]
    return "; ".join(
        (
            *ALWAYS,
            f"script-src 'self'{_hashes(scripts)}",
            f"style-src-elem 'self'{_hashes(_STYLE.findall(page))}",
            f"style-src-attr 'unsafe-hashes'{_hashes(attributes)}" if attributes else "style-src-attr 'none'",
        )
    )


def put(page: str) -> str:
    """Return a page with its policy, first of all in its head; a policy that it had is replaced."""
    bare = _META.sub("", page)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(of(bare), quote=False)}">'
    return _HEAD.sub(lambda head: head[0] + meta, bare, count=1)


def apply(site: Path) -> None:
    """Write its policy into every page of a built site."""
    for file in sorted(site.rglob("*.html")):
        page = file.read_text(encoding="utf-8")
        file.write_text(put(page), encoding="utf-8")
