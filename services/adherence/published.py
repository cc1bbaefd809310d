"""Which events are published, and how."""

from adherence.events import MilestoneReached, SessionAmended, SessionLogged
from adherence.schemas import MilestonePayload, SessionAmendedPayload, SessionPayload
from shared.publication import Publication

PUBLISHED = {
    SessionLogged: Publication("session.logged", SessionPayload),
    SessionAmended: Publication("session.amended", SessionAmendedPayload),
    MilestoneReached: Publication("milestone.reached", MilestonePayload),
}
