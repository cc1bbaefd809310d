"""Staff: who works at which sites, in which role."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from prescription.commands import RegisterStaff
from prescription.events import StaffRegistered
from prescription.fault import fault, one_of
from prescription.rules import Rules
from shared.errors import Fault, Invalid
from shared.stream import Kind

# Roles of those whose patients people are.
TREATING = ("therapist", "lead")


class StaffImpossible(Invalid):
    """The person cannot be taken on like this."""

    slug = "staff-impossible"
    title = "Somebody cannot be taken on like this"


@dataclass(frozen=True, slots=True)
class Staff:
    """What is known of a staff member; without a role nobody is there."""

    role: str = ""
    sites: tuple[str, ...] = ()

    @property
    def treats(self) -> bool:
        """Whether patients can be theirs."""
        return self.role in TREATING


def evolve(staff: Staff, event: object) -> Staff:
    """Return the staff member after an event."""
    return Staff(event.role, event.sites) if isinstance(event, StaffRegistered) else staff


KIND = Kind("staff", Staff(), evolve)


def register(command: RegisterStaff, sites: AbstractSet[str], rules: Rules) -> list[object]:
    """Decide a registration.

    Args:
        command: what is asked.
        sites: those of the practice among the ones that are named.
        rules: the roles.

    Raises:
        StaffImpossible: a site or the role is unknown.
    """
    if faults := list(_faults(command, sites, rules)):
        raise StaffImpossible("Look at the role and the sites.", faults=faults)
    return [StaffRegistered(command.staff, command.role, command.sites)]


def _faults(command: RegisterStaff, sites: AbstractSet[str], rules: Rules) -> Iterator[Fault]:
    yield from one_of("/role", command.role, rules.roles)
    for number, site in enumerate(command.sites):
        if site not in sites:
            yield fault(f"/sites/{number}", "The practice has no site with this id.")
