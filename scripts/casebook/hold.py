"""A hook of the site builder: hold it until the pages are written, and again until the figures are drawn.

`casebook build` starts the builder first of all, writes a line to its input when the pages are there,
and closes it when the figures are. Run in any other way, the builder finds all and waits for nothing.
"""

import os
import sys
from typing import Any


def on_startup(**_: Any) -> None:
    """Wait for a line of input; the builder has loaded its parts by now, and read nothing."""
    if "CASEBOOK_HELD" in os.environ:
        sys.stdin.readline()


def on_env(env: Any, **_: Any) -> None:  # noqa: ARG001 - the builder's signature
    """Wait for the end of input, which comes too if the program that draws is killed."""
    if "CASEBOOK_HELD" in os.environ:
        sys.stdin.read()
