"""Invitations: how a patient, or a supporter of the patient's choice, comes in for the first time.

One is used once, holds for some days, and takes the place of the one before. The secret is never
here: an invitation is recognized by a digest of it.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from adherence.commands import (
    InviteSupporter,
    IssueInvitation,
    RedeemInvitation,
    RemoveSupporter,
    RevokeInvitation,
)
from adherence.events import (
    InvitationIssued,
    InvitationLocked,
    InvitationMistaken,
    InvitationRedeemed,
    InvitationRevoked,
    InvitationSealed,
    Part,
    SupporterAllowed,
    SupporterRemoved,
    Way,
)
from adherence.rules import Inviting
from shared.errors import Fault, Invalid, NotFound, Refusal
from shared.stream import Kind

State = Literal["open", "expired", "used", "locked", "replaced", "withdrawn", "removed"]
NOBODY = "There is no supporter with this id."
# What happens to an invitation that is there.
CHANGES = (
    InvitationSealed,
    InvitationRedeemed,
    InvitationMistaken,
    InvitationLocked,
    InvitationRevoked,
)


class Closed(Refusal):
    """An invitation that lets nobody in."""

    slug = "invitation-closed"
    title = "This invitation does not work any more"


class Used(Closed):
    """It was used before; it works once."""

    slug = "invitation-used"
    title = "This invitation was used before"


class Expired(Closed):
    """Its days are over."""

    slug = "invitation-expired"
    title = "This invitation is too old"


class Locked(Closed):
    """It was tried too often with what was not right."""

    slug = "invitation-locked"
    title = "This invitation was tried too often"


class Unknown(NotFound):
    """There is none like this."""

    slug = "invitation-unknown"
    title = "We do not know this invitation"


class TooManySupporters(Refusal):
    """The patient has as many supporters as there can be."""

    slug = "too-many-supporters"
    title = "There are enough supporters"


@dataclass(frozen=True, slots=True)
class Kept:
    """What an invitation is recognized by, and the id that its secret is sealed under."""

    digest: str
    secret: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision needs besides the command."""

    now: datetime
    rules: Inviting


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation, as it is; `state` does not know of time: `state_at` does."""

    id: str
    supporter: str | None
    way: Way
    expires: datetime
    kept: Kept = field(default_factory=lambda: Kept("", ""))
    state: State = "open"
    mistakes: int = 0

    def state_at(self, now: datetime) -> State:
        """Return how it stands at a moment."""
        return "expired" if self.state == "open" and now >= self.expires else self.state


@dataclass(frozen=True, slots=True)
class Door:
    """All invitations of one patient, and what each supporter may see."""

    invitations: Mapping[str, Invitation] = field(default_factory=dict)
    supporters: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)

    def of(self, supporter: str | None = None) -> list[Invitation]:
        """Return a supporter's invitations, or the patient's own, in their order."""
        return [one for one in self.invitations.values() if one.supporter == supporter]


def evolve(door: Door, event: object) -> Door:
    """Return the door after an event."""
    match event:
        case SupporterAllowed():
            return replace(door, supporters={**door.supporters, event.supporter: event.parts})
        case SupporterRemoved():
            left = {who: parts for who, parts in door.supporters.items() if who != event.supporter}
            return replace(door, supporters=left)
        case InvitationIssued():
            issued = Invitation(event.invitation, event.supporter, event.way, event.expires)
            return _with(door, issued)
    if isinstance(event, CHANGES):
        return _with(door, _after(door.invitations[event.invitation], event))
    return door


def _after(found: Invitation, event: object) -> Invitation:
    match event:
        case InvitationSealed():
            return replace(found, kept=Kept(event.digest, event.secret))
        case InvitationMistaken():
            return replace(found, mistakes=found.mistakes + 1)
        case InvitationRevoked():
            return replace(found, state=event.reason)
    return replace(found, state="used" if isinstance(event, InvitationRedeemed) else "locked")


KIND = Kind("invitation", Door(), evolve)


def issue(door: Door, command: IssueInvitation, kept: Kept, desk: Desk) -> list[object]:
    """Decide an invitation; it takes the place of an open one for the same person.

    Raises:
        NotFound: there is no such supporter.
    """
    if command.supporter is not None and command.supporter not in door.supporters:
        raise NotFound(NOBODY)
    issued = InvitationIssued(
        invitation=command.invitation,
        patient=command.patient,
        supporter=command.supporter,
        way=command.way,
        expires=desk.now + desk.rules.lasts[command.way],
    )
    replaced = _revoked(door, command.supporter, "replaced")
    return [*replaced, issued, InvitationSealed(command.invitation, kept.digest, kept.secret)]


def redeem(door: Door, command: RedeemInvitation, desk: Desk) -> list[object]:
    """Decide a try to come in: it lets in, or it is counted, and at last locks.

    Raises:
        Unknown: there is no such invitation.
        Closed: it lets nobody in any more; which one says why.
    """
    found = door.invitations.get(command.invitation)
    if found is None:
        raise Unknown("There is no such invitation. Look at it once more, or ask for a new one.")
    _check_open(found, desk)
    if hmac.compare_digest(found.kept.digest, command.digest):
        return [InvitationRedeemed(found.id, command.patient, found.supporter, found.way)]
    locked = found.mistakes + 1 >= desk.rules.tries
    return [InvitationMistaken(found.id), *([InvitationLocked(found.id)] if locked else [])]


def revoke(door: Door, command: RevokeInvitation, desk: Desk) -> list[object]:
    """Decide that an invitation is taken back.

    Raises:
        Unknown: there is no such invitation.
        Closed: it lets nobody in any more as it is.
    """
    found = door.invitations.get(command.invitation)
    if found is None:
        raise Unknown("There is no such invitation.")
    _check_open(found, desk)
    return [InvitationRevoked(found.id, "withdrawn")]


def invite_supporter(door: Door, command: InviteSupporter, kept: Kept, desk: Desk) -> list[object]:
    """Decide that somebody of the patient's choice may see parts, and is invited.

    Raises:
        TooManySupporters: there are as many as there can be.
        Invalid: no part is named.
    """
    if len(door.supporters) >= desk.rules.supporters:
        raise TooManySupporters(
            f"You have {desk.rules.supporters} supporters, and more are not possible. "
            "Take one back first."
        )
    if not command.parts:
        raise Invalid(
            "Choose what they may see.", faults=[Fault("/parts", "Choose at least one thing.")]
        )
    allowed = SupporterAllowed(command.supporter, command.patient, command.parts)
    asked = IssueInvitation(
        command.invitation, command.patient, "link", supporter=command.supporter
    )
    return [allowed, *issue(evolve(door, allowed), asked, kept, desk)]


def remove_supporter(door: Door, command: RemoveSupporter) -> list[object]:
    """Decide that a supporter sees nothing any more.

    Raises:
        NotFound: there is no such supporter.
    """
    if command.supporter not in door.supporters:
        raise NotFound(NOBODY)
    revoked = _revoked(door, command.supporter, "removed")
    return [*revoked, SupporterRemoved(command.supporter, command.patient)]


def _revoked(
    door: Door, supporter: str | None, reason: Literal["replaced", "removed"]
) -> Iterator[InvitationRevoked]:
    return (InvitationRevoked(one.id, reason) for one in door.of(supporter) if one.state == "open")


def _check_open(found: Invitation, desk: Desk) -> None:
    state = found.state_at(desk.now)
    if state == "used":
        raise Used("It works once, and it was used. Who needs another device asks for a new one.")
    if state == "expired":
        raise Expired("Its days are over. Ask for a new one.")
    if state == "locked":
        raise Locked("It was tried too often with what was not right. Ask for a new one.")
    if state != "open":
        raise Closed("A newer one took its place, or it was taken back. Ask for a new one.")


def _with(door: Door, invitation: Invitation) -> Door:
    return replace(door, invitations={**door.invitations, invitation.id: invitation})
