"""Benchmarks on a generated library: ratios measured in one run, apart from the tests.

    .venv/bin/python scripts/bench.py [CASES]

The ratio is of the best of several rounds each, taken in turns. Cases are copies of the real ones with every text changed, so that nothing is shared or cached.
"""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from casebook.library import load
from casebook.site import QUIET
from casebook.store import Store

HERE = Path(__file__).resolve().parent.parent
ROUNDS = 5


def generate(base: Path, cases: int) -> None:
    """Make a project with this many cases, and the real blocks, trade-offs and pages."""
    for name in ("docs", "cases/blocks", "cases/tradeoffs"):
        shutil.copytree(HERE / name, base / name)
    shutil.copy(HERE / "mkdocs.yml", base)
    (base / "scripts/casebook").mkdir(parents=True)
    for name in ("macros.py", "hold.py"):
        shutil.copy(HERE / "scripts/casebook" / name, base / "scripts/casebook")
    real = sorted(
        file
        for track in ("deployment", "feature-stores", "pipelines")
        for file in (HERE / "cases" / track).glob("*.yml")
    )
    for number in range(cases):
        file = real[number % len(real)]
        head = file.read_text(encoding="utf-8").split("\n", 1)[0]
        record = vary(yaml.load(file.read_text(encoding="utf-8"), yaml.CBaseLoader), number)  # noqa: S506 - reads text only
        record["title"] = f"{record['title'][:60]} no. {number}"
        target = (
            base / "cases" / file.parent.name / (file.name if number < len(real) else f"{file.stem[:50]}-{number}.yml")
        )
        target.parent.mkdir(exist_ok=True)
        target.write_text(
            head + "\n" + yaml.dump(record, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110),
            encoding="utf-8",
        )


def vary(node: object, number: int, key: str = "") -> object:
    """Return a record with every long sentence changed."""
    if isinstance(node, dict):
        return {name: vary(value, number, name) for name, value in node.items()}
    if isinstance(node, list):
        return [vary(value, number, key) for value in node]
    if isinstance(node, str) and len(node) > 110 and key not in ("url", "archive", "quote", "formula"):
        return f"{node.rstrip('.')} ({number})."
    return node


def timed(*command: str, cwd: Path) -> float:
    """Run a program and return its seconds; its failure ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **QUIET}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
    return time.perf_counter() - start


def shown(times: list[float]) -> str:
    """Return the best of some times, and all of them."""
    return f"{min(times):7.2f} s   (of {', '.join(f'{each:.1f}' for each in times)})"


def weight(page: Path) -> tuple[int, int]:
    """Return bytes transferred for a page with what it loads, gzip, without the search index; and their number."""
    import re

    html = page.read_text(encoding="utf-8")
    loaded = {page}
    for link in re.findall(r'(?:href|src)="([^"#?]+\.(?:css|js|svg|png|json))[#"?]', html):
        if not link.startswith("http") and "assets/diagrams/" not in link and "workers/" not in link:
            loaded.add((page.parent / link).resolve())
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in loaded), len(loaded)


def main() -> None:
    """Print every figure with what it is a ratio of."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    casebook = str(Path(sys.executable).with_name("casebook"))
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        generate(base, cases)
        wholes, plains = [], []
        for _ in range(ROUNDS):  # in turns, so that a slow minute of the machine falls on both
            shutil.rmtree(base / "build", ignore_errors=True)
            wholes.append(timed(casebook, "build", "--force", cwd=base))
            plains.append(timed(sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(base / "plain"), cwd=base))
        whole, plain = min(wholes), min(plains)
        print(f"{cases} cases, whole build, cold          {shown(wholes)}")
        print(f"plain MkDocs on the finished build/docs  {shown(plains)}")
        print(f"  ratio                                  {whole / plain:7.2f}   (at most 1.25)")
        shutil.rmtree(base / "build")
        first = timed(casebook, "render", cwd=base)
        second = timed(casebook, "render", cwd=base)
        print(f"check and draw, cold                     {first:7.2f} s")
        print(f"  again, nothing changed                 {second:7.2f} s, {100 * second / first:.1f} % (under 5 %)")
        edited = next((base / "cases/pipelines").glob("*.yml"))
        edited.write_text(edited.read_text(encoding="utf-8").replace("minutes: 45", "minutes: 50"), encoding="utf-8")
        print(f"  one case edited                        {timed(casebook, 'render', cwd=base):7.2f} s")
        store = Store(base / "build/.cache/store")
        icons = [file.stem for file in (base / "docs/assets/icons").glob("*.svg")]
        start = time.perf_counter()
        library = load(base / "cases", icons, store)
        warm = (time.perf_counter() - start) / len(library.entries)
        print(f"check, warm, a record                    {1000 * warm:7.2f} ms (under 5 ms)")
        start = time.perf_counter()
        load(base / "cases", icons)
        print(
            f"check, cold, a record                    {1000 * (time.perf_counter() - start) / len(library.entries):7.2f} ms"
        )
        for page in sorted((base / "site/cases").glob("*/*/index.html"))[:3]:
            size, files = weight(page)
            print(
                f"page weight, {page.parent.name[:24]:24}    {size / 1000:7.1f} kB gzip in {files} files (under 150 kB)"
            )


if __name__ == "__main__":
    main()
