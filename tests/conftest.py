"""What holds for every test."""

import os
import signal

import pytest
from hypothesis import settings

# No example fails for being slow, and the same examples run everywhere, so that no pull request fails
# for what it did not touch. HYPOTHESIS_PROFILE=search looks further, and elsewhere each time.
settings.register_profile("casebook", deadline=None, max_examples=60, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=3000, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "casebook"))


def pytest_configure() -> None:
    """Let what tests start be interrupted: a shell's job in the background ignores it, and so does all it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with a file that builds the site and one that needs none, so that no process waits for the other's."""
    first = [item.path for item in items][:1]
    items.sort(key=lambda item: 0 if item.path in first else 1 if item.path.name == "test_flips.py" else 2)
