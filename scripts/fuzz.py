"""Made-up input for every part that reads what a stranger wrote: does any of it break, hang or swell?

    .venv/bin/python -m pip install atheris   # guides by coverage; without it, hypothesis makes the input
    .venv/bin/python scripts/fuzz.py TARGET [SECONDS] [FOLDER]

Targets are `files` (any bytes), `edits` (a sound record after some edits), `numbers` (a case of extreme
numbers), `formulas`, `quantities` and `texts`. What breaks is kept in the folder (`build/fuzz/TARGET`), one input a fault, and the run goes on.
Limits are 1 s of the processor for one input, and 500 MB of memory for all of them.
"""

import contextlib
import os
import re
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

try:
    import atheris
except ImportError:  # not for every Python and machine
    atheris = None

with atheris.instrument_imports(include=["casebook"]) if atheris else contextlib.nullcontext():
    from casebook import (
        catalogue,
        data,
        evaluation,
        formula,
        layout,
        library,
        mend,
        pages,
        quantity,
        report,
        source,
        text,
        trend,
    )

SLOW = 2.5 if atheris else 1.0  # seconds of the processor; to count what is covered takes 2.5 times as long
HANGS, SWOLLEN = 10.0, 500 * 1024  # seconds, kilobytes
FOLDERS = ("feature-stores", "blocks", "tradeoffs")
SAMPLE = {name.split("/")[1]: raw.decode() for name, raw in catalogue.sample().items()}  # one of each folder
SAMPLE["moved"] = "# moved\nmoved_to: feature-stores/parcel-arrival\nwhy: It was merged.\n"
EVIL = (
    *("", "~", "[]", "{}", "[[]]", "{a: b}", "- a", "|", ">-\n  a\n\n  b", "&a b", "*a", "!!str a", "? a", "<<: a"),
    *("'", '"', "`", "[", "](", "](a", "*", "**", "_", "\\", "<b>", "{{", "&#1;", "](blocks/page)", ": ", " #", "\t"),
    *("\u202e", "\ufeff", "\u00a0", "\u0663", "\U0001f642", "\r", "\n", "\x00", "\x85", '"\\x0c"', '"\\ud800"', "é"),
    *("0", "-1", "9" * 60, "9" * 5000, "1e999", "1e-999", "1e-30", "1e29 year", "1_0", "٣ ms", ".5", "4.0", "2100"),
    *("parcels", "servers", "views / 0", "9**9**9", "ceil(9e29**9)", "1 < 2 < 3", "not " * 9, "-" * 40, "(" * 200),
    *("<= 5 s", ">= 1e30 EB", "5 GB", "1 s**9*s**9", "1 %*%", "predict.p99", "store", "ready", "stream", "draft"),
)
TOKENS = (
    *(
        "parcels",
        "views",
        "x",
        "min(",
        "max(",
        "ceil(",
        "floor(",
        "sqrt(",
        "log2(",
        " and ",
        " or ",
        "not ",
        "**",
        "//",
    ),
    *(
        "<=",
        "==",
        "1e29",
        "1e-29",
        "0.5",
        "9" * 40,
        " million ",
        " thousand",
        "request/s",
        "kB",
        "GiB",
        "%",
        "µs",
        "1/s",
    ),
    *("](", "](https://a.org)", "](javascript:a)", "<b>", "{{ x }}", "**", "``", "\n\n", "\n- ", "\n1. ", "&amp;"),
)


class Choices:
    """Choices made by the bytes of an input, so that whoever varies the bytes varies the choices."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self.raw)

    def number(self, below: int) -> int:
        taken = self.raw[self.at : self.at + (1 if below <= 256 else 2)]
        self.at += max(1, len(taken))
        return int.from_bytes(taken, "big") % max(1, below)

    def one(self, among: Any) -> Any:
        return among[self.number(len(among))]

    def written(self) -> str:
        """Return the rest as text: a byte is a character or, from 128, a token."""
        rest, self.at = self.raw[self.at :], len(self.raw)
        return "".join(chr(byte) if byte < 128 else TOKENS[byte % len(TOKENS)] for byte in rest)


def whole(raw: bytes, folder: str) -> None:
    """Check a file, say all that is found, and put it in form; a sound one has its page."""
    entry = library.examine(raw, f"cases/{folder}/x.yml", f"{folder}/x")
    told = raw.decode("utf-8-sig", "replace")
    lines = re.split(r"\r\n|\r|\n", told)
    for finding in entry.findings:
        assert finding.fix, finding
        assert report.text(finding)
        assert 1 <= finding.place.line <= len(lines), finding
        assert all(1 <= each.line <= len(lines) + 1 and each.column >= 1 for each in finding.mends), finding
        assert not finding.mends or mend.apply(told, finding.mends) != told, finding
    assert report.as_json(entry.findings)
    chosen = mend.together(told, entry.findings)
    mend.apply(told, [each for finding in chosen for each in finding.mends])
    made = layout.tidy(raw, folder)
    before, after = source.parse(raw, "")[0], source.parse(made, "")[0]
    assert (before and before.data) == (after and after.data), "the form changes what a file says"
    if entry.numbers and not any(catalogue.blocks(finding.code) for finding in entry.findings):
        data.as_json(entry.record)
        with contextlib.suppress(KeyError):  # the rules over the library hold a case to its blocks and trade-offs
            pages.case(entry, NAMES)


def files(raw: bytes) -> None:
    """Any bytes, as a file of each folder."""
    made = Choices(raw)
    whole(raw[1:], made.one(FOLDERS))


def edits(raw: bytes) -> None:
    """A sound record after some edits: of lines, of words, of what stands behind a key."""
    made = Choices(raw)
    kind = made.one(("feature-stores", "feature-stores", "blocks", "tradeoffs", "moved"))
    told = SAMPLE[kind]
    for _ in range(made.number(6) + 1):
        told = edited(told, made)
        if not made or len(told) > 300_000:
            break
    whole(told.encode(errors="surrogatepass"), "feature-stores" if kind == "moved" else kind)


AMOUNTS = ("0", "1", "0.3", "2", "1e-29", "-2", "1e-30", "1e30", "7e9", "100", "3 trillion", "1e15", "0.999999999")
SIGNS = (" * ", " * ", " * ", " / ", " + ", " - ", " ** ")
SUMS = """\
requirements:
  functional: [x]
  quality:
    - {{id: one, text: x, measure: e1, limit: ">= {limit}"}}
    - {{id: two, text: x, measure: predict.p99, limit: "{sense} 1e30 s"}}
assumptions:
  second: {{value: 1 s, why: x}}
{given}
estimates:
{sums}
  fast: {{formula: abs * second, unit: ms, why: x}}
  slow: {{formula: fast + e4 ** 2 * second, unit: year, why: x}}
architecture:
  components:
    page: {{block: page, label: Page, does: x}}
    model: {{block: predictor, label: Model, does: x, latency: {{p50: fast, p99: slow}}, load: abs, capacity: 1e30, replicas: e2, why: x}}
    store: {{block: store, label: Store, does: x, latency: {{p50: {low} s, p99: {high} s}}, load: abs, capacity: 1e30, replicas: e3, why: x}}
  flows:
    predict: {{title: Show, kind: request, steps: [{{from: page, to: model, does: x}}, {{from: model, to: store, does: x}}]}}
"""


def numbers(raw: bytes) -> None:
    """A case whose numbers are extreme and whose units agree, so that every sum and every chart is reached."""
    made = Choices(raw)

    def amount() -> str:
        return f"{made.number(1000) / 100}e{made.number(57) - 28}" if made.number(4) == 0 else made.one(AMOUNTS)

    def part(names: list[str], depth: int = 0) -> str:
        act = made.number(8) if depth < 4 else 0
        if act < 3:
            return str(made.one(names) if made.number(4) else made.one(AMOUNTS[:5]))
        if act < 7:
            return f"({part(names, depth + 1)}{made.one(SIGNS)}{part(names, depth + 1)})"
        call = made.one(("min", "max", "max", "ceil", "floor", "sqrt", "log2", "-"))
        return f"{call}({part(names, depth + 1)}{', ' + part(names, depth + 1) if call in ('min', 'max') else ''})"

    def read(amount: str) -> float:
        return quantity.parse(amount).base

    given, sums, names = [], [], []
    for name in ("abs", "a1", "a2", "a3"):
        low, value, high = sorted((amount(), amount(), amount()), key=read)
        span = f"range: [{low}, {high}], " if 0 < read(low) < read(high) else ""
        given.append(f"  {name}: {{value: {value.removeprefix('-')}, {span}why: x}}")
        names.append(name)
    for name in ("e1", "e2", "e3", "e4"):
        sums.append(f'  {name}: {{formula: "{part(names)}", unit: "{made.one(("", "", "percent"))}", why: x}}')
        names.append(name)
    head, _, rest = SAMPLE[FOLDERS[0]].partition("requirements:")
    tail = rest[rest.index("failures:") :]
    low, high = sorted((amount().removeprefix("-"), amount().removeprefix("-")), key=read)
    told = SUMS.format(
        limit=made.one(("-1e30", amount())),
        sense=made.one(("<=", ">=")),
        given="\n".join(given),
        sums="\n".join(sums),
        low=low,
        high=high,
    )
    tail = re.sub("(?<=when: )[^,]+", lambda _: f'"{part(names)} {made.one(("<", ">=", "!="))} {part(names)}"', tail)
    tail = tail.replace("{views: 300 million request/day}", f"{{a1: {amount()}, abs: {amount()}}}")
    tail = tail.replace("    component: scans\n", "").replace("source: carrier-report", "why: x")
    told = head + told + tail
    entry = library.examine(told.encode(), "cases/feature-stores/x.yml", "feature-stores/x")
    for index, (pick, _) in sorted(entry.numbers.picks.items() if entry.numbers else ()):
        before, mark, after = told.rpartition("    pick: " if index else "    pick: ready")
        told = f"{before}    pick: {pick}{after[after.index(chr(10)) :] if index else after}" if mark else told
    whole(told.encode(), FOLDERS[0])


def edited(told: str, made: Choices) -> str:
    """Return a text after one edit."""
    lines = told.split("\n")
    here = made.number(len(lines))
    act = made.number(9)
    if act == 0:
        del lines[here]
    elif act == 1:
        lines.insert(made.number(len(lines)), lines[here])
    elif act == 2:
        lines[here] = made.one(("  ", " ", "\t", "- ", "")) + lines[here].removeprefix(made.one(("  ", " ", "-")))
    elif act == 3:
        lines[here:here] = lines[here : here + 1 + made.number(6)] * (1 + made.number(400))
    else:
        words = list(re.finditer(r"[\w.-]+|: .*", lines[here])) if act < 8 else []
        if not words:
            lines[here] = lines[here][: made.number(80)] + made.one(EVIL) + lines[here][made.number(80) :]
        else:
            word = made.one(words)
            others = re.findall(r"[\w-]+", told)
            put = (
                made.one(EVIL) * (1 + made.number(3) ** made.number(7)) if act < 7 else others[made.number(len(others))]
            )
            lead = ": " if word[0].startswith(": ") else ""
            lines[here] = lines[here][: word.start()] + lead + put + lines[here][word.end() :]
    return "\n".join(lines)


def formulas(raw: bytes) -> None:
    """A text as a formula: its units, its value for small and huge numbers, its trend, its data."""
    made = Choices(raw)
    values = {name: made.one((0.0, 1.0, 0.3, -2.0, 1e-90, 1e90, 7e9)) for name in ("parcels", "views", "x")}
    of = {name: made.one(((), (("time", 1.0),), (("item", 1.0), ("time", -1.0)))) for name in values}
    try:
        read = formula.parse(made.written())
        formula.as_data(read.tree)
        evaluation.dimension(read.tree, of)
        trend.trend(read.tree, lambda name: trend.Trend(1, values[name] > 0))
        evaluation.evaluate(read.tree, values)
    except formula.FormulaError as error:
        assert error.message


def quantities(raw: bytes) -> None:
    """A text as a quantity and as a unit; one that is read can be shown, and read again."""
    told = Choices(raw).written()
    for read in (quantity.parse, quantity.unit):
        try:
            got = read(told)
        except quantity.QuantityError as error:
            assert error.message
            assert error.fix
            continue
        if isinstance(got, quantity.Quantity):
            assert quantity.show(got.value)
            assert abs(got.base) < 1e91
            assert got.base == 0 or abs(got.base) > 1e-91
        quantity.describe(got.dims)


TAGS = re.compile(
    r'</?(p|ul|ol|li|em|strong|code|br)( start="\d+")?\s?/?>|<a( href="(https?://[^"<>]*|[a-z./-]+[^"<>]*)")?>|</a>'
)


def texts(raw: bytes) -> None:
    """A text of a record: what becomes of it holds no markup but ours."""
    told = Choices(raw).written()[:4000]
    for shown in (text.block(told, "../"), text.line(told), text.heading(told), text.attribute(told)):
        assert not re.search(r"[<>{}]", TAGS.sub("", shown)), shown
    text.plain(told)
    text.links(told)


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (files, edits, numbers, formulas, quantities, texts)
}
NAMES = pages.Names.of(
    library.assemble(
        library.examine(raw, name, f"{Path(name).parent.name}/{Path(name).stem}")
        for name, raw in catalogue.sample().items()
    )
)


class Watch:
    """Runs a target on one input after another, counts, and keeps the first input of each fault."""

    def __init__(self, name: str, seconds: float, folder: Path) -> None:
        self.name, self.act, self.folder = name, TARGETS[name], folder
        self.start, self.until = time.monotonic(), time.monotonic() + seconds
        self.runs, self.slowest, self.used = 0, 0.0, 0.0
        self.faults: dict[str, str] = {}
        self.swollen = max(SWOLLEN, memory())
        signal.signal(signal.SIGPROF, self.hung)

    def hung(self, *_: Any) -> None:
        raise TimeoutError(f"more than {HANGS:.0f} s")

    def one(self, raw: bytes) -> None:
        if time.monotonic() > self.until:
            self.tell()
            os._exit(bool(self.faults))  # libFuzzer would go on
        before = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, HANGS)
        try:
            self.act(raw)
        except Exception as error:
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "casebook" in frame.filename]
            where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else str(error)[:80]
            self.keep(f"{type(error).__name__} at {where}", raw, "".join(traceback.format_exception(error)))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        took = time.process_time() - before
        self.runs += 1
        self.used += took
        self.slowest = max(self.slowest, took)
        if took > SLOW:
            self.keep(f"slow by {took:.0f} s", raw, f"{took:.2f} s")
        if memory() > self.swollen:
            self.swollen = memory() * 2
            self.keep("swollen", raw, f"{memory() // 1024} MB")
        if self.runs % 5000 == 0:
            self.tell()

    def keep(self, fault: str, raw: bytes, told: str) -> None:
        if fault in self.faults:
            return
        self.faults[fault] = told
        file = self.folder / f"fault-{blake2b(raw, digest_size=6).hexdigest()}"
        file.write_bytes(raw)
        file.with_suffix(".txt").write_text(f"{fault}\n{told}\n", encoding="utf-8", errors="replace")
        print(f"{self.name}: {fault}: {file}", flush=True)

    def tell(self) -> None:
        passed = time.monotonic() - self.start
        print(
            f"{self.name}: {self.runs:,} inputs in {passed:.0f} s ({self.used:.0f} s of the processor), "
            f"slowest {self.slowest:.2f} s, {memory() // 1024} MB, {len(self.faults)} faults",
            flush=True,
        )


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def seeds(name: str) -> Iterator[bytes]:
    """Return the first inputs of a target."""
    if name == "files":
        for index, folder in enumerate(FOLDERS):
            yield bytes([index]) + SAMPLE[folder].encode()[:6000]
        yield from (b"\0" + each.encode(errors="surrogatepass") for each in EVIL)
    elif name == "formulas":
        yield from (b"\1" * 6 + each.encode() for each in (*re.findall(r"formula: ([^,]*)", SAMPLE[FOLDERS[0]]), *EVIL))
    elif name in ("quantities", "texts"):
        yield from (
            each.encode(errors="surrogatepass") for each in (*re.findall(r": ([^,\n]*)", SAMPLE[FOLDERS[0]]), *EVIL)
        )
    elif name == "numbers":
        yield from (bytes((seed * step) % 251 for step in range(120)) for seed in range(60))
    else:
        yield from (
            bytes([0, 3, line % 256, act, act * 7, line % 251, act]) for line in range(0, 150, 3) for act in range(9)
        )


def main() -> None:
    """Run one target, and end with 1 if it found a fault."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise SystemExit(f"usage: fuzz.py {'|'.join(TARGETS)} [SECONDS] [FOLDER]")
    name = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else f"build/fuzz/{name}")
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    watch = Watch(name, seconds, folder)
    if atheris:
        for raw in seeds(name):
            (folder / "corpus" / blake2b(raw, digest_size=8).hexdigest()).write_bytes(raw)
        longest = {"files": 8000, "edits": 60, "numbers": 300}.get(name, 400)
        atheris.Setup([sys.argv[0], str(folder / "corpus"), f"-max_len={longest}", "-verbosity=0"], watch.one)
        atheris.Fuzz()
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    for raw in seeds(name):
        watch.one(raw)
    kept = st.binary(max_size=400) | st.sampled_from([*seeds(name)]).flatmap(
        lambda raw: st.tuples(st.just(raw), st.integers(0, len(raw)), st.binary(max_size=8)).map(
            lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + len(parts[2]) :]
        )
    )
    while True:
        settings(max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck))(
            given(kept)(watch.one)
        )()


if __name__ == "__main__":
    main()
