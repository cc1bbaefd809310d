"""What this service is asked to decide; the clock and the sender ask, nobody else."""

from dataclasses import dataclass
from datetime import date

from notifications.events import Message


@dataclass(frozen=True, slots=True)
class Remind:
    """Decide whether a program's patient is reminded of a date's session."""

    program: str
    patient: str
    local_date: date


@dataclass(frozen=True, slots=True)
class CloseMessage:
    """Note what became of a message; `reason` says what kept one that was not sent."""

    message: Message
    state: str
    reason: str
