"""What the events of others make signals decide; no document is kept of it."""

from collections.abc import Mapping

from adherence.signals.policies import schedule_settling
from shared.envelope import Envelope
from shared.views import Handler, Views


def on_proposal_accepted(event: Envelope, views: Views) -> None:
    schedule_settling(event, views, "accepted")


def on_proposal_declined(event: Envelope, views: Views) -> None:
    schedule_settling(event, views, "declined")


ON: Mapping[str, Handler] = {
    "hep.prescription.proposal.accepted.v1": on_proposal_accepted,
    "hep.prescription.proposal.declined.v1": on_proposal_declined,
}
