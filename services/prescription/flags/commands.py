"""What can be asked about a patient's screen; `version` is the one that was read, 0 for none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerScreen:
    """Record the answers to all questions that belong to a part of the body."""

    patient: str
    version: int
    screen: str
    edition: str
    region: str
    positive: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class DecideScreen:
    """Record what follows from a screen that raises concern."""

    patient: str
    version: int
    screen: str
    decision: str
    why: str | None
