"""Who needs a therapist and what became of it; answers to what was proposed."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """One measure of an exercise's dose as it is, and as it could be."""

    exercise: str
    measure: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class TaskOpened:
    """A patient needs a therapist; `raised` is when what it is about was recorded.

    `day`, `number` and `of` are what its reason tells: what they mean is the kind's. `offers` are
    what a proposal would change.
    """

    task: str
    patient: str
    program: str
    kind: str
    raised: datetime
    day: date | None
    number: int | None
    of: int | None
    proposal: str | None
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class TaskClosed:
    """A task is done: by a fact, or by a therapist with a word, which is a text's id."""

    task: str
    patient: str
    program: str
    kind: str
    reason: str
    word: str | None


@dataclass(frozen=True, slots=True)
class ProposalAccepted:
    """A therapist took over what was proposed: as it was, or with other numbers."""

    program: str
    patient: str
    proposal: str
    revision: int
    edited: bool


@dataclass(frozen=True, slots=True)
class ProposalDeclined:
    """A therapist did not take over what was proposed; `word` is a text's id."""

    program: str
    patient: str
    proposal: str
    word: str | None


ANSWERS = (ProposalAccepted, ProposalDeclined)
EVENTS = (TaskOpened, TaskClosed, *ANSWERS)
