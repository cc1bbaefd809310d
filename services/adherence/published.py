"""Which events are published, and how."""

from adherence import payloads
from adherence.events import (
    InvitationIssued,
    InvitationRedeemed,
    MilestoneReached,
    SessionAmended,
    SessionLogged,
)
from adherence.signals import published as signals
from shared import privacy
from shared.publication import Publication

PUBLISHED = {
    SessionLogged: Publication("session.logged", payloads.Session),
    SessionAmended: Publication("session.amended", payloads.SessionAmended),
    InvitationIssued: Publication("invitation.issued", payloads.InvitationIssued),
    InvitationRedeemed: Publication("invitation.redeemed", payloads.InvitationRedeemed),
    MilestoneReached: Publication("milestone.reached", payloads.Milestone),
    **signals.PUBLISHED,
    **privacy.PUBLISHED,
}
