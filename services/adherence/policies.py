"""What an event makes this service do: a completed phase is a milestone.

An invitation that is over leaves no secret behind, and at last no place where it is found.
"""

from datetime import datetime

from adherence.rules import rules
from shared.due import following
from shared.envelope import Envelope
from shared.views import Views

REACH_PHASE = "reach_phase"
UNSEAL = "unseal"
FORGET = "forget"


def schedule_phase(event: Envelope, views: Views, phase: int) -> None:
    """Have a completed phase decided upon, because its program was revised for that reason."""
    data = {"program": event.identity, "phase": phase, "declared": event.time}
    views.schedule(event, following(event, REACH_PHASE, data))


def schedule_expiry(event: Envelope, views: Views) -> None:
    """Have an invitation's secret destroyed when it expires, and later where it is found."""
    names = ("patient", "invitation")
    data = {name: event.data[name] for name in names}
    expires = datetime.fromisoformat(event.data["expires"])
    views.schedule(event, following(event, UNSEAL, data, expires))
    told = expires + rules().inviting.told
    views.schedule(event, following(event, FORGET, data, told))
