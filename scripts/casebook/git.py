"""Git, asked as a program. Imports nothing heavy."""

import shutil
import subprocess
from pathlib import Path


def said(base: Path, *arguments: str) -> str | None:
    """Return what git says, or None if there is no git, no repository, or no such commit."""
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run(
        [program, "-c", "core.quotePath=false", *arguments], cwd=base, capture_output=True, check=False
    )
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
