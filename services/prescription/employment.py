"""The handlers of staff: load, decide, append, with the card sealed and found by its address."""

from typing import Any

from prescription import roster, site, staff
from prescription.commands import ChangeStaff, LeaveStaff, RegisterStaff, ReturnStaff
from prescription.edition import check_version
from prescription.rules import rules
from shared.service import Service
from shared.store import Commit, Repeated
from shared.stream import Cause


def register_staff(command: RegisterStaff, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(staff.KIND, cause, command.staff)
    events = staff.register(loaded.state, command, _sites(command, service, cause), rules())
    roster.seal(cause.tenant, command.staff, roster.card(command), service)
    return service.streams.append(loaded, events, cause)


def change_staff(command: ChangeStaff, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.peek(staff.KIND, cause.tenant, command.staff)
    commit = service.streams.accepted(loaded, cause)
    if commit is None:
        check_version(loaded, command.version)
        events = staff.change(loaded.state, command, _sites(command, service, cause), rules())
        commit = service.streams.append(loaded, events, cause)
    elif commit != loaded.commits[-1]:
        raise Repeated(commit)
    # After the commit, as a patient's card is.
    known = service.vault.open(cause.tenant, [command.staff]).get(command.staff, {})
    card = known | {"name": command.name, "email": command.email}
    roster.seal(cause.tenant, command.staff, card, service)
    return commit


def leave_staff(command: LeaveStaff, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(staff.KIND, cause, command.staff)
    check_version(loaded, command.version)
    successor = service.streams.peek(staff.KIND, cause.tenant, command.successor or "").state
    return service.streams.append(loaded, staff.leave(loaded.state, command, successor), cause)


def return_staff(command: ReturnStaff, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(staff.KIND, cause, command.staff)
    check_version(loaded, command.version)
    events = staff.come_back(loaded.state, command)
    return service.streams.append(loaded, events, cause) if events else loaded.commits[-1]


def _sites(command: Any, service: Service, cause: Cause) -> set[str]:
    """Return which of the sites that a command names the practice has."""
    return {
        identity
        for identity in command.sites
        if service.streams.peek(site.KIND, cause.tenant, identity).state.name
    }
