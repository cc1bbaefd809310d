"""What can be asked of tasks and of what was proposed."""

from dataclasses import dataclass
from datetime import date, datetime

from prescription.task.events import Offer


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Have a therapist look at a program, because of what was recorded at a moment."""

    task: str
    patient: str
    program: str
    kind: str
    raised: datetime
    day: date | None = None
    number: int | None = None
    of: int | None = None
    proposal: str | None = None
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class CloseTask:
    """Say that there is nothing to do any more: after a fact, or by hand with a word."""

    task: str
    patient: str
    reason: str
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What a measure of an exercise is to be instead of what was proposed."""

    exercise: str
    value: float


@dataclass(frozen=True, slots=True)
class AcceptProposal:
    """Revise a program as proposed, or with other values; `version` is what the therapist saw."""

    program: str
    version: int
    proposal: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class DeclineProposal:
    """Leave a program as it is; it is not proposed again on the same evidence."""

    program: str
    proposal: str
    word: str | None
