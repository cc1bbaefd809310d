"""The platform's time: the one place that asks what time it is.

The one-machine stack may set it off from the machine's clock, so that a demonstration can live
through six weeks. Leases and tokens never use it: they go by the server's and the real clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


def system() -> datetime:
    """Return now in UTC, to the millisecond, as the store keeps it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class OffsetClock:
    """The machine's clock set off by the number of seconds that a file holds."""

    file: Path

    def __call__(self) -> datetime:
        """Return now, moved by the offset; a file that is not there moves nothing."""
        try:
            offset = float(self.file.read_text())
        except (FileNotFoundError, ValueError):
            offset = 0.0
        return system() + timedelta(seconds=offset)
