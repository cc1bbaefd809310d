"""Somebody comes in by an invitation: the try is decided, and a session begins on this device."""

import secrets

from flask import redirect
from werkzeug.wrappers import Response

from adherence import queries
from adherence.commands import RedeemInvitation
from adherence.events import InvitationRedeemed
from adherence.invitation import Closed, Locked, Unknown, Used
from adherence.rules import rules
from adherence.secret import Found
from shared import commands
from shared.errors import Invalid
from shared.session import PATIENT
from shared.store import Commit
from shared.stream import Cause
from shared.tokens import Identity
from shared.web import api, session
from shared.web.identity import service, traceparent


class Mistaken(Invalid):
    """The code and the year are not both right."""

    slug = "invitation-mistaken"
    title = "The code or the year is not right"

    def __init__(self, left: int) -> None:
        """Say so, and how many tries are left."""
        super().__init__("The code and the year do not go together.")
        self.left = left


def let_in(found: Found | None, key: str) -> Response:
    """Begin a session on this device, and lead to what the invited person may see.

    Args:
        found: the invitation, with what was given to open it.
        key: of the form: what one tap sent twice lets in as once.

    Raises:
        Unknown: there is no such invitation.
        Closed: it lets nobody in any more.
        Mistaken: what was given is not right; that was counted.
    """
    if found is None or service().vault.erased(found.tenant, [found.patient]):
        session.failed()
        raise Unknown("We do not know this invitation.")
    who = _invited(found)
    try:
        command = RedeemInvitation(found.invitation, found.patient, found.digest)
        _check(api.execute(command, _cause(found, key)), found)
    except (Closed, Mistaken, Unknown):
        session.failed(who)
        raise
    answer = redirect(_first(who), 303)
    session.begin(answer, who, PATIENT)
    return answer


def _invited(found: Found) -> Identity:
    """Return whom the invitation lets in."""
    door = queries.door(service(), found.tenant, found.patient)
    known = door.invitations.get(found.invitation)
    supporter = known.supporter if known else None
    return Identity(
        subject=supporter or found.patient,
        tenant=found.tenant,
        roles=("supporter",) if supporter else ("patient",),
        sites=(),
        patient=found.patient,
        expires=0,
        scopes=door.supporters.get(supporter, ()) if supporter else (),
    )


def _check(commit: Commit, found: Found) -> None:
    """Make sure that a try let in, and not so long ago that it is another's."""
    events = [service().streams.codec.decode(one) for one in commit.events]
    if not any(isinstance(one, InvitationRedeemed) for one in events):
        door = queries.door(service(), found.tenant, found.patient)
        left = rules().inviting.tries - door.invitations[found.invitation].mistakes
        raise Mistaken(left) if left > 0 else Locked("It was tried too often.")
    if service().clock() - commit.recorded > rules().inviting.again:
        raise Used("It works once, and it was used.")


def _cause(found: Found, key: str) -> Cause:
    """Return who asks: nobody whom a token names, for the person whom the invitation names."""
    drawn = key or secrets.token_hex(16)
    return Cause(
        tenant=found.tenant,
        actor=found.patient,
        command=commands.identify(found.tenant, found.invitation, drawn),
        fingerprint=commands.fingerprint(found.digest),
        traceparent=traceparent(),
    )


def _first(who: Identity) -> str:
    """Return the first page of somebody who has just come in."""
    if "patient" in who.roles:
        return "/adherence/?welcome=yes"
    return "/reporting/" if "progress" in who.scopes else "/notifications/"
