"""What was decided on a patient's start-of-care screen. Words of persons are ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScreenAnswered:
    """A therapist asked a patient all questions of an edition that belong to a part of the body.

    `positive` are those that raise concern, `level` is the gravest of them, None where there are
    none; `note` is a text's id.
    """

    screen: str
    patient: str
    edition: str
    region: str
    asked: tuple[str, ...]
    positive: tuple[str, ...]
    level: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ScreenDecided:
    """A therapist decided what follows: continue, refer or hold; `why` is a text's id."""

    screen: str
    patient: str
    decision: str
    why: str | None


EVENTS = (ScreenAnswered, ScreenDecided)
