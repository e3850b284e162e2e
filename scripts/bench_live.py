"""From input to repainted page: the script time of one step of a slider, by the browser's own timeline.

    .venv/bin/python scripts/bench_live.py

Needs a built site. For each case, every slider takes ten steps; what is told is the time that the
page's scripts, style, layout and paint took for one, from Chromium's `Performance` metrics.
"""

import os
import shutil
import statistics
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

SITE = Path(__file__).resolve().parent.parent / "site"
STEPS = 10
PARTS = {"ScriptDuration": "script", "RecalcStyleDuration": "style", "LayoutDuration": "layout"}


class Quiet(SimpleHTTPRequestHandler):
    """Serve without a line for every request."""

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def main() -> None:
    """Print milliseconds a step, median and worst slider, for every case."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        found = os.environ.get("CASEBOOK_CHROMIUM") or (str(own) if own.exists() else shutil.which("chromium"))
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")

        def metrics() -> dict[str, float]:
            got = {part["name"]: part["value"] for part in session.send("Performance.getMetrics")["metrics"]}
            return {PARTS[name]: 1000 * got[name] for name in PARTS}

        for file in sorted((SITE / "assets/data").glob("*/*.json")):
            key = f"{file.parent.name}/{file.stem}"
            page.goto(f"http://127.0.0.1:{server.server_port}/cases/{key}/")
            page.locator(".live-slider").first.wait_for()
            page.wait_for_timeout(1500)
            steps: list[dict[str, float]] = []
            for index in range(page.locator("tr .live-slider").count()):
                page.evaluate("index => document.querySelectorAll('tr .live-slider')[index].focus()", index)
                before = metrics()
                # Faster than the pause after which the rest is drawn, as a hand that drags.
                page.evaluate(
                    """async ([index, steps]) => {
                        const slider = document.querySelectorAll("tr .live-slider")[index];
                        for (let step = 1; step <= steps; step += 1) {
                            slider.value = (slider.max * step) / (steps + 1);
                            slider.dispatchEvent(new Event("input"));
                            await new Promise(requestAnimationFrame);
                        }
                    }""",
                    [index, STEPS],
                )
                after = metrics()
                steps.append({part: (after[part] - before[part]) / STEPS for part in before})
                page.wait_for_timeout(400)
            typical = {part: statistics.median(step[part] for step in steps) for part in steps[0]}
            worst = {part: max(step[part] for step in steps) for part in steps[0]}
            said = ", ".join(f"{part} {typical[part]:.1f} (worst {worst[part]:.1f})" for part in typical)
            print(f"{key:45} {len(steps):2} sliders, ms a step: {said}   (script under 16)")
        browser.close()


if __name__ == "__main__":
    main()
