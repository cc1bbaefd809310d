"""Which edition of something a change was decided on."""

from typing import Any

from shared.errors import Fault, NotFound, Stale
from shared.permission import NOBODY_HERE
from shared.stream import Loaded


def check_version(loaded: Loaded[Any], version: int) -> None:
    """Refuse a change of what is not there, or was changed since it was read.

    Raises:
        NotFound: there is nothing.
        Stale: `version` is not the one that is in force.
    """
    if not loaded.version:
        raise NotFound(NOBODY_HERE)
    check_read(loaded, version)


def check_read(loaded: Loaded[Any], version: int) -> None:
    """Refuse a change of what was changed since it was read; before the first one it is 0.

    Raises:
        Stale: `version` is not the one that is in force.
    """
    if version != loaded.version:
        raise Stale(
            "Somebody changed this since you read it. Read it again, then decide.",
            faults=[Fault("/If-Match", f'It is at "{loaded.version}" now.')],
        )
