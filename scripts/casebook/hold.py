"""A hook of the site builder: hold it until a page is written, and again until the figures are drawn.

`casebook build` starts the builder first of all, and writes to its input: an empty line when all files
are there by name, the name of each page when it is written, and the end when the figures are drawn. `casebook serve` of one case has it look for changes ten times a
second in place of two. Run in any other way, the builder finds all and waits for nothing.
"""

import os
import sys
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache

_written: set[str] = set()


def on_startup(**_: Any) -> None:
    """Wait for a line of input; the builder has loaded its parts by now, and read nothing."""
    if "CASEBOOK_HELD" in os.environ:
        sys.stdin.readline()


def on_page_read_source(page: Any, **_: Any) -> None:
    """Wait until the page is written, or until nobody writes any more."""
    while "CASEBOOK_HELD" in os.environ and page.file.src_uri not in _written:
        line = sys.stdin.readline()
        if not line:
            return
        _written.add(line.rstrip("\n"))


def on_env(env: Any, **_: Any) -> None:
    """Wait for the end of input, which comes too if the program that draws is killed.

    In a preview, keep what templates compile to: the builder would do it again for each save.
    """
    if "CASEBOOK_HELD" in os.environ:
        sys.stdin.read()
    if "CASEBOOK_PREVIEW" in os.environ:
        kept = Path("build/.cache/templates")
        kept.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(kept))


def on_serve(server: Any, **_: Any) -> None:
    """Let a preview follow a save at once: the builder's own pace costs it half a second."""
    if "CASEBOOK_PREVIEW" in os.environ:
        server.build_delay = 0.02
        for emitter in getattr(server.observer, "emitters", ()):
            emitter._timeout = 0.1  # which can be set only where the builder makes it
