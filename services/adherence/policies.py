"""What an event makes this service do: a completed phase is a milestone.

An invitation that is over leaves no secret behind, and at last no place where it is found.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adherence.rules import rules
from shared import commands
from shared.due import Due
from shared.envelope import Envelope
from shared.views import Views

REACH_PHASE = "reach_phase"
UNSEAL = "unseal"
FORGET = "forget"


def schedule_phase(event: Envelope, views: Views, phase: int) -> None:
    """Have a completed phase decided upon, because its program was revised for that reason."""
    data = {"program": event.identity, "phase": phase, "declared": event.time}
    views.schedule(event, _due(REACH_PHASE, event, data))


def schedule_expiry(event: Envelope, views: Views) -> None:
    """Have an invitation's secret destroyed when it expires, and later where it is found."""
    names = ("patient", "invitation")
    data = {name: event.data[name] for name in names}
    expires = datetime.fromisoformat(event.data["expires"])
    views.schedule(event, replace(_due(UNSEAL, event, data), due_at=expires))
    told = expires + rules().inviting.told
    views.schedule(event, replace(_due(FORGET, event, data), due_at=told))


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
