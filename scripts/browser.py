"""See that the tests have a browser: Playwright's own, the system's, or one installed here and now."""

import shutil
import subprocess
import sys
from pathlib import Path

SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def own() -> Path | None:
    """Return Playwright's own Chromium, if it is installed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
        return path if path.exists() else None


def system() -> str | None:
    """Return the system's Chromium, if there is one."""
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
    if own() or system():
        return 0
    if attempt(sys.executable, "-m", "playwright", "install", "chromium") and own():
        return 0
    if shutil.which("apt-get"):
        become = ["sudo", "-n"] if shutil.which("sudo") else []
        attempt(*become, "apt-get", "update", "-qq")
        if attempt(*become, "apt-get", "install", "-y", "-qq", "chromium", "fonts-liberation") and system():
            return 0
    print("no browser: install Chromium, or run `.venv/bin/python -m playwright install chromium`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
