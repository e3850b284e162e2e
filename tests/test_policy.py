"""A page's policy lets its own scripts and styles run, by their hash, and nothing that came into it otherwise."""

from base64 import b64encode
from hashlib import sha256

import pytest

from casebook import policy

PAGE = '<!doctype html>\n<html lang="en">\n  <head>\n    <meta charset="utf-8">\n    <title>x</title>{head}</head>\n<body>{body}</body></html>'


def page(body: str = "", head: str = "") -> str:
    return PAGE.replace("{head}", head).replace("{body}", body)


def digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def directive(page: str, name: str) -> list[str]:
    return next(part for part in policy.of(page).split("; ") if part.split()[0] == name).split()[1:]


def test_a_script_within_the_page_is_allowed_by_its_hash():
    text = "\n  var a = 1 && 2;\n"
    assert directive(page(f"<script>{text}</script>"), "script-src") == ["'self'", digest(text)]


@pytest.mark.parametrize(
    "body", ['<script src="a.js"></script>', '<script type="application/json">{"a": 1}</script>', ""]
)
def test_what_is_no_script_of_the_page_has_no_hash(body):
    assert directive(page(body), "script-src") == ["'self'"]


def test_a_style_attribute_is_allowed_by_the_hash_of_its_value():
    body = '<b style="width:12%">x</b><i style="content:&quot;a&quot;">y</i>'
    assert directive(page(body), "style-src-attr") == [
        "'unsafe-hashes'",
        *sorted((digest("width:12%"), digest('content:"a"'))),
    ]


def test_a_page_without_style_attributes_allows_none():
    assert directive(page("<b>style</b>"), "style-src-attr") == ["'none'"]


def test_words_in_a_text_that_look_like_an_attribute_have_no_hash():
    assert directive(page('<p>write style="width:1%" there</p>'), "style-src-attr") == ["'none'"]


def test_nothing_of_anybody_else_and_nothing_inline_is_allowed():
    made = policy.of(page("<script>1</script>"))
    assert "unsafe-inline" not in made
    assert "unsafe-eval" not in made
    assert "*" not in made
    assert "http" not in made
    assert made.startswith("default-src 'none'; ")


def test_the_policy_comes_before_every_script_and_after_the_encoding():
    made = policy.put(page("<script>2</script>", "<script>1</script>"))
    assert made.index('charset="utf-8"') < made.index("Content-Security-Policy") < made.index("<script>")


def test_putting_it_twice_is_putting_it_once():
    once = policy.put(page("<script>1</script>"))
    assert policy.put(once) == once
    assert once.count("Content-Security-Policy") == 1


def test_every_page_of_a_site_gets_its_own(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text(page("<script>1</script>"), encoding="utf-8")
    (tmp_path / "404.html").write_text(page("<script>2</script>"), encoding="utf-8")
    policy.apply(tmp_path)
    assert digest("1") in (tmp_path / "a/index.html").read_text(encoding="utf-8")
    assert digest("2") in (tmp_path / "404.html").read_text(encoding="utf-8")
    assert digest("1") not in (tmp_path / "404.html").read_text(encoding="utf-8")
