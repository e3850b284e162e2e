"""One case in preview: a save examines, composes and draws that case again, and touches nothing else.

So a save costs the same in a library of ten and of thousands. What only the whole library can tell, such
as a sentence that stands in another case too, is left to the check.
"""

from pathlib import Path

from casebook import library, report, tree, works
from casebook.findings import Finding
from casebook.library import Library
from casebook.spec import Case
from casebook.store import Store


class Preview:
    """A case of a library that was rendered once, followed from save to save."""

    def __init__(self, base: Path, whole: Library, only: str) -> None:
        """Keep what the case is checked and drawn with: blocks, trade-offs, stubs, and the keys of the rest."""
        self.base, self.only = base, only
        self.path = whole.entries[only].path
        self.known = whole.entries.keys()
        self.others = [
            entry
            for entry in whole.entries.values()
            if entry.key != only and (not isinstance(entry.record, Case) or entry.record.draft)
        ]
        self.icons = [file.stem for file in (base / "docs/assets/icons").glob("*.svg")]
        self.bench = works.bench(whole, base / "docs", base / "build/.cache/pictures")

    @property
    def file(self) -> Path:
        return self.base / self.path

    def save(self) -> list[Finding]:
        """Take the file as it is now: return what is found in it; write its page, if nothing blocks.

        Raises OSError and DrawingError.
        """
        raw = self.file.read_bytes()
        entry = library.examine(raw, self.path, self.only, Store.digest(self.path.encode(), raw))
        shelf = library.assemble([*self.others, entry], icons=self.icons, known=self.known)
        findings = [finding for finding in shelf.findings if finding.place.path == self.path]
        tree.tell(self.base, findings)
        sound = not any(report.level(finding) == "error" for finding in findings)
        tree.renew(self.base, entry if sound else None, self.only, self.bench)
        return findings
