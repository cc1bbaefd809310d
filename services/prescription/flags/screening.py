"""Screens of a patient: what may be answered and decided, and when no program is issued."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from prescription.fault import fault, one_of
from prescription.flags.commands import AnswerScreen, DecideScreen
from prescription.flags.events import ScreenAnswered, ScreenDecided
from prescription.flags.questions import Screen
from prescription.patient import Patient
from prescription.rules import Rules
from prescription.text import Keep
from shared.errors import Fault, Invalid, NotFound, Refusal
from shared.stream import Kind

CONTINUE, REFER, HOLD = "continue", "refer", "hold"
DECISIONS = (CONTINUE, REFER, HOLD)
LOOK = "Look at the fields that are named here."


class ScreenImpossible(Invalid):
    """The screen cannot have been answered, or decided, like this."""

    slug = "screen-impossible"
    title = "The screen cannot be like this"


class Stopped(Refusal):
    """The start-of-care screen stops that a program is issued."""


class ScreenUndecided(Stopped):
    """Something of the screen raises concern, and nobody has decided what follows."""

    slug = "screen-undecided"
    title = "The start-of-care screen waits for a decision"


class ScreenStops(Stopped):
    """A therapist decided to refer the patient, or to wait."""

    slug = "screen-stops"
    title = "The start-of-care screen stops this"


class NothingToDecide(Refusal):
    """The screen raises no concern, or a later one was answered."""

    slug = "screen-clear"
    title = "There is nothing to decide on this screen"


@dataclass(frozen=True, slots=True)
class Screening:
    """What is known of a patient's screens: the latest counts.

    Attributes:
        latest: the screen that was answered last.
        decision: what was decided on it last.
    """

    latest: ScreenAnswered | None = None
    decision: str | None = None

    @property
    def state(self) -> str:
        """Whether there is none, it is clear, undecided, or what was decided."""
        if self.latest is None:
            return "none"
        if not self.latest.positive:
            return "clear"
        return self.decision or "undecided"

    @property
    def stops(self) -> bool:
        """Whether no program is issued now."""
        return self.state not in ("none", "clear", CONTINUE)


def evolve(screening: Screening, event: object) -> Screening:
    """Return the screens after an event."""
    if isinstance(event, ScreenAnswered):
        return Screening(latest=event)
    if isinstance(event, ScreenDecided):
        return replace(screening, decision=event.decision)
    return screening


KIND = Kind("screen", Screening(), evolve)


def answer(
    screening: Screening,
    command: AnswerScreen,
    patient: Patient,
    screen: Screen,
    rules: Rules,
    keep: Keep,
) -> list[object]:
    """Decide that a screen was answered.

    Args:
        screening: the patient's screens so far.
        command: what the therapist says.
        patient: who was asked.
        screen: the edition in force.
        rules: parts of the body.
        keep: gives the id of words.

    Raises:
        NotFound: nobody is here.
        ScreenUndecided: the one before raises concern and waits for a decision.
        ScreenImpossible: a field cannot be; each is named.
    """
    if not patient.present:
        raise NotFound("There is no patient with this id.")
    if screening.state == "undecided":
        raise ScreenUndecided("Decide on the screen before this one first. " + _told(screening))
    if faults := list(_faults(command, screen, rules)):
        raise ScreenImpossible(LOOK, faults=faults)
    asked = tuple(one.word for one in screen.asked(command.region))
    return [
        ScreenAnswered(
            screen=command.screen,
            patient=command.patient,
            edition=screen.edition,
            region=command.region,
            asked=asked,
            positive=tuple(word for word in asked if word in command.positive),
            level=screen.gravest(command.positive),
            note=keep(command.note, "screen", "note") if command.note else None,
        )
    ]


def decide(screening: Screening, command: DecideScreen, keep: Keep) -> list[object]:
    """Decide what follows from the latest screen; it can be decided anew.

    Raises:
        NotFound: there is no such screen.
        NothingToDecide: it raises no concern, or a later one was answered.
        ScreenImpossible: the decision is unknown, or to continue has no reason.
    """
    latest = screening.latest
    if latest is None:
        raise NotFound("There is no screen with this id.")
    if latest.screen != command.screen or not latest.positive:
        raise NothingToDecide("It raises no concern, or a later one was answered.")
    faults = list(one_of("/decision", command.decision, DECISIONS))
    if command.decision == CONTINUE and not command.why:
        faults.append(fault("/why", "Say why care continues in spite of it."))
    if faults:
        raise ScreenImpossible(LOOK, faults=faults)
    why = keep(command.why, "screen", "why") if command.why else None
    return [ScreenDecided(command.screen, command.patient, command.decision, why)]


def check(screening: Screening) -> None:
    """Refuse to issue a program while the latest screen stops it. None at all stops nothing.

    Raises:
        ScreenUndecided: it raises concern, and nobody has decided what follows.
        ScreenStops: it was decided to refer the patient, or to wait.
    """
    if screening.state == "undecided":
        raise ScreenUndecided(_told(screening) + " Record what follows: continue, refer or hold.")
    if screening.stops:
        raise ScreenStops(
            f"{_told(screening)} It was decided: {screening.decision}. Record that care continues, "
            "with the reason, or answer the screen anew."
        )


def _told(screening: Screening) -> str:
    latest = screening.latest
    if latest is None:
        return ""
    concerns = ", ".join(latest.positive)
    return f"Screen {latest.screen} raises concern ({latest.level}: {concerns})."


def _faults(command: AnswerScreen, screen: Screen, rules: Rules) -> Iterator[Fault]:
    if command.edition != screen.edition:
        yield fault(
            "/edition",
            "The questions have changed: they are of edition %(edition)s now. Ask those.",
            edition=screen.edition,
        )
        return
    yield from one_of("/region", command.region, rules.guide["regions"])
    asked = tuple(one.word for one in screen.asked(command.region))
    for n, word in enumerate(command.positive):
        yield from one_of(f"/positive/{n}", word, asked)
