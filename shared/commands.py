"""Run a command: once per id, again on a conflict, the same answer for a repeated one."""

import hashlib
import random
import time
import uuid
from collections.abc import Callable
from typing import Any

import orjson

from shared.store import Commit, Conflict, Repeated
from shared.stream import Cause

NAMESPACE = uuid.UUID("6f8b6a2e-6f0c-5b0e-9d5e-0f5c2c1a7e11")
TRIES = 5


class KeyReused(Exception):
    """The same idempotency key came with another body."""


def run(handle: Callable[[], Commit], cause: Cause) -> tuple[Commit, bool]:
    """Run a handler (load, decide, append) until it commits.

    Returns:
        The commit, and whether an earlier call had written it.

    Raises:
        KeyReused: the command was accepted before with another body.
        Conflict: five rivals in a row were faster.
    """
    for attempt in range(TRIES):
        try:
            return handle(), False
        except Repeated as earlier:
            if earlier.commit.fingerprint != cause.fingerprint:
                raise KeyReused(cause.command) from None
            return earlier.commit, True
        except Conflict:
            if attempt == TRIES - 1:
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise AssertionError("unreachable")


def identify(*parts: str) -> str:
    """Return the id that these parts always give: a UUID of version 5."""
    return uuid.uuid5(NAMESPACE, "|".join(parts)).hex


def fingerprint(body: Any) -> str:
    """Return a hash of a JSON value that does not depend on the order of its keys."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
