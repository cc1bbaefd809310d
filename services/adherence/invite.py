"""The handlers of invitations: load, decide, append. A secret is drawn and sealed in between."""

from collections.abc import Sequence
from dataclasses import replace

from adherence import invitation, secret
from adherence.commands import (
    InviteSupporter,
    IssueInvitation,
    RedeemInvitation,
    RemoveSupporter,
    RevokeInvitation,
)
from adherence.events import InvitationRedeemed, InvitationRevoked
from adherence.invitation import Desk, Door, Kept
from adherence.rules import rules
from adherence.secret import Drawn, Found
from shared import commands
from shared.errors import NotYet
from shared.service import Service
from shared.store import Commit
from shared.stream import Cause, Loaded
from shared.tokens import Identity

Asks = IssueInvitation | InviteSupporter


def issue_invitation(command: IssueInvitation, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(invitation.KIND, cause, command.patient)
    drawn = _drawn(command, service, cause)
    events = invitation.issue(loaded.state, command, _kept(drawn, cause), _desk(service))
    _seal(drawn, command, service, cause)
    return _append(loaded, events, command.patient, service, cause)


def redeem_invitation(command: RedeemInvitation, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(invitation.KIND, cause, command.patient)
    events = invitation.redeem(loaded.state, command, _desk(service))
    return _append(loaded, events, command.patient, service, cause)


def revoke_invitation(command: RevokeInvitation, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(invitation.KIND, cause, command.patient)
    events = invitation.revoke(loaded.state, command, _desk(service))
    return _append(loaded, events, command.patient, service, cause)


def invite_supporter(command: InviteSupporter, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(invitation.KIND, cause, command.patient)
    asked = IssueInvitation(command.invitation, command.patient, "link")
    drawn = _drawn(asked, service, cause)
    kept = _kept(drawn, cause)
    events = invitation.invite_supporter(loaded.state, command, kept, _desk(service))
    card = {"name": command.name, "email": command.email}
    service.vault.seal(cause.tenant, command.patient, command.supporter, card)
    _seal(drawn, command, service, cause)
    return _append(loaded, events, command.patient, service, cause)


def remove_supporter(command: RemoveSupporter, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(invitation.KIND, cause, command.patient)
    events = invitation.remove_supporter(loaded.state, command)
    commit = _append(loaded, events, command.patient, service, cause)
    service.vault.forget(cause.tenant, [command.supporter])
    service.sessions.end(cause.tenant, command.supporter)
    return commit


def now(who: Identity, service: Service) -> Identity | None:
    """Return who somebody is now who signed in here: nobody once erased, or taken back."""
    if service.vault.erased(who.tenant, [who.patient]):
        return None
    if "supporter" not in who.roles:
        return who
    door = service.streams.peek(invitation.KIND, who.tenant, who.patient).state
    parts = door.supporters.get(who.subject)
    return replace(who, scopes=parts) if parts else None


def _append(
    loaded: Loaded[Door], events: Sequence[object], patient: str, service: Service, cause: Cause
) -> Commit:
    commit = service.streams.append(loaded, events, cause, key=patient)
    closed = [one for one in events if isinstance(one, InvitationRedeemed | InvitationRevoked)]
    found = (loaded.state.invitations[one.invitation] for one in closed)
    service.vault.forget(cause.tenant, [one.kept.secret for one in found])
    # What was sealed for a patient who was erased while this command ran.
    if service.vault.erased(cause.tenant, [patient]):
        service.vault.erase(cause.tenant, patient)
        secret.forget(service.database, cause.tenant, patient)
    return commit


def _drawn(command: IssueInvitation, service: Service, cause: Cause) -> Drawn:
    """Draw a secret by which no other invitation is found."""
    if command.way == "link" or command.birth_year is None:
        return secret.link()
    year, tenant = command.birth_year, cause.tenant
    return secret.paper(service, tenant, year, rules().inviting)


def _kept(drawn: Drawn, cause: Cause) -> Kept:
    """Return what the event holds: two tries of one command seal under ids of their own."""
    return Kept(drawn.digest, commands.identify(cause.command, drawn.digest))


def _seal(drawn: Drawn, asked: Asks, service: Service, cause: Cause) -> None:
    """Keep the secret sealed, and where the invitation is found by it, before the commit.

    Raises:
        NotYet: another invitation was put in that place a moment ago.
    """
    found = Found(cause.tenant, asked.patient, asked.invitation, drawn.digest)
    if not secret.note(service.database, drawn, found):
        raise NotYet("Somebody else drew the same code just now. Try again.")
    value = {"secret": drawn.shown}
    service.vault.seal(cause.tenant, asked.patient, _kept(drawn, cause).secret, value)


def _desk(service: Service) -> Desk:
    return Desk(service.clock(), rules().inviting)
