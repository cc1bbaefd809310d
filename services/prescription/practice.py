"""The practice group: registered once."""

from dataclasses import dataclass

from prescription.commands import RegisterPractice
from prescription.events import PracticeRegistered
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


def evolve(practice: Practice, event: object) -> Practice:
    """Return the practice after an event."""
    return Practice(event.name) if isinstance(event, PracticeRegistered) else practice


KIND = Kind("practice", Practice(), evolve)


def register(practice: Practice, command: RegisterPractice) -> list[object]:
    """Decide a registration.

    Raises:
        AlreadyRegistered: it was registered before.
    """
    if practice.name:
        raise AlreadyRegistered("Go on with its sites and staff.")
    return [PracticeRegistered(command.practice, command.name, command.language)]
