"""Staff: who works at which sites, in which role, until when."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from prescription.commands import ChangeStaff, LeaveStaff, RegisterStaff, ReturnStaff
from prescription.events import StaffChanged, StaffLeft, StaffRegistered, StaffReturned
from prescription.fault import fault, one_of
from prescription.rules import Rules
from shared.errors import Fault, Invalid, Refusal
from shared.stream import Kind

# Roles of those whose patients people are.
TREATING = ("therapist", "lead")


class StaffImpossible(Invalid):
    """The person cannot be taken on like this."""

    slug = "staff-impossible"
    title = "Somebody cannot be taken on like this"


class StaffKnown(Refusal):
    """Somebody is known under this id, or signs in with this address, already."""

    slug = "staff-known"
    title = "This person is known here already"


class StaffGone(Refusal):
    """Who has left is not changed."""

    slug = "staff-gone"
    title = "This person has left"


@dataclass(frozen=True, slots=True)
class Staff:
    """What is known of a staff member; without a role nobody is there."""

    role: str = ""
    sites: tuple[str, ...] = ()
    left: date | None = None

    @property
    def treats(self) -> bool:
        """Whether patients can be theirs."""
        return self.role in TREATING and self.left is None

    def works(self, day: date) -> bool:
        """Tell whether somebody works here on a day."""
        return bool(self.role) and (self.left is None or day <= self.left)

    def is_at(self, site: str) -> bool:
        """Tell whether somebody works at a site; who has no sites works at all of them."""
        here = not self.sites or site in self.sites
        return bool(self.role) and self.left is None and here


def evolve(staff: Staff, event: object) -> Staff:
    """Return the staff member after an event."""
    if isinstance(event, StaffRegistered | StaffReturned):
        return Staff(event.role, event.sites)
    if isinstance(event, StaffChanged):
        return replace(staff, role=event.role, sites=event.sites)
    return replace(staff, left=event.date) if isinstance(event, StaffLeft) else staff


KIND = Kind("staff", Staff(), evolve)


def register(
    staff: Staff, command: RegisterStaff, sites: AbstractSet[str], rules: Rules
) -> list[object]:
    """Decide a registration.

    Args:
        staff: who is known under the id.
        command: what is asked.
        sites: those of the practice among the ones that are named.
        rules: the roles.

    Raises:
        StaffImpossible: a site or the role is unknown.
        StaffKnown: somebody was taken on under this id before.
    """
    if staff.role:
        raise StaffKnown("Change that person instead.")
    _check(command.role, command.sites, sites, rules)
    return [StaffRegistered(command.staff, command.role, command.sites)]


def change(
    staff: Staff, command: ChangeStaff, sites: AbstractSet[str], rules: Rules
) -> list[object]:
    """Decide another role, other sites, or that a card is sealed anew.

    Raises:
        StaffImpossible: a site or the role is unknown.
        StaffGone: the person has left.
    """
    _check_present(staff)
    _check(command.role, command.sites, sites, rules)
    return [StaffChanged(command.staff, command.role, command.sites)]


def leave(staff: Staff, command: LeaveStaff, successor: Staff) -> list[object]:
    """Decide an end of employment.

    Raises:
        StaffImpossible: the successor cannot have patients.
        StaffGone: the person has left already.
    """
    _check_present(staff)
    named = command.successor is not None
    if named and (not successor.treats or command.successor == command.staff):
        wrong = fault("/successor", "Name a therapist or lead who works here.")
        raise StaffImpossible("Look at who takes over.", faults=[wrong])
    return [StaffLeft(command.staff, command.date, command.successor)]


def come_back(staff: Staff, command: ReturnStaff) -> list[object]:
    """Decide that somebody works here again; nothing where nobody has left."""
    return [StaffReturned(command.staff, staff.role, staff.sites)] if staff.left else []


def _check_present(staff: Staff) -> None:
    if staff.left is not None:
        raise StaffGone("Take the person on again first.")


def _check(role: str, named: Sequence[str], sites: AbstractSet[str], rules: Rules) -> None:
    if faults := list(_faults(role, named, sites, rules)):
        raise StaffImpossible("Look at the role and the sites.", faults=faults)


def _faults(
    role: str, named: Sequence[str], sites: AbstractSet[str], rules: Rules
) -> Iterator[Fault]:
    yield from one_of("/role", role, rules.roles)
    for number, site in enumerate(named):
        if site not in sites:
            yield fault(f"/sites/{number}", "The practice has no site with this id.")
