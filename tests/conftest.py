"""What holds for every test."""

import signal


def pytest_configure() -> None:
    """Let what tests start be interrupted: a shell's job in the background ignores it, and so does all it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
