"""What an event makes this service decide: a completed phase is a milestone."""

from collections.abc import Mapping
from typing import Any

from shared import commands
from shared.due import Due
from shared.envelope import Envelope
from shared.views import Views

REACH_PHASE = "reach_phase"


def schedule_phase(event: Envelope, views: Views, phase: int) -> None:
    """Have a completed phase decided upon, because its program was revised for that reason."""
    data = {"program": event.identity, "phase": phase, "declared": event.time}
    views.schedule(event, _due(REACH_PHASE, event, data))


def _due(kind: str, event: Envelope, data: Mapping[str, Any]) -> Due:
    return Due(
        id=commands.identify(event.id, kind),
        kind=kind,
        tenant=event.tenant,
        stream=event.subject,
        due_at=event.recorded,
        sequence=event.sequence,
        data=data,
    )
