"""What holds for every test."""

import os
import signal

from hypothesis import settings

# No example fails for being slow, and the same examples run everywhere, so that no pull request fails
# for what it did not touch. HYPOTHESIS_PROFILE=search looks further, and elsewhere each time.
settings.register_profile("casebook", deadline=None, max_examples=60, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=3000, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "casebook"))


def pytest_configure() -> None:
    """Let what tests start be interrupted: a shell's job in the background ignores it, and so does all it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
