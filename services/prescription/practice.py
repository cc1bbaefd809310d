"""The practice group: registered once."""

from dataclasses import dataclass

from prescription.commands import ChangePractice, RegisterPractice
from prescription.events import PracticeChanged, PracticeRegistered
from shared.errors import Refusal
from shared.stream import Kind


class AlreadyRegistered(Refusal):
    """A practice is registered once."""

    slug = "practice-registered"
    title = "This practice is registered already"


@dataclass(frozen=True, slots=True)
class Practice:
    """What is known of the practice."""

    name: str = ""
    language: str = ""


def evolve(practice: Practice, event: object) -> Practice:
    """Return the practice after an event."""
    if isinstance(event, PracticeRegistered | PracticeChanged):
        return Practice(event.name, event.language)
    return practice


KIND = Kind("practice", Practice(), evolve)


def register(practice: Practice, command: RegisterPractice) -> list[object]:
    """Decide a registration.

    Raises:
        AlreadyRegistered: it was registered before.
    """
    if practice.name:
        raise AlreadyRegistered("Go on with its sites and staff.")
    return [PracticeRegistered(command.practice, command.name, command.language)]


def change(command: ChangePractice) -> list[object]:
    """Decide another name or language."""
    return [PracticeChanged(command.practice, command.name, command.language)]
