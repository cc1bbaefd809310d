"""What is decided when it is due."""

from collections.abc import Mapping

from adherence import handlers, invitation, secret
from adherence.commands import ReachPhase
from adherence.policies import FORGET, REACH_PHASE, UNSEAL
from adherence.signals import duties as signals
from shared import commands, privacy
from shared.due import Due
from shared.service import DueHandler, Service


def reach_phase(due: Due, service: Service) -> None:
    """Decide a completed phase."""
    cause = due.cause(service.name)
    command = ReachPhase(**due.data)
    commands.run(lambda: handlers.reach_phase(command, service, cause), cause)


def erase(due: Due, service: Service) -> None:
    """Forget a patient, and where the patient's invitations are found."""
    secret.forget(service.database, due.tenant, due.data["patient"])
    privacy.erase(due, service)


def unseal(due: Due, service: Service) -> None:
    """Destroy the secret of an invitation that is over."""
    door = service.streams.peek(invitation.KIND, due.tenant, due.data["patient"]).state
    found = door.invitations[due.data["invitation"]]
    service.vault.forget(due.tenant, [found.kept.secret])


def forget(due: Due, service: Service) -> None:
    """Forget where an invitation was found that has long been over."""
    tenant, patient = due.tenant, due.data["patient"]
    secret.forget(service.database, tenant, patient, due.data["invitation"])


DUE: Mapping[str, DueHandler] = {
    REACH_PHASE: reach_phase,
    privacy.ERASE: erase,
    UNSEAL: unseal,
    FORGET: forget,
    **signals.DUE,
}
