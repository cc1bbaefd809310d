"""How decoders are judged: they refuse as documented, and soon."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st

# Of the processor: how long an answer takes is the machine's doing too.
SOON_SECONDS = 1.0
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@contextmanager
def soon() -> Iterator[None]:
    """Whatever came, it was judged before anybody noticed."""
    began = time.thread_time()
    yield
    assert time.thread_time() - began < SOON_SECONDS


def judged(decoder: Callable[[Any], Any], given: Any, refusal: type[Exception]) -> Any:
    """Return what a decoder makes of something; None where it refuses it as documented."""
    with soon():
        try:
            return decoder(given)
        except refusal:
            return None
