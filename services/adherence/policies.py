"""What an event makes this service decide: a completed phase is a milestone."""

from adherence import handlers
from adherence.commands import ReachPhase
from shared import commands
from shared.due import Due
from shared.envelope import Envelope
from shared.service import Service
from shared.stream import Cause
from shared.views import Views

REACH_PHASE = "reach_phase"


def schedule_phase(event: Envelope, views: Views, phase: int) -> None:
    """Have a completed phase decided upon, because its program was revised for that reason."""
    views.schedule(
        event,
        Due(
            id=commands.identify(event.id, REACH_PHASE),
            kind=REACH_PHASE,
            tenant=event.tenant,
            stream=event.subject,
            due_at=event.recorded,
            sequence=event.sequence,
            data={"program": event.identity, "phase": phase, "declared": event.time},
            correlation=event.correlation,
            causation=event.id,
        ),
    )


def reach_phase(due: Due, service: Service) -> None:
    """Decide a completed phase."""
    cause = Cause(
        tenant=due.tenant,
        actor=service.name,
        command=due.id,
        correlation=due.correlation,
        causation=due.causation,
    )
    command = ReachPhase(**due.data)
    commands.run(lambda: handlers.reach_phase(command, service, cause), cause)


DUE = {REACH_PHASE: reach_phase}
