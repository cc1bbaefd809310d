"""What the platform said to a patient, and what became of it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.privacy import ErasureCompleted

Reason = Literal["due", "later", "done", "skipped", "off", "over", "ended", "erased"]
Kind = Literal["celebration", "reminder", "invitation"]
Channel = Literal["email", "inbox"]
Reached = Literal["first_session", "streak", "total", "first_week", "phase"]


@dataclass(frozen=True, slots=True)
class ReminderDecided:
    """The time to remind of a date's session had come; it was open, or there was a reason not to.

    `revision` is the latest one known when this was decided, `zone` where the date is one.
    `next_date` is decided next; without one the program has no date left that could ask.
    """

    program: str
    patient: str
    local_date: date
    zone: str
    revision: int
    open: bool
    reason: Reason
    next_date: date | None


@dataclass(frozen=True, slots=True)
class Milestone:
    """What a celebration is about."""

    kind: Reached
    count: int


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said to a patient, about a program and a local date; an invitation has no program.

    An invitation may be for a supporter whom the patient chose.
    """

    message: str
    patient: str
    program: str | None
    kind: Kind
    channel: Channel
    local_date: date
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class MessageSent(Message):
    """A message went out by its channel; `inbox` means that it is shown there and nowhere else."""


@dataclass(frozen=True, slots=True)
class MessageExpired(Message):
    """A message was not sent while it was of use; `reason` is what kept it last."""

    reason: str


@dataclass(frozen=True, slots=True)
class MessageFailed(Message):
    """A message was not sent for good: it was needed no more, or could not be delivered."""

    reason: str


EVENTS = (ReminderDecided, MessageSent, MessageExpired, MessageFailed, ErasureCompleted)
