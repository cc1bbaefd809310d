"""Which events of tasks and proposals are published, and how."""

from prescription.task import events, payloads
from shared.publication import Publication

PUBLISHED = {
    events.TaskOpened: Publication("task.opened", payloads.Opened),
    events.TaskClosed: Publication("task.closed", payloads.Closed),
    events.ProposalAccepted: Publication("proposal.accepted", payloads.Accepted),
    events.ProposalDeclined: Publication("proposal.declined", payloads.Declined),
}
