"""Waits for a condition, never for a time."""

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which something that should have happened is taken for lost."""


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)
