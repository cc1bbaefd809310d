"""Which events are published, and how."""

from adherence import payloads
from adherence.events import MilestoneReached, SessionAmended, SessionLogged
from shared import privacy
from shared.publication import Publication

PUBLISHED = {
    SessionLogged: Publication("session.logged", payloads.Session),
    SessionAmended: Publication("session.amended", payloads.SessionAmended),
    MilestoneReached: Publication("milestone.reached", payloads.Milestone),
    **privacy.PUBLISHED,
}
