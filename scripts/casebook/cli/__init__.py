"""The command line: `casebook new | check | fmt | serve | build | render | explain | schema | compare | export`.

Exit codes: 0 clean, 1 findings that block, 2 misuse. What a command needs is imported when it runs, so
that one with nothing to do is quick. `common` holds what commands share, `author` those for who writes
a case, `publish` those that make the site, `reading` those that tell or give out what there is.
"""

import gc
import signal
import sys

from rich.markup import escape

from casebook.cli import author, publish, reading  # noqa: F401 - each adds its commands to the app
from casebook.cli.common import app, err


def main() -> None:
    """Run the command line; end an interrupt, a full disk or a read-only folder with one sentence."""
    # A run is short and makes no cycles worth finding; looking for them took a third of the check.
    gc.disable()
    # Asked to end, it ends the builder or server that it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except KeyboardInterrupt:
        err.print("casebook: interrupted")
        sys.exit(130)
    except OSError as error:
        err.print(
            f"[bold red]casebook:[/] {escape(str(error.strerror or error))}"
            + (f": {escape(str(error.filename))}" if error.filename else "")
        )
        sys.exit(1)
