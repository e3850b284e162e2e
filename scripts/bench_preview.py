"""Benchmark of the loop of who writes a case: the check, and from a save to the page that shows it.

    .venv/bin/python scripts/bench_preview.py [CASES]

In a library of 1,000 generated cases, or as many as are asked for.
"""

import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from bench import generate, timed

KEY = "deployment/llm-chat-serving"
SAVES = 8


def shown(url: str) -> str:
    """Return a page, or nothing where none is served yet."""
    try:
        with urlopen(url, timeout=60) as page:  # noqa: S310 - this machine
            return str(page.read().decode())
    except OSError:
        return ""


def saves(base: Path, casebook: str) -> tuple[float, list[float]]:
    """Serve one case; return the seconds until it is up, and from each save to the page that shows it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url, file = f"http://127.0.0.1:{port}/cases/{KEY}/", base / f"cases/{KEY}.yml"
    start = time.perf_counter()
    server = subprocess.Popen(
        [casebook, "serve", KEY, "--port", str(port)], cwd=base, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not shown(url):
            time.sleep(0.1)
        up, times = time.perf_counter() - start, []
        time.sleep(2)
        text = file.read_text(encoding="utf-8")
        for number in range(SAVES):
            start = time.perf_counter()
            file.write_text(
                re.sub(r"^title: .*$", f"title: Saved {number}", text, count=1, flags=re.MULTILINE), encoding="utf-8"
            )
            while f">Saved {number}</h1>" not in shown(url):
                time.sleep(0.02)
            times.append(time.perf_counter() - start)
            time.sleep(1.5)
        return up, times
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def main() -> None:
    """Print what a contributor waits for."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    casebook = str(Path(sys.executable).with_name("casebook"))
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        generate(base, cases)
        print(f"check of {cases} cases, cold               {timed(casebook, 'check', cwd=base):7.2f} s")
        warm = min(timed(casebook, "check", cwd=base) for _ in range(3))
        print(f"  again, and after one edit             {warm:7.2f} s (under 5 s)")
        up, times = saves(base, casebook)
        print(f"serve of one case: up after             {up:7.2f} s")
        print(f"  from a save to the page that shows it {median(times):7.2f} s, at most {max(times):.2f} (under 1 s)")


if __name__ == "__main__":
    main()
