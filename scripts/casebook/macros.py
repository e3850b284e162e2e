"""What hand-written pages may call through mkdocs-macros: counts, one number of one case, a list of cases.

Reads `build/facts.json`, which `casebook render` writes, so that it needs nothing of the package and
works in every builder that knows `define_env`.
"""

import html
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote


def define_env(env: Any) -> None:
    """Give the macros to the site builder. A wrong name ends the build with a sentence."""
    facts = json.loads(Path("build/facts.json").read_text(encoding="utf-8"))

    def case(key: str) -> Any:
        if key not in facts["cases"]:
            raise KeyError(f'there is no case "{key}"; there are {", ".join(facts["cases"])}')
        return facts["cases"][key]

    @env.macro  # type: ignore[untyped-decorator]  # mkdocs-macros has no types
    def count(what: str) -> str:
        """Return how many there are of cases, blocks, tradeoffs, estimates, decisions, sources or checks."""
        return str(facts["counts"][what])

    def named(key: str, kind: str, name: str) -> str:
        found = case(key)[kind]
        if name not in found:
            raise KeyError(f'case "{key}" has no "{name}" among its {kind}; it has {", ".join(found)}')
        return html.escape(found[name])

    @env.macro  # type: ignore[untyped-decorator]  # mkdocs-macros has no types
    def number(key: str, name: str) -> str:
        """Return one number of one case, in its author's unit."""
        return named(key, "numbers", name)

    @env.macro  # type: ignore[untyped-decorator]  # mkdocs-macros has no types
    def formula(key: str, name: str) -> str:
        """Return the formula of one estimate of one case."""
        return named(key, "formulas", name)

    @env.macro  # type: ignore[untyped-decorator]  # mkdocs-macros has no types
    def phases() -> str:
        """Return the phases of a round as a table: minutes by the length of the round."""
        heads = "".join(f'<th scope="col">{length} min</th>' for length in facts["phases"][0]["minutes"])
        rows = "".join(
            f'<tr><th scope="row">{html.escape(phase["title"])}</th>'
            + "".join(f'<td class="num">{count}</td>' for count in phase["minutes"].values())
            + "</tr>"
            for phase in facts["phases"]
        )
        return (
            '<div class="scroll scroll--minutes" tabindex="0" role="group" aria-label="The phases"><table class="plain"><thead>'
            f'<tr><th scope="col">Phase</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        )

    @env.macro  # type: ignore[untyped-decorator]  # mkdocs-macros has no types
    def decks() -> str:
        """Return links to the Anki deck of each track, as seen from a page one folder down."""
        return ", ".join(
            f'<a href="../assets/anki/{name}.apkg" download>{html.escape(title)}</a>'
            for name, title in facts["decks"].items()
        )

    @env.macro  # type: ignore[untyped-decorator]  # mkdocs-macros has no types
    def new_case() -> str:
        """Return a button for each track that opens the forge's page for a new file, with a case in it.

        The theme puts the address of the repository in the place of `@repository@`.
        """
        links = "".join(
            f'<a class="tool" href="@repository@/new/main/cases/{track}?filename=your-case.yml&amp;value={quote(part["text"])}">{html.escape(part["title"])}</a>'
            for track, part in facts["scaffolds"].items()
        )
        return f'<p class="keys">{links}</p>'

    @env.macro  # type: ignore[untyped-decorator]  # mkdocs-macros has no types
    def case_title(key: str) -> str:
        """Return the title of a case."""
        return html.escape(case(key)["title"])
