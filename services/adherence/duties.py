"""What is decided when it is due."""

from collections.abc import Mapping

from adherence import handlers
from adherence.commands import ReachPhase
from adherence.policies import REACH_PHASE
from shared import commands, privacy
from shared.due import Due
from shared.service import DueHandler, Service


def reach_phase(due: Due, service: Service) -> None:
    """Decide a completed phase."""
    cause = due.cause(service.name)
    command = ReachPhase(**due.data)
    commands.run(lambda: handlers.reach_phase(command, service, cause), cause)


DUE: Mapping[str, DueHandler] = {REACH_PHASE: reach_phase, privacy.ERASE: privacy.erase}
