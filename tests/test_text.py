import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as reader

from casebook import text

ALLOWED = {"p", "ul", "ol", "li", "em", "strong", "code", "a", "br"}


# what is markup


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("Plain words.", "<p>Plain words.</p>"),
        ("*very* and **most**", "<p><em>very</em> and <strong>most</strong></p>"),
        ("_very_", "<p><em>very</em></p>"),
        ("`code *as* typed`", "<p><code>code *as* typed</code></p>"),
        ("[a page](https://example.org/a?b=1&c=2)", '<p><a href="https://example.org/a?b=1&amp;c=2">a page</a></p>'),
        ("[the log](blocks/event-log)", '<p><a href="../blocks/event-log/">the log</a></p>'),
        ("[a case](feature-stores/x)", '<p><a href="../cases/feature-stores/x/">a case</a></p>'),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("first\nsecond", "<p>first</p>\n<p>second</p>"),
        ("first\n- one\n- two", "<p>first</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
    ],
)
def test_the_small_markdown_becomes_html(typed, html):
    assert text.block(typed, "../") == html


@pytest.mark.parametrize(
    "typed",
    [
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "<!-- comment -->",
        "<https://example.org>",
        "https://example.org",
        "# no heading",
        "> no quote",
        "| a | b |",
        "---",
        "***",
        "![x](y",
        "~~gone~~",
        "[^1]",
        "&lt; &#60; &amp;",
        "{{ 7*7 }} {% raw %} {# no #}",
        "{ .class onclick=alert(1) }",
        ":material-check:",
        "$x^2$",
        "==marked==",
        "2 * 3 * 4",
        "snake_case_name",
        "[x][y]",
        "[x]: https://example.org",
        "\"quoted\" and 'single'",
        "    four spaces",
        "~~~",
    ],
)
def test_everything_else_is_shown_as_typed(typed):
    shown = reader.fromstring(f"<div>{text.block(typed)}</div>")
    assert shown.text_content().split() == typed.split()
    assert {element.tag for element in shown.iter()} <= {"div", "p"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:a@example.org",
        "//example.org",
        "/etc",
        "../x",
        "#top",
        "blocks/../x",
        "blocks/X",
        "https:example.org",
        "http://",
    ],
)
def test_a_link_that_may_not_stand_there_is_no_link(address):
    for typed in (f"[x]({address})", f"[x](<{address}>)", f"[x]({address} 'title')"):
        for rendered in (text.block(typed), text.line(typed)):
            assert "href" not in rendered
            assert "<a" not in rendered


def test_a_title_of_a_link_is_dropped():
    assert text.line('[x](https://example.org "on=1")') == '<a href="https://example.org">x</a>'


def test_an_address_cannot_leave_its_attribute():
    for typed in ("[x](https://e.org/\"onclick='y')", "[x](https://e.org/<b>)", '[x](<https://e.org/ " onclick=>)'):
        shown = reader.fromstring(f"<div>{text.block(typed)}</div>")
        for element in shown.iter("a"):
            assert set(element.attrib) == {"href"}


def test_braces_never_reach_the_page_raw():
    for render in (text.block, text.line, text.attribute, text.heading):
        assert "{" not in render("{{ 7*7 }} `{{ x }}` [{{y}}](https://example.org/{{z}})")


def test_a_line_is_never_more_than_a_line():
    assert text.line("one\n\ntwo\n- three") == "one two - three"


# hypothesis


def elements(rendered: str) -> set[str]:
    shown = reader.fromstring(f"<div>{rendered}</div>")
    for element in shown.iter():
        assert set(element.attrib) <= ({"href"} if element.tag == "a" else {"start"} if element.tag == "ol" else set())
        for address in element.attrib.values():
            assert element.tag == "ol" or address.startswith(
                ("http://", "https://", "../blocks/", "../cases/", "../tradeoffs/")
            )
    return {str(element.tag) for element in shown.iter()} - {"div"}


printable = st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n")
marked = st.lists(
    st.sampled_from(
        [
            "*",
            "**",
            "_",
            "`",
            "``",
            "[",
            "]",
            "](",
            "(",
            ")",
            "<",
            ">",
            "\\",
            "&",
            "&#x",
            ";",
            '"',
            "'",
            "{{",
            "}}",
            "{%",
            "#",
            "- ",
            "1. ",
            "\n",
            "\n\n",
            "    ",
            " ",
            "!",
            "|",
            "a",
            "<script>",
            "</p>",
            "<img src=x onerror=y>",
            "javascript:",
            "https://e.org/",
            "blocks/a",
            "onclick=",
            "<!--",
            "-->",
            "]]>",
            "@base@",
            "\u202e",
            "\xa0",
        ]
    ),
    max_size=25,
).map("".join)


@given(st.text(printable, max_size=200) | marked)
def test_a_block_holds_no_element_but_those_of_the_small_markdown(typed):
    rendered = text.block(typed, "../")
    assert elements(rendered) <= ALLOWED
    assert "{" not in rendered
    assert "}" not in rendered


@given(st.text(printable, max_size=200) | marked)
def test_a_line_holds_no_element_but_those_that_stand_inside_a_line(typed):
    rendered = text.line(typed, "../")
    assert elements(rendered) <= {"em", "strong", "code", "a"}
    assert "{" not in rendered
    assert "\n" not in rendered


@given(st.text(printable, max_size=200) | marked)
def test_an_attribute_holds_its_text_and_nothing_else(typed):
    shown = reader.fromstring(f'<div title="{text.attribute(typed)}">{text.attribute(typed)}</div>')
    assert set(shown.attrib) == {"title"}
    assert len(shown) == 0
    assert shown.get("title").split() == typed.split()


@given(st.text(printable, max_size=80) | marked)
def test_a_heading_has_no_character_that_markdown_reads(typed):
    heading = text.heading(typed)
    assert not set(heading.replace("&#", "").replace(";", "")) & set('*_`[]<>{}#|!\\-+~$^=@:"\n()')
    assert reader.fromstring(f"<div>{heading or ' '}</div>").text_content().split() == typed.split()


@given(st.text(printable, max_size=80) | marked)
def test_what_a_text_shows_in_a_block_it_shows_in_a_line(typed):
    block = reader.fromstring(f"<div>{text.block('x ' + ' '.join(typed.split()))}</div>").text_content()
    line = reader.fromstring(f"<div>{text.line('x ' + ' '.join(typed.split()))}</div>").text_content()
    assert block.split() == line.split()


@given(marked)
def test_every_link_of_a_rendered_text_was_seen_by_the_check(typed):
    shown = reader.fromstring(f"<div>{text.block(typed, '../')}</div>")
    targets = [target for target, _ in text.links(typed)]
    assert len(list(shown.iter("a"))) <= len(targets)


# links and addresses


@pytest.mark.parametrize(
    ("typed", "targets"),
    [
        ("none", []),
        ("[a](blocks/x) and [b](https://e.org)", ["blocks/x", "https://e.org"]),
        ("[a]( blocks/x )", ["blocks/x"]),
        ("[a](<blocks/x>)", ["blocks/x"]),
        ("`[a](blocks/x)`", []),
        ("[a](javascript:x)", ["javascript:x"]),
        ("[a]()", [""]),
    ],
)
def test_the_targets_of_links_are_found_with_their_places(typed, targets):
    found = text.links(typed)
    assert [target for target, _ in found] == targets
    for target, at in found:
        assert typed[at : at + len(target)] == target


@pytest.mark.parametrize(
    ("address", "web"),
    [
        ("https://e.org", True),
        ("http://e.org/x", True),
        ("ftp://e.org", False),
        ("javascript:x", False),
        ("https://", False),
        ("e.org", False),
        ("https://[x", False),
    ],
)
def test_a_web_address_is_http_or_https_with_a_host(address, web):
    assert text.is_web(address) is web


def test_the_address_of_a_record_leads_to_its_page():
    assert text.url("blocks/x", "../") == "../blocks/x/"
    assert text.url("pipelines/x", "../../") == "../../cases/pipelines/x/"


def test_plain_text_has_its_markup_taken_off():
    assert text.plain("*One* [two](blocks/x)\n`three`") == "One two three"
