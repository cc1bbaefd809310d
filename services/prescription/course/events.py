"""What happened to a running program besides its revisions, in the words of the clinic."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ProgramReviewed:
    """A therapist looked at how a program goes and left it so; `review` is when to look again."""

    program: str
    patient: str
    local_date: date
    review: date


@dataclass(frozen=True, slots=True)
class ProgramPaused:
    """From a date on a program asks for nothing until it is resumed; `note` is a text's id."""

    program: str
    patient: str
    date: date
    reason: str
    note: str | None


@dataclass(frozen=True, slots=True)
class ProgramResumed:
    """A paused program asks again; `date` is the first that it does."""

    program: str
    patient: str
    date: date


EVENTS = (ProgramReviewed, ProgramPaused, ProgramResumed)
