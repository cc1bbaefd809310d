"""The one way a test waits: for a condition, with a bound, and it says what it waited for."""

import inspect
import time
from collections.abc import Callable

SECONDS = 60.0


def eventually(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    """Return once the condition is true.

    Raises:
        AssertionError: it was not within the bound; the message shows the condition.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s: {inspect.getsource(condition).strip()}")
        time.sleep(0.02)
