"""A round is timed, kept, scored and taken out exactly, whatever happens to the clock, the window or the storage."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.support import PAIR, Hand, Look, Site, all_said, both_looks, one_look, said, serious
from casebook import rounds
from casebook.text import plain

CASE = "feature-stores/payment-fraud-features"
PHASES = rounds.common()["phase"]
NOW = "2026-03-02T10:00:00"
LATER = "2026-03-02T11:00:00"
LENGTHS = [35, 45, 60]


def opened_room(page: Page, query: str = f"?case={CASE}") -> Page:
    page.goto(f"rehearse/{query}")
    page.get_by_role("button", name="Begin the round").wait_for()
    return page


def begun(page: Page, length: int = 45, query: str = f"?case={CASE}") -> Page:
    page.clock.install(time=NOW)
    opened_room(page, query)
    page.clock.pause_at(LATER)
    page.get_by_label(f"{length} min").check()
    page.get_by_role("button", name="Begin the round").click()
    page.locator(".clock").wait_for()
    return page


def clocks(page: Page) -> tuple[str, str]:
    return said(page.locator(".clock__phase")), said(page.locator(".clock__round"))


def reading(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize(
    ("length", "keyboard", "look"),
    [  # each length and each look by pointer and by keyboard
        (length, keyboard, PAIR[(place + keyboard) % 2])
        for place, length in enumerate(LENGTHS)
        for keyboard in (False, True)
    ],
    ids=lambda value: {False: "pointer", True: "keyboard"}[value] if isinstance(value, bool) else str(value),
    indirect=["look"],
)
def test_a_whole_round_is_exact_by_pointer_and_by_keyboard_alone(
    page: Page, look: Look, length: int, keyboard: bool, tmp_path: Path
):
    hand = Hand(page, keyboard)
    page.clock.install(time=NOW)
    opened_room(page)
    page.clock.pause_at(LATER)
    hand.choose(page.locator("input[name=length]"), LENGTHS.index(length))
    hand.press("Begin the round")
    page.locator(".clock").wait_for()
    times = [phase["minutes"][str(length)] * 60 for phase in PHASES]

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width

    # The first phase: notes, a pause, a sleep, a reload, two hints and an early look.
    hand.write(page.get_by_label("Your notes"), "The shopper waits")
    page.clock.run_for(60_000)
    hand.press("Pause")
    page.clock.run_for(600_000)
    hand.press("Go on")
    page.clock.fast_forward(60_000)  # asleep: no tick comes
    page.clock.run_for(1_000)
    page.reload()
    page.locator(".clock").wait_for()
    assert clocks(page) == (f"{reading(times[0] - 121)} left", f"2:01 of {length}:00")
    expect(page.get_by_label("Your notes")).to_have_value("The shopper waits")
    hand.press("Hint 1 of 3")
    hand.press("Hint 2 of 3")
    hand.press("Compare with the reference answer")
    expect(page.locator(".reference h3").first).to_have_text("Clarifying questions")
    fits()
    page.clock.run_for((times[0] - 121 - 15) * 1000)
    assert clocks(page)[0] == "0:15 left"
    expect(page.locator(".clock__phase")).to_have_class(re.compile("is-soon"))

    # The second into overtime, where a look is not early; the others with a quarter of a minute left.
    for index, phase in enumerate(PHASES[1:], 1):
        hand.press("Next phase")
        expect(page.locator(".round h2")).to_be_focused()
        expect(page.locator(".round h2")).to_have_text(phase["title"])
        expect(page.locator(".clock__phase")).to_have_text(f"{reading(times[index])} left")
        page.clock.run_for((times[index] + (30 if index == 1 else -15)) * 1000)
        if index == 1:
            assert clocks(page)[0] == "0:30 over"
            expect(page.locator(".clock__phase")).to_have_class(re.compile("is-over"))
            hand.press("Compare with the reference answer")
        fits()
    whole = length * 60 - 7 * 15 + 30
    assert clocks(page)[1] == f"{reading(whole)} of {length}:00"

    hand.press("End and score")
    expect(page.get_by_role("heading", name="Score")).to_be_focused()
    for place, box in enumerate(page.locator(".score fieldset").all()):
        hand.choose(box.locator("input"), [2, 0, 3, 2, 1][place])
    fits()
    hand.press("Show the result")

    # 3, 1, 4, 3, 2: the mean is 2.6; the second signal is the weakest, below mid.
    expect(page.get_by_role("heading", name="Result")).to_be_focused()
    expect(page.locator(".lead").last).to_have_text("2.6 of 4. Weakest: Data and features, below mid.")
    assert [
        all_said(row.locator("td, th"))[1:]
        for row in page.locator("rehearsal-room")
        .get_by_role("group", name="Phases", exact=True)
        .locator("tbody tr")
        .all()
    ] == [
        [
            f"{reading(spent)} of {reading(time)}",
            "2" if index == 0 else "0",
            {0: "early", 1: "yes"}.get(index, "no"),
        ]
        for index, (spent, time) in enumerate(
            zip([time + (30 if index == 1 else -15) for index, time in enumerate(times)], times, strict=True)
        )
    ]
    # A first round between 2 and 3 comes back after three days.
    expect(page.get_by_text("due again on 5 Mar 2026")).to_be_visible()
    fits()

    # It is in the history, goes out as a file, is deleted after a second question, and comes back whole.
    hand.press(page.get_by_role("link", name="All rounds"))
    row = page.locator(".rounds tbody tr")
    shown = said(row)
    for part in ("2.6 of 4", f"{length} min", "5 Mar 2026"):
        assert part in shown
    fits()
    before = stored(page)
    with page.expect_download() as download:
        hand.press("Export")
    download.value.save_as(tmp_path / "out.json")
    hand.press("Delete all")
    hand.press("Keep them")
    assert stored(page) == before
    hand.press("Delete all")
    hand.press("Yes, delete 1 round")
    assert stored(page) == []
    expect(row).to_have_count(0)
    with page.expect_file_chooser() as chooser:
        hand.press("Import")
    chooser.value.set_files(tmp_path / "out.json")
    expect(page.get_by_text("1 round taken in.")).to_be_visible()
    assert stored(page) == before
    assert said(row) == shown


@one_look
def test_the_clock_is_right_after_a_pause_a_sleep_and_a_reload(page: Page):
    begun(page)
    page.clock.run_for(60_000)
    click(page, "Pause")
    page.clock.run_for(600_000)
    assert clocks(page) == ("4:00 left", "1:00 of 45:00")
    click(page, "Go on")

    page.clock.fast_forward(120_000)  # asleep: no tick comes
    page.clock.run_for(1_000)
    assert clocks(page) == ("1:59 left", "3:01 of 45:00")

    page.get_by_label("Your notes").fill("kept")
    page.reload()
    page.locator(".clock").wait_for()
    expect(page.get_by_label("Your notes")).to_have_value("kept")
    assert clocks(page)[1] == "3:01 of 45:00"

    page.goto("guide/")
    page.clock.fast_forward(60_000)
    page.go_back()
    page.locator(".clock").wait_for()
    assert clocks(page)[1].startswith("4:01")


def test_hints_come_one_by_one_and_an_early_look_is_counted(page: Page):
    begun(page)
    for count in (1, 2, 3):
        click(page, f"Hint {count} of 3")
        expect(page.locator(".hints li")).to_have_count(count)
        expect(page.locator(".hints li").last).to_be_focused()
    expect(page.get_by_role("button", name=re.compile("^Hint"))).to_have_count(0)

    click(page, "Compare with the reference answer")
    expect(page.locator(".reference h3")).to_have_text(["Clarifying questions", "Requirements"])
    click(page, "Next phase")
    page.clock.run_for(6 * 60_000)
    click(page, "Compare with the reference answer")  # the time is over: not early
    click(page, "Next phase")
    click(page, "Compare with the reference answer")
    expect(page.locator(".reference svg.diagram")).to_be_visible()
    assert page.locator(".reference .node__used").count() > 2

    kept = stored(page)[0]
    assert [phase["early"] for phase in kept["phases"][:4]] == [True, False, True, False]
    assert [phase["looked"] for phase in kept["phases"][:4]] == [True, True, True, False]
    assert kept["phases"][0]["hints"] == 3


def score(page: Page, *steps: int) -> None:
    page.locator(".score").wait_for()
    for box, step in zip(page.locator(".score fieldset").all(), steps, strict=True):
        box.locator("input").nth(step - 1).check()


def stored(page: Page) -> list[dict[str, Any]]:
    return page.evaluate(
        "() => Object.keys(localStorage).filter(key => key.startsWith('casebook.record.')).map(key => JSON.parse(localStorage[key]))"
    )


@one_look
def test_an_estimate_is_judged_in_factors_of_two_and_told_where_the_slip_lies(page: Page, site: Site):
    begun(page)
    click(page, "Next phase")
    click(page, "Next phase")
    numbers = site.library.entries[CASE].numbers
    assert numbers is not None
    peak, factor = numbers.values["peak_payments"], numbers.values["peak_factor"]
    page.get_by_label("Estimate to try").select_option("peak_payments")
    field = page.get_by_role("textbox", name="peak_payments")

    for typed, words in (
        (f"{peak:.0f} payment/s", "Right, within 10 %"),
        (f"{peak * 60:.0f} payment/min", "Right, within 10 %"),
        (f"{peak / factor:.0f} payment/s", "the peak factor (peak_factor) is missing"),
        (f"{peak * 86400:.0f} payment/s", "16.4 factors of two too high"),
        (f"{peak * 86400:.0f} payment/s", "86,400 seconds"),
        ("12 GB", "in payment/s"),
        ("much", "begin with a number"),
    ):
        field.fill(typed)
        click(page, "Check")
        expect(page.locator(".drill__verdict")).to_contain_text(words)
    click(page, "Show the work")
    expect(page.locator(".drill__work")).to_contain_text("payment/s")


@one_look
def test_follow_ups_are_answered_before_they_are_compared(page: Page, site: Site):
    begun(page)
    for _ in range(7):
        click(page, "Next phase")
    record = site.library.entries[CASE].record
    first = record.follow_ups[0]
    expect(page.locator(".follow-up")).not_to_contain_text(first.listen_for[0][:30])

    page.get_by_label("Your answer").fill("I would replay the log.")
    click(page, "Compare")

    expect(page.locator(".follow-up .typed")).to_have_text("I would replay the log.")
    expect(page.locator(".follow-up details li")).to_have_count(len(first.listen_for))
    expect(page.locator(".follow-up")).to_contain_text(f"Follow-up 2 of {len(record.follow_ups)}")


@one_look
def test_a_round_is_taken_out_as_markdown_and_as_a_prompt_without_answers(page: Page, site: Site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    begun(page)
    page.get_by_label("Your notes").fill("The shopper waits.\n- 100 ms")
    click(page, "Hint 1 of 3")
    for _ in range(7):
        click(page, "Next phase")
    click(page, "End and score")
    score(page, 3, 3, 3, 3, 3)
    click(page, "Show the result")

    click(page, "Copy as Markdown")
    text = page.evaluate("navigator.clipboard.readText()")
    record = site.library.entries[CASE].record
    assert text.startswith(f"# {record.title}\n")
    assert "The shopper waits.\n- 100 ms" in text
    assert "hints: 1" in text
    assert "| Data and features | 3 of 4 | senior |" in text
    for phase in PHASES:
        assert f"## {phase['title']}" in text
    assert "peak_payments" in text
    assert re.search(r"</?[a-z]+[ >]", text) is None

    click(page, "Copy as a prompt")
    prompt = page.evaluate("navigator.clipboard.readText()")
    assert "You are the interviewer" in prompt
    assert PHASES[3]["title"] in prompt
    answers = [part.answer for part in record.clarify] + [record.model.choice, record.evaluation.gate]
    assert not [answer for answer in answers if answer[:40] in prompt]


@one_look
def test_a_file_of_something_else_is_refused_and_nothing_is_lost(page: Page):
    begun(page)
    page.get_by_label("Your notes").fill("mine")
    click(page, "Next phase")
    page.goto("rehearse/")
    page.get_by_label("File of rehearsals").set_input_files(
        {"name": "x.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    expect(page.get_by_text("This is not a file of rehearsals")).to_be_visible()
    assert [record["phases"][0]["notes"] for record in stored(page)] == ["mine"]


FORBIDDEN = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
)
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


@one_look
@pytest.mark.parametrize(
    ("script", "words"), [(FORBIDDEN, "keeps nothing"), (FULL, "is full")], ids=["forbidden", "full"]
)
def test_without_storage_a_message_says_so_and_the_round_runs(page: Page, faults: Any, script: str, words: str):
    faults.expect("SecurityError|error: no$")  # of the theme, which asks for it, too
    page.add_init_script(script)
    begun(page)
    expect(page.get_by_role("alert").filter(has_text=words).first).to_be_visible()
    page.get_by_label("Your notes").fill("still here")
    click(page, "Next phase")
    click(page, "Back")
    expect(page.get_by_label("Your notes")).to_have_value("still here")
    for _ in range(7):
        click(page, "Next phase")
    click(page, "End and score")
    expect(page.locator(".score")).to_be_visible()


@one_look
def test_what_is_corrupt_is_set_aside_and_what_is_newer_is_left_alone(page: Page):
    opened_room(page)
    page.evaluate("""() => {
        localStorage['casebook.record.broken'] = '{"version":1,';
        localStorage['casebook.record.odd'] = '{"version":1,"kind":"round","id":"odd"}';
        localStorage['casebook.record.newer'] = '{"version":99,"kind":"journey"}';
    }""")
    page.reload()
    page.get_by_role("button", name="Begin the round").wait_for()

    expect(page.get_by_role("alert").filter(has_text="set aside")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="newer version")).to_be_visible()
    kept = page.evaluate("() => ({...localStorage})")
    assert kept["casebook.aside.broken"] == '{"version":1,'
    assert "casebook.aside.odd" in kept
    assert kept["casebook.record.newer"] == '{"version":99,"kind":"journey"}'
    assert "casebook.record.broken" not in kept


@one_look
def test_two_windows_do_not_overwrite_each_other(page: Page):
    opened_room(page)
    click(page, "Begin the round")
    page.locator(".clock").wait_for()
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("alert")).to_contain_text("open in another window")

    other.get_by_role("button", name="Go on with a copy").click()
    other.get_by_label("Your notes").fill("from the second")
    page.get_by_label("Your notes").fill("from the first")
    page.wait_for_timeout(500)
    assert sorted(record["phases"][0]["notes"] for record in stored(page)) == ["from the first", "from the second"]


@one_look
def test_nothing_leaves_the_browser_during_a_round(page: Page):
    begun(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Your notes").fill("secret")
    for _ in range(7):
        click(page, "Compare with the reference answer")
        click(page, "Next phase")
    click(page, "End and score")
    assert [url for url in asked if not url.startswith(("data:", "blob:")) and not url.endswith("favicon.svg")] == []


@one_look
def test_the_timer_is_announced_politely_and_not_every_second(page: Page):
    begun(page)
    status = page.locator(".round > [role=status]")
    said_at = []
    for _ in range(5 * 60 // 10 + 3):
        page.clock.run_for(10_000)
        said_at.append(said(status))
    assert list(dict.fromkeys(said_at)) == [
        "Clarify and agree on success. 5:00 left.",
        "60 seconds left for Clarify and agree on success.",
        "The time for Clarify and agree on success is over. Take the time that you need.",
    ]
    expect(page.locator("[role=timer]")).to_have_attribute("aria-live", "off")


@both_looks
def test_axe_finds_nothing_serious_on_any_screen(page: Page):
    def check(where: str) -> None:
        assert serious(page) == [], where

    opened_room(page)
    check("start")
    click(page, "Begin the round")
    page.locator(".clock").wait_for()
    click(page, "Hint 1 of 3")
    check("first phase")
    click(page, "Next phase")
    click(page, "Next phase")
    page.get_by_label("Estimate to try").select_option("peak_payments")
    click(page, "Compare with the reference answer")
    check("design")
    for _ in range(5):
        click(page, "Next phase")
    page.get_by_role("button", name="Compare", exact=True).click()
    check("wrap")
    click(page, "End and score")
    page.locator(".score").wait_for()
    check("score")
    score(page, 2, 2, 2, 2, 2)
    click(page, "Show the result")
    check("result")
    page.get_by_role("link", name="All rounds").click()
    page.locator(".rounds").wait_for()
    check("history")


@both_looks
def test_no_screen_is_wider_than_the_window(page: Page, look):
    begun(page)
    for _ in range(3):
        click(page, "Compare with the reference answer")
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width
        click(page, "Next phase")


def test_the_phases_fill_each_length():
    for length in ("35", "45", "60"):
        assert sum(phase["minutes"][length] for phase in PHASES) == int(length)


@one_look
def test_every_phase_of_every_case_has_its_line_board_hints_and_reference(page: Page, site: Site):
    for entry in site.library.cases():
        game = json.loads((site.folder / f"assets/rehearsal/{entry.key}.json").read_text(encoding="utf-8"))
        for phase in PHASES:
            part = game["phases"][phase["id"]]
            assert part["says"]
            assert len(part["board"]) > len(phase["board"])
            assert len(part["hints"]) == 3
            assert [shown["title"] for shown in part["reference"]] == phase["parts"]
        assert len(game["follow_ups"]) >= 5


# alone, and for two


@one_look
def test_a_drill_goes_through_every_estimate_and_is_kept(page: Page, site: Site):
    opened_room(page)
    page.get_by_role("link", name="Drill its estimates").click()
    names = list(site.library.entries[CASE].record.estimates)
    numbers = site.library.entries[CASE].numbers
    assert numbers is not None
    for index, name in enumerate(names[:3]):
        expect(page.get_by_text(f"Estimate {index + 1} of {len(names)}")).to_be_visible()
        unit = site.library.entries[CASE].record.estimates[name].unit
        page.get_by_role("textbox", name=name).fill(f"{numbers.values[name] / unit.factor:.6g} {unit.text}")
        click(page, "Check")
        expect(page.locator(".drill__verdict")).to_contain_text("Right")
        click(page, "Next estimate")
    page.get_by_role("link", name="All rounds").click()
    expect(page.get_by_text("3 tries, 0.0 factors of two off")).to_be_visible()
    assert [record["kind"] for record in stored(page)] == ["drill"]


def test_the_sheet_holds_what_an_interviewer_needs_and_is_handed_over_as_a_link(page: Page, site: Site, look):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.install(time=NOW)
    opened_room(page)
    page.get_by_role("link", name="Interviewer’s sheet").click()
    record = site.library.entries[CASE].record
    sheet = page.locator(".sheet")
    for part in (*(plain(one.ask) for one in record.clarify), *(plain(one.missed) for one in record.follow_ups)):
        expect(sheet).to_contain_text(part)
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width
    page.get_by_label("Length").select_option("60")
    click(page, "Start")
    page.clock.run_for(61_000)
    expect(page.locator(".clock__phase")).to_have_text(re.compile(r"^5:5\d left$"))

    page.locator(".sheet__signal").nth(1).get_by_label("Strong", exact=True).check()
    page.get_by_label("Notes").fill("Led well; “skew” unasked <b>")
    click(page, "Copy a link to the finished sheet")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("guide/")
    page.goto(link)
    expect(page.get_by_text("Led well; “skew” unasked <b>")).to_be_visible()
    assert "3 of 4" in said(page.locator("rehearsal-room").get_by_role("row", name="Data and features"))


@one_look
@pytest.mark.parametrize(
    "link", ["#handed=zzzz", "#handed=e30", "#handed=", "#sheet=nothing/here", "#round=gone", "#drill=__proto__"]
)
def test_an_address_of_nothing_shows_the_start(page: Page, link: str):
    page.goto(f"rehearse/{link}")
    expect(page.get_by_role("button", name="Begin the round")).to_be_visible()


@one_look
def test_the_candidates_page_shows_the_prompt_alone(page: Page, site: Site):
    opened_room(page)
    page.get_by_role("link", name="The prompt alone").click()
    record = site.library.entries[CASE].record
    expect(page.locator(".prompt--alone")).to_contain_text(plain(record.prompt))
    shown = " ".join(page.locator("article").first.inner_text().split())
    assert plain(record.clarify[0].answer)[:40] not in shown
    assert len(shown) < len(plain(record.prompt)) + 200


@one_look
def test_the_sheet_of_every_case_prints_on_two_pages(page: Page, site: Site):
    for entry in site.library.cases():
        page.goto(f"rehearse/#sheet={entry.key}")
        page.reload()
        page.locator(".sheet").wait_for()
        margin = dict.fromkeys(("top", "bottom", "left", "right"), "12mm")
        printed = page.pdf(format="A4", print_background=True, margin=margin)
        assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 2, entry.key


def test_axe_finds_nothing_serious_on_sheets_and_drills(page: Page):
    for where in ("sheet", "drill", "prompt", "board"):
        page.goto(f"rehearse/#{where}={CASE}")
        page.reload()
        page.locator("rehearsal-room h2").wait_for()
        assert serious(page) == [], where


@one_look
def test_a_blank_board_says_what_was_missed_and_shows_it_on_the_real_one(page: Page, site: Site):
    record = site.library.entries[CASE].record
    opened_room(page)
    page.get_by_role("link", name="Blank board").click()
    page.locator(".blank").wait_for()
    labels = [part.label for part in record.architecture.components.values()]
    assert page.locator(".is-blank .node__label:visible, .is-blank .edge:visible").count() == 0
    steps = next(flow for flow in record.architecture.flows.values() if flow.kind == "request").steps

    # All boxes but one named rightly, and all steps but the last picked: by what the board's own order is.
    order = page.locator(".is-blank .node").evaluate_all("all => all.map(node => node.dataset.node)")
    assert sorted(order) == sorted(record.architecture.components)
    for index, name in enumerate(order[1:], 2):
        page.get_by_label(f"Name of box {index}", exact=True).select_option(record.architecture.components[name].label)
    for part in (steps[0].from_, steps[0].to, steps[1].to):
        page.get_by_role("button", name=f"Box {order.index(part) + 1} is next in the request flow").click()
    click(page, "Compare with the design")

    result = said(page.locator(".blank__result"))
    assert f"{len(labels) - 1} of {len(labels)} boxes named; 2 of {len(steps)} steps" in result
    assert record.architecture.components[order[0]].label in result
    expect(page.locator(".blank .node.is-missed")).to_have_count(1)
    assert page.locator(".blank .edge.is-missed").count() > 0
    assert page.locator(".blank .node__label:visible").count() >= len(labels)
    page.get_by_role("link", name="All rounds").click()
    expect(page.get_by_text(": blank board,")).to_be_visible()


def test_progress_shows_tracks_signals_and_time(page: Page, site: Site, look):
    begun(page)
    for scores in ([1, 1, 2, 2, 3], [2, 3, 3, 3, 4]):
        for _ in range(7):
            click(page, "Next phase")
        click(page, "End and score")
        score(page, *scores)
        click(page, "Show the result")
        page.get_by_role("link", name="All rounds").click()
        page.clock.run_for(60_000)
        if scores[0] == 1:
            page.get_by_role("button", name="Begin the round").click()
            page.locator(".clock").wait_for()
    room = page.locator(".progress")
    expect(room).to_contain_text("2 rounds scored. Weakest of late: Problem, 1.5 of 4.")
    assert room.get_by_role("group", name="Over time").locator("tbody tr").count() == 2
    assert "Feature stores22.4 of 4" in said(room.get_by_role("group", name="By track").locator("tbody tr"))
    assert room.locator("circle").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width


@one_look
def test_a_sheet_that_was_saved_as_a_file_is_read_by_import(page: Page, tmp_path):
    opened_room(page)
    page.get_by_role("link", name="Interviewer’s sheet").click()
    page.get_by_label("Notes").fill("from the file")
    page.locator(".sheet__signal").first.get_by_label("Weak", exact=True).check()
    with page.expect_download() as download:
        click(page, "Save as a file")
    file = tmp_path / "sheet.json"
    download.value.save_as(file)
    page.get_by_role("link", name="All rounds").click()

    page.get_by_label("File of rehearsals").set_input_files(file)

    expect(page.get_by_text("from the file")).to_be_visible()
    expect(page.locator("rehearsal-room").get_by_role("row", name="Problem")).to_contain_text("2 of 4")


@one_look
def test_a_card_of_the_index_leads_to_a_round_of_its_case(page: Page, site: Site):
    page.goto("cases/?track=deployment")
    record = next(entry.record for entry in site.library.cases() if entry.folder == "deployment")
    page.get_by_role("link", name=f"Rehearse {record.title}").click()
    expect(page.get_by_label("Case", exact=True)).to_have_value(re.compile("^deployment/"))
