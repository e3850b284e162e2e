"""What the player of a case must say and show, flow by flow."""

from itertools import groupby

from browser.support import CASES, Site
from casebook.graph import letter
from casebook.spec import Case
from casebook.text import plain

IDLE = "Play a flow step by step: choose one below, or press Next."


def flows(site: Site, key: str) -> list[list[list[str]]]:
    """Return what the player must say: by flow and frame, the steps that are shown together."""
    case = site.library.entries[key].record
    assert isinstance(case, Case)
    parts = case.architecture.components
    told = []
    for index, flow in enumerate(case.architecture.flows.values()):
        steps = [
            (
                step.parallel or f"#{number}",
                f"{letter(index)}{number} · {parts[step.from_].label} → {parts[step.to].label}: {plain(step.does)}",
            )
            for number, step in enumerate(flow.steps, 1)
        ]
        told.append([[text for _, text in together] for _, together in groupby(steps, key=lambda step: step[0])])
    return told


def at_once(site: Site) -> tuple[str, int, int]:
    """Return a case, a flow and a frame with steps that happen at once."""
    for key in CASES:
        for index, frames in enumerate(flows(site, key)):
            for place, frame in enumerate(frames):
                if len(frame) > 1:
                    return key, index, place
    raise AssertionError("no case does two things at once")


def names(frame: list[str]) -> list[str]:
    return [text.partition(" · ")[0] for text in frame]


# What is on in each frame of a flow, from its first to its last.
FRAMES = """flow => {
    const all = (selector, told) => [...document.querySelectorAll(selector)].map(told);
    const opacity = (one) => +getComputedStyle(one).opacity;
    const toggles = [...document.querySelectorAll(".legend__flows > li > button")];
    const next = [...document.querySelectorAll(".player__keys button")].find((one) => one.textContent === "Next");
    const frame = () => ({
        pressed: toggles.flatMap((one, index) => one.ariaPressed === "true" ? [index] : []),
        said: all(".player__bar [role=status] p", (one) => one.textContent),
        arrows: all("#diagram .edge.is-on .edge__label", (one) => one.textContent),
        boxes: all("#diagram .node.is-on a", (one) => one.ariaLabel),
        lit: all("#diagram .edge.is-on", opacity),
        dim: all("#diagram .edge:not(.is-on, .is-lit)", opacity),
        marked: all(".steps > [aria-current=step] button", (one) => one.textContent),
    });
    toggles[flow].click();
    const frames = [frame()];
    while (next.ariaDisabled !== "true") {
        next.click();
        frames.push(frame());
    }
    return frames;
}"""
