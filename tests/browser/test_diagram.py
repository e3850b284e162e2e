from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from browser.flows import IDLE, at_once, flows, names
from browser.support import CASES, Look, Site, address, all_said, both_looks, said

SMALLEST = 24  # pixels of a target, by WCAG 2.2


class Player:
    def __init__(self, page: Page, key: str = CASES[0]) -> None:
        page.goto(address(key))
        self.page = page
        self.drawing = page.locator("#diagram > svg")
        self.bar = page.get_by_role("group", name="Play the flows")
        self.caption = self.bar.get_by_role("status")
        self.previous = self.bar.get_by_role("button", name="Previous")
        self.next = self.bar.get_by_role("button", name="Next")
        self.end = self.bar.get_by_role("button", name="End")
        self.toggles = page.locator(".legend__flows > li > button")
        self.steps = page.locator(".steps > li")

    def badge(self, name: str) -> Locator:
        return self.page.locator(".steps").get_by_role("button", name=f"{name}: play from this step", exact=True)

    def item(self, name: str) -> Locator:
        return self.steps.filter(has=self.page.locator(f"button[aria-label^='{name}:']"))

    def edges(self, state: str) -> set[str]:
        """Return the labels of the arrows in a state; an arrow that carries two steps has both."""
        return {
            name for label in all_said(self.drawing.locator(f".edge.{state} .edge__label")) for name in label.split()
        }

    def opacity(self, selector: str) -> set[float]:
        found = self.drawing.locator(selector).evaluate_all("all => all.map(one => +getComputedStyle(one).opacity)")
        return set(found)

    def point(self, name: str) -> tuple[float, float]:
        """Return a point of an arrow on the screen where nothing else lies on it."""
        edge = self.drawing.locator(".edge", has=self.page.locator("text", has_text=name)).filter(visible=True)
        edge = next(one for one in edge.all() if name in said(one.locator("text")).split())
        edge.scroll_into_view_if_needed()
        for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            x, y = edge.locator(".edge__line").evaluate(
                """(line, share) => {
                    const at = line.getPointAtLength(line.getTotalLength() * share).matrixTransform(line.getScreenCTM());
                    return [at.x, at.y];
                }""",
                share,
            )
            self.page.mouse.move(x, y)
            if "is-lit" in (edge.get_attribute("class") or ""):
                return x, y
        raise AssertionError(f"nowhere can {name} be pointed at")


def focused(page: Page, locator: Locator) -> bool:
    return bool(locator.evaluate("element => element === document.activeElement"))


def whole_page(page: Page) -> list[list[float]]:
    """Return where everything of the text stands, once all of the page is there."""
    page.wait_for_load_state("networkidle")
    return page.locator("article :is(h2, h3, li, .figure, .player__bar)").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(({x, y, width, height}) => [x, y + scrollY, width, height])"
    )


def test_steps_that_happen_at_once_are_shown_together(page: Page, site: Site):
    key, flow, place = at_once(site)
    player = Player(page, key)
    frame = flows(site, key)[flow][place]

    player.badge(names(frame)[1]).click()

    assert all_said(player.caption.locator("p")) == frame
    assert player.drawing.locator(".edge.is-on").count() == len(frame)


def test_previous_and_next_stop_at_the_ends_and_keep_the_focus(page: Page, site: Site):
    player = Player(page)
    frames = flows(site, CASES[0])[1]
    expect(player.previous).to_have_attribute("aria-disabled", "true")
    player.toggles.nth(1).click()

    player.previous.focus()
    page.keyboard.press("Enter")
    expect(player.caption).to_have_text(" ".join(frames[0]).replace("  ", " "), use_inner_text=True)
    assert focused(page, player.previous)

    player.next.focus()
    for _ in range(len(frames) + 2):
        page.keyboard.press("Enter")
    expect(player.next).to_have_attribute("aria-disabled", "true")
    assert all_said(player.caption.locator("p")) == frames[-1]
    assert focused(page, player.next)


def test_next_alone_starts_the_first_flow(page: Page, site: Site):
    player = Player(page)

    player.next.click()

    assert all_said(player.caption.locator("p")) == flows(site, CASES[0])[0][0]


def test_the_keyboard_alone_plays_a_flow_and_ends_it(page: Page, site: Site):
    player = Player(page)
    first, second = flows(site, CASES[0])[1][:2]
    page.get_by_role("slider", name="Load").wait_for()
    page.locator("#diagram a").last.focus()
    for _ in range(6):  # Previous, Next, Full screen, the load, the first flow, the second
        page.keyboard.press("Tab")
    assert focused(page, player.toggles.nth(1))
    ring = player.toggles.nth(1).evaluate("element => getComputedStyle(element).outlineStyle")
    assert ring == "solid"

    page.keyboard.press("Space")
    assert all_said(player.caption.locator("p")) == first
    page.keyboard.press("ArrowRight")
    assert all_said(player.caption.locator("p")) == second
    page.keyboard.press("ArrowLeft")
    assert all_said(player.caption.locator("p")) == first
    page.keyboard.press("Control+ArrowRight")
    assert all_said(player.caption.locator("p")) == first

    page.keyboard.press("Escape")
    expect(player.caption).to_have_text(IDLE)
    assert player.drawing.locator(".is-on, .is-near").count() == 0
    assert player.opacity(".edge") == {1}
    assert focused(page, player.toggles.nth(1))


def test_a_flow_ends_by_its_own_button_or_by_end(page: Page):
    player = Player(page)
    expect(player.end).to_be_hidden()

    player.toggles.first.click()
    player.toggles.first.click()
    expect(player.caption).to_have_text(IDLE)

    player.toggles.first.click()
    player.end.click()
    expect(player.caption).to_have_text(IDLE)
    expect(player.end).to_be_hidden()
    assert focused(page, player.next)


def test_each_step_is_announced_as_a_whole_and_politely(page: Page):
    player = Player(page)
    expect(player.caption).to_have_attribute("aria-live", "polite")
    expect(player.caption).to_have_attribute("aria-atomic", "true")

    page.evaluate(
        """() => {
            window.heard = [];
            const status = document.querySelector(".player__caption");
            new MutationObserver(() => window.heard.push(status.textContent)).observe(status, { childList: true });
        }"""
    )
    player.toggles.first.click()
    player.next.click()
    player.previous.click()
    page.keyboard.press("Enter")  # at the first step nothing happens, and nothing is said

    heard = page.evaluate("window.heard.map((text) => text.slice(0, 2))")
    assert heard == ["A1", "A2", "A1"]


def test_pointing_at_a_step_lights_its_arrow_and_moves_nothing(page: Page):
    player = Player(page)
    before = whole_page(page)

    for name in ("A2", "B1"):
        player.item(name).hover()
        assert name in player.edges("is-lit")
        assert player.drawing.locator(".edge.is-lit").count() == 1
        assert max(player.opacity(".edge:not(.is-lit)")) < 0.5
        assert whole_page(page) == before
    page.mouse.move(0, 0)
    assert player.edges("is-lit") == set()

    player.badge("A2").focus()
    assert "A2" in player.edges("is-lit")
    assert whole_page(page) == before


def test_pointing_at_an_arrow_marks_its_steps_and_moves_nothing(page: Page):
    player = Player(page)
    before = whole_page(page)

    for label in all_said(player.drawing.locator(".edge__label")):
        player.point(label.split()[0])
        marked = player.steps.and_(page.locator(".is-lit"))
        assert set(label.split()) == set(all_said(marked.get_by_role("button")))
    assert whole_page(page) == before
    page.mouse.move(0, 0)
    assert player.steps.and_(page.locator(".is-lit")).count() == 0


def test_a_click_on_an_arrow_plays_it(page: Page):
    player = Player(page)

    page.mouse.click(*player.point("A2"))

    expect(player.caption).to_contain_text("A2 · ")


def test_a_step_of_the_list_starts_the_player_and_escape_leads_back(page: Page):
    player = Player(page)
    badge = player.badge("B2")
    badge.focus()

    page.keyboard.press("Enter")

    expect(player.caption).to_contain_text("B2 · ")
    assert focused(page, player.next)
    expect(player.caption).to_be_in_viewport(ratio=1)
    expect(player.drawing.locator(".edge.is-on .edge__label").first).to_be_in_viewport()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    assert focused(page, badge)


@both_looks
def test_the_picture_follows_what_is_played(opened: Callable[..., Page], look: Look):
    """On a phone the frame scrolls to the arrow and its boxes, and the caption stays in sight."""
    page = opened(reduced_motion="no-preference")
    for number, key in enumerate(CASES[look.width > 600 :: 4]):
        player = Player(page, key)
        toggles = player.toggles.all()
        toggles[number % len(toggles)].click()  # one flow of a case, another of the next
        while player.next.get_attribute("aria-disabled") != "true":
            page.keyboard.press("ArrowRight")
            expect(player.drawing.locator(".edge.is-on").first).to_be_in_viewport()
            expect(player.caption).to_be_in_viewport(ratio=1)
            assert page.locator("#diagram").evaluate(FOLLOWED)


# Both boxes are within the frame, or they are too far apart for it.
FOLLOWED = """figure => {
    const frame = figure.getBoundingClientRect();
    const boxes = [...figure.querySelectorAll(".node.is-on rect")].map((box) => box.getBoundingClientRect());
    const [left, right] = [Math.min(...boxes.map((box) => box.left)), Math.max(...boxes.map((box) => box.right))];
    return (left >= frame.left && right <= frame.right) || right - left > frame.width - 60;
}"""


@both_looks
def test_targets_are_large_enough(page: Page):
    player = Player(page)
    player.toggles.first.click()

    for target in page.locator(".player button, .steps button").all():
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= SMALLEST, said(target)


def test_boxes_stay_links_while_a_flow_is_played(page: Page):
    player = Player(page)
    player.toggles.first.click()
    box = player.drawing.locator(".node.is-on a").first
    where = box.get_attribute("href") or ""

    box.click()

    page.wait_for_url(f"**/{where.removeprefix('../../../')}")


def test_nothing_moves_for_who_asked_for_calm(opened: Callable[..., Page]):
    player = Player(opened(reduced_motion="reduce"))
    player.toggles.first.click()
    lasting = """() => document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime > 1).length"""

    for _ in range(3):
        player.page.keyboard.press("ArrowRight")
        assert player.page.evaluate(lasting) == 0
    assert player.page.locator("#diagram").evaluate("element => getComputedStyle(element).scrollBehavior") == "auto"


def test_for_others_a_step_changes_gently_and_briefly(opened: Callable[..., Page]):
    player = Player(opened(reduced_motion="no-preference"))

    style = player.drawing.locator(".edge").first.evaluate(
        "element => [getComputedStyle(element).transitionProperty, parseFloat(getComputedStyle(element).transitionDuration)]"
    )

    assert style[0] == "opacity"
    assert 0 < style[1] <= 0.25


def test_without_scripts_picture_legend_and_list_stand_as_they_are(opened: Callable[..., Page], site: Site):
    page = opened(java_script_enabled=False)
    page.goto(address(CASES[0]))

    expect(page.locator("#diagram > svg")).to_be_visible()
    assert page.locator("#diagram ~ .legend button, .steps button, .player, dialog.zoom").count() == 0
    frames = flows(site, CASES[0])
    assert page.locator(".legend__flows > li").count() == len(frames)
    assert all_said(page.locator(".step")) == [name for flow in frames for frame in flow for name in names(frame)]


def test_paper_shows_the_whole_picture_and_no_controls(page: Page):
    player = Player(page)
    player.toggles.first.click()

    page.emulate_media(media="print")

    assert player.opacity(".edge") == {1}
    expect(page.locator(".player__bar")).to_be_hidden()
    expect(player.toggles.first).to_be_visible()  # as the legend that it is
    expect(player.steps.last).to_be_visible()


def test_a_page_that_the_theme_swaps_in_gets_its_player_once(page: Page):
    player = Player(page)
    player.toggles.first.click()

    page.evaluate(
        """async () => {
            const text = await (await fetch(location.href)).text();
            const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("article");
            document.querySelector("article").replaceWith(fresh);
            document$.next(document);
            document$.next(document);
        }"""
    )

    assert page.locator(".player").count() == 1
    expect(player.caption).to_have_text(IDLE)
    player.toggles.first.click()
    expect(player.caption).to_contain_text("A1 · ")


# The full screen.


class Zoom:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.player = Player(page)
        self.opener = page.get_by_role("button", name="Full screen")
        self.opener.focus()
        page.keyboard.press("Enter")
        self.dialog = page.get_by_role("dialog", name="Architecture of ")
        self.svg = self.dialog.locator("svg.diagram")
        expect(self.dialog).to_be_visible()

    def view(self) -> tuple[float, float, float]:
        """Return the left and upper edge of what is seen, and the pixels of a unit."""
        return tuple(
            self.svg.evaluate(
                "svg => [svg.viewBox.baseVal.x, svg.viewBox.baseVal.y, svg.clientWidth / svg.viewBox.baseVal.width]"
            )
        )

    def press(self, name: str) -> None:
        self.dialog.get_by_role("button", name=name, exact=True).click()

    def middle(self) -> tuple[float, float]:
        box = self.dialog.locator(".zoom__stage").bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def inside(self) -> bool:
        """Say whether the whole drawing is on the screen."""
        return bool(
            self.svg.evaluate(
                """svg => {
                    const frame = svg.getBoundingClientRect();
                    return [...svg.querySelectorAll("g > rect, a > rect")].map((one) => one.getBoundingClientRect()).every(
                        (one) => one.left >= frame.left && one.right <= frame.right && one.top >= frame.top && one.bottom <= frame.bottom);
                }"""
            )
        )


@both_looks
def test_the_full_screen_fills_it_and_can_be_read_at_once(page: Page):
    zoom = Zoom(page)

    box = zoom.dialog.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (page.viewport_size["width"], page.viewport_size["height"])
    assert 12 * zoom.view()[2] >= 11  # labels are 12 units high
    for button in zoom.dialog.get_by_role("button").all():
        expect(button).to_be_in_viewport(ratio=1)
        size = button.bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= SMALLEST


def test_ids_stay_unique_while_the_copy_is_shown(page: Page):
    zoom = Zoom(page)

    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    expect(zoom.svg).to_have_accessible_name(said(zoom.svg.locator("title")) + " " + said(zoom.svg.locator("desc")))


def test_keys_zoom_and_move(page: Page):
    zoom = Zoom(page)
    page.keyboard.press("0")
    assert zoom.inside()
    fitted = zoom.view()[2]
    before = zoom.player.caption.text_content()

    presses = 0
    while zoom.view()[2] < 3:  # larger than any screen
        page.keyboard.press("+")
        presses += 1
    left, top, scale = zoom.view()
    assert scale == pytest.approx(fitted * 1.25**presses, rel=0.01)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert zoom.view()[0] == pytest.approx(left + 60 / scale, abs=0.1)
    assert zoom.view()[1] == pytest.approx(top + 60 / scale, abs=0.1)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert zoom.view() == pytest.approx((left, top, scale), abs=0.1)
    page.keyboard.press("-")
    assert zoom.view()[2] == pytest.approx(scale / 1.25, rel=0.01)
    assert zoom.player.caption.text_content() == before  # the player below has not moved


def test_buttons_zoom_and_fit(page: Page):
    zoom = Zoom(page)
    start = zoom.view()[2]

    zoom.press("Zoom in")
    zoom.press("Zoom in")
    assert zoom.view()[2] == pytest.approx(start * 1.25**2, rel=0.01)
    zoom.press("Zoom out")
    assert zoom.view()[2] == pytest.approx(start * 1.25, rel=0.01)
    zoom.press("Fit")
    assert zoom.inside()


def test_the_wheel_zooms_about_the_pointer_and_not_the_page(page: Page):
    zoom = Zoom(page)
    for _ in range(3):
        zoom.press("Zoom in")
    scrolled = page.evaluate("scrollY")
    x, y = zoom.middle()
    x, y = x + 40, y - 30
    page.mouse.move(x, y)
    under = """(svg, [x, y]) => {
        const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
        return [at.x, at.y];
    }"""
    before, view = zoom.svg.evaluate(under, [x, y]), zoom.svg.get_attribute("viewBox") or ""
    scale = zoom.view()[2]

    page.mouse.wheel(0, -200)

    expect(zoom.svg).not_to_have_attribute("viewBox", view)
    assert zoom.view()[2] > scale
    assert zoom.svg.evaluate(under, [x, y]) == pytest.approx(before, abs=0.5)
    assert page.evaluate("scrollY") == scrolled


def test_dragging_moves_the_picture_and_follows_no_link(page: Page):
    zoom = Zoom(page)
    for _ in range(4):
        zoom.press("Zoom in")
    where = page.url
    left, top, scale = zoom.view()
    box = next(one for one in zoom.svg.locator(".node a").all() if one.evaluate(SEEN))
    place = box.bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 15, y - 10, steps=3)
    page.mouse.move(x - 30, y - 20, steps=3)
    page.mouse.up()

    assert zoom.view()[:2] == pytest.approx((left + 30 / scale, top + 20 / scale), abs=8 / scale)
    assert page.url == where
    expect(zoom.dialog).to_be_visible()


SEEN = """element => {
    const [one, frame] = [element, element.closest(".zoom__stage")].map((part) => part.getBoundingClientRect());
    return one.left > frame.left && one.right < frame.right && one.top > frame.top && one.bottom < frame.bottom;
}"""


def test_two_fingers_zoom(opened: Callable[..., Page]):
    zoom = Zoom(opened(has_touch=True))
    scale = zoom.view()[2]
    x, y = zoom.middle()
    touch = zoom.page.context.new_cdp_session(zoom.page)

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}] if apart else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 30)
    for apart in (40, 50, 60):
        fingers("touchMove", apart)
    fingers("touchEnd", 0)

    assert zoom.view()[2] == pytest.approx(scale * 2, rel=0.25)


def test_a_box_of_the_full_screen_leads_to_its_block(page: Page):
    zoom = Zoom(page)
    zoom.press("Fit")
    box = zoom.svg.locator(".node a").first
    where = box.get_attribute("href") or ""

    box.click()

    page.wait_for_url(f"**/{where.removeprefix('../../../')}")


@both_looks
def test_a_box_that_gets_the_focus_comes_into_view(page: Page):
    zoom = Zoom(page)
    for _ in range(3):
        zoom.press("Zoom in")
    links = zoom.svg.locator(".node a")

    for _ in range(links.count() + 1):  # after Fit and Close
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.zoom__stage')"):
            expect(zoom.svg.locator("a:focus")).to_be_in_viewport(ratio=0.9)


def test_the_focus_stays_in_the_full_screen_and_returns(page: Page):
    zoom = Zoom(page)

    for _ in range(zoom.svg.locator("a").count() + 8):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
    page.keyboard.press("Escape")

    expect(page.locator("dialog.zoom")).to_have_count(0)
    assert focused(page, zoom.opener)
    zoom.opener.click()
    zoom.press("Close")
    expect(page.locator("dialog.zoom")).to_have_count(0)
    assert focused(page, zoom.opener)


def test_the_full_screen_shows_the_step_that_is_played(page: Page):
    player = Player(page)
    player.toggles.nth(1).click()
    page.keyboard.press("ArrowRight")

    page.get_by_role("button", name="Full screen").click()

    shown = page.locator("dialog .edge.is-on .edge__label")
    assert "B2" in " ".join(all_said(shown)).split()
    expect(shown.first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(player.caption).to_contain_text("B2 · ")  # closing does not end what is played


@pytest.mark.parametrize("state", ["played", "full screen"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Callable[..., Page], scheme: str, state: str):
    page = opened(color_scheme=scheme)
    player = Player(page)
    player.toggles.first.click()
    page.keyboard.press("ArrowRight")
    player.item("A2").hover()
    if state == "full screen":
        page.get_by_role("button", name="Full screen").click()

    within = "dialog.zoom" if state == "full screen" else ".player, .steps"
    found = Axe().run(
        page,
        context=within,
        options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    )

    assert found.violations_count == 0, found.generate_report()
