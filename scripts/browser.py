"""See that the tests have a browser: Playwright's own, the system's, or one installed here and now.

The headless shell does what Chromium does without a window, in half the time: it has no tabs, bars or
menus to start for every test. Playwright's own browser comes with it; Debian has it as a package.
"""

import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
SYSTEM = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def own() -> Path | None:
    """Return Playwright's own Chromium, if it is installed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
        return path if path.exists() else None


def system() -> str | None:
    """Return the system's Chromium, if there is one; the shell before others."""
    return next((found for name in SYSTEM if (found := shutil.which(name))), None)


def attempt(*command: str) -> bool:
    """Run an installer; what it says is shown."""
    print("+", " ".join(command), flush=True)
    try:
        return subprocess.run(command, check=False, timeout=900).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    """Return 0 if there is a browser in the end."""
    if own() or shutil.which(SHELL):
        return 0
    if not system() and attempt(sys.executable, "-m", "playwright", "install", "chromium") and own():
        return 0
    if shutil.which("apt-get"):
        become = ["sudo", "-n"] if shutil.which("sudo") else []
        attempt(*become, "apt-get", "update", "-qq")
        attempt(*become, "apt-get", "install", "-y", "-qq", SHELL, "fonts-liberation")
    if system():
        return 0
    print("no browser: install Chromium, or run `.venv/bin/python -m playwright install chromium`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
