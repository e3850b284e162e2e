"""What a change of the library does, as Markdown for who reviews it: records, numbers, decisions, diagrams; pure.

A stranger wrote the records, and a forge follows mentions, references and addresses even in plain text.
So all that comes from a record stands in code, where nothing is read.
"""

import sys
from dataclasses import dataclass, replace

from casebook import differences, graph, report, text
from casebook.findings import Finding
from casebook.library import Entry, Library
from casebook.spec import Block, Case, Moved
from casebook.text import code

LISTED = 50  # records of a kind, or findings, that are named; the rest is counted


@dataclass(frozen=True)
class Change:
    """Two libraries, which record of the one became which of the other, and where their sites are."""

    before: Library
    after: Library
    pairs: dict[str, str]  # after -> before
    site: str
    preview: str


def compare(before: Library, after: Library, site: str = "", preview: str = "", longest: int = sys.maxsize) -> str:
    """Return what has changed, at most `longest` characters.

    `site` and `preview` are the addresses at which the two are published, for links and pictures; what
    has none is named only.
    """
    old, new = _live(before), _live(after)
    moves = {key: stub.moved_to for key, stub in after.moved().items() if key in old}
    came = [key for key in new if key not in old and key not in moves.values()]
    went = [key for key in old if key not in after.entries]
    pairs = {key: key for key in new if key in old}
    pairs.update({to: key for key, to in moves.items() if to in new and to not in old})
    change = Change(before, after, pairs, site.rstrip("/"), preview.rstrip("/"))
    changed = [key for key in sorted(pairs) if _differs(change, key)]

    head = "## What this changes\n\n"
    kinds: list[tuple[str, list[str]]] = [
        ("Came", [_named(change, key) for key in came]),
        ("Went", [f"{code(key)} {_title(old[key])}" for key in went]),
        ("Moved", [f"{code(key)} to {_named(change, to)}" for key, to in moves.items()]),
        ("Changed", [_named(change, key) for key in changed]),
    ]
    for kind, names in kinds:
        more = [f"and {len(names) - LISTED} more"] if len(names) > LISTED else []
        head += "".join(f"- {kind}: {name}\n" for name in [*names[:LISTED], *more])
    if not any(names for _, names in kinds):
        head += "No record differs.\n"
    parts = [head, *(_section(change, key) for key in changed), *(_new(change, key) for key in came)]
    paths = {new[key].path for key in [*came, *changed]} | {f"cases/{key}.yml" for key in went}
    parts.insert(1, _findings(change, paths))
    made, left = "", 0
    for part in filter(None, parts):
        fits = len(made) + len(part) < longest - 100
        made += f"{part.strip()}\n\n" if fits else ""
        left += not fits
    if left:
        made += f"{left} {'part is' if left == 1 else 'parts are'} left out here; `casebook compare` prints all.\n"
    return made.strip() + "\n"


def _live(library: Library) -> dict[str, Entry]:
    """Return the records that are no stubs, broken ones too."""
    return {key: entry for key, entry in sorted(library.entries.items()) if not isinstance(entry.record, Moved)}


def _title(entry: Entry) -> str:
    if entry.record is None:
        return "(has errors)"
    return code(entry.record.title) + (" (draft)" if getattr(entry.record, "draft", False) else "")


def _named(change: Change, key: str) -> str:
    """Return a record of the library after, with a link to its page if there is one."""
    entry = change.after.entries.get(key)
    link = f"[{code(key)}]({change.preview}/{text.url(key)})" if change.preview else code(key)
    return f"{link} {_title(entry)}" if entry else code(key)


def _differs(change: Change, key: str) -> bool:
    """Return whether a record says something else, or its picture does: one of its blocks may have changed."""
    before, after = change.before.entries[change.pairs[key]], change.after.entries[key]
    if before.record is None and after.record is None:
        return before.digest != after.digest
    return bool(before.record != after.record) or _pictures(change, key) is not None


def _section(change: Change, key: str) -> str:
    before, after = change.before.entries[change.pairs[key]], change.after.entries[key]
    if isinstance(after.record, Block) and isinstance(before.record, Block):
        told = [*differences.figures(before.record, after.record)]
        return f"### {_named(change, key)}\n\n" + "\n".join(told) if told else ""
    if key.startswith(("blocks/", "tradeoffs/")):
        return ""
    if not isinstance(after.record, Case) or not isinstance(before.record, Case):
        which = "now" if after.record is None else "before"
        return f"### {_named(change, key)}\n\nIt has errors {which}, so that its numbers cannot be compared."
    told = []
    if before.record.status != after.record.status:
        told.append(f"Status: {code(before.record.status)}, now {code(after.record.status)}.\n")
    told += differences.of(before, after)
    told += _pictures(change, key) or ()
    same = "Its texts alone differ: numbers, requirements, decisions and diagram are the same."
    return f"### {_named(change, key)}\n\n" + ("\n".join(told) or same)


def _new(change: Change, key: str) -> str:
    """Return the picture of a case that came."""
    if not change.preview or _drawn(change.after, key) is None:
        return ""
    return f"### {_named(change, key)}\n\n{_picture('after', change.preview, key)}"


def _drawn(library: Library, key: str) -> graph.Graph | None:
    """Return what is seen of a case's diagram, without what only a screen reader tells; None if it cannot be drawn."""
    record, blocks = library.entries[key].record, {name: entry.record for name, entry in library.blocks().items()}
    if not isinstance(record, Case):
        return None
    parts, flows = record.architecture.components, record.architecture.flows.values()
    if not {end for flow in flows for step in flow.steps for end in (step.from_, step.to)} <= parts.keys():
        return None
    if not {part.block for part in parts.values()} <= blocks.keys():
        return None
    whole = graph.build("", record, blocks)
    boxes = tuple(replace(vertex, does="", block="") for vertex in whole.vertices)
    return replace(whole, title="", description="", vertices=boxes)


def _pictures(change: Change, key: str) -> list[str] | None:
    """Return how a diagram has changed, with the pictures; None if it has not, or if one of the two cannot be drawn."""
    before, after = change.before.entries[change.pairs[key]], change.after.entries[key]
    old, new = _drawn(change.before, before.key), _drawn(change.after, key)
    if old is None or new is None or old == new:
        return None
    labels = [{vertex.id: vertex.label for vertex in drawn.vertices} for drawn in (old, new)]
    words = [
        f"{word} {', '.join(code(one[name]) for name in one if name not in other)}"
        for word, one, other in (("came", labels[1], labels[0]), ("went", labels[0], labels[1]))
        if one.keys() - other.keys()
    ]
    told = [f"The diagram has changed{': ' + '; '.join(words) if words else ''}.\n"]
    shown = [
        _picture(word, base, entry.key)
        for word, base, entry in (("before", "" if before.record.draft else change.site, before), ("after", change.preview, after))
        if base
    ]  # fmt: skip
    return [*told, *shown]


def _picture(word: str, base: str, key: str) -> str:
    return f"![{word}]({base}/assets/diagrams/{key}.png)"


def _findings(change: Change, paths: set[str]) -> str:
    """Return the findings of the files that changed, and those that the change has brought elsewhere."""

    def inside(finding: Finding) -> tuple[str, str, str]:
        return finding.code, finding.place.path.partition("/")[2], finding.what

    known = {inside(finding) for finding in change.before.findings}
    found = [
        finding for finding in change.after.findings if finding.place.path in paths or inside(finding) not in known
    ]
    if not found:
        return ""
    found.sort(key=lambda finding: (report.level(finding) != "error", finding.order))
    more = f"\nand {len(found) - LISTED} more" if len(found) > LISTED else ""
    return report.markdown(found[:LISTED], len(paths)).replace("### ", "### Findings: ", 1) + more
