"""One function a command: load, decide, append. A note is sealed in between."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from adherence import diary, invite, milestone, queries, session
from adherence.commands import (
    AmendSession,
    InviteSupporter,
    IssueInvitation,
    LogSession,
    ReachPhase,
    RedeemInvitation,
    RemoveSupporter,
    RevokeInvitation,
)
from adherence.diary import Decided, Desk, Diary
from adherence.events import Session, SessionAmended
from adherence.signals import handlers as signals
from shared import commands
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause

Tells = TypeVar("Tells", LogSession, AmendSession)


def log_session(command: LogSession, service: Service, cause: Cause) -> Commit:
    return _tell(command, session.log, service, cause)


def amend_session(command: AmendSession, service: Service, cause: Cause) -> Commit:
    return _tell(command, session.amend, service, cause)


def reach_phase(command: ReachPhase, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(diary.KIND, cause, command.program)
    desk = queries.desk(service, cause.tenant, command.program)
    events = milestone.reach_phase(loaded.state, command, desk)
    return service.streams.append(loaded, events, cause, key=desk.program.patient)


HANDLERS: Mapping[type, Handler] = {
    LogSession: log_session,
    AmendSession: amend_session,
    ReachPhase: reach_phase,
    IssueInvitation: invite.issue_invitation,
    RedeemInvitation: invite.redeem_invitation,
    RevokeInvitation: invite.revoke_invitation,
    InviteSupporter: invite.invite_supporter,
    RemoveSupporter: invite.remove_supporter,
    **signals.HANDLERS,
}


def _tell(
    command: Tells,
    decide: Callable[[Diary, Tells, Desk, str | None], Decided],
    service: Service,
    cause: Cause,
) -> Commit:
    loaded = service.streams.load(diary.KIND, cause, command.program)
    desk = queries.desk(service, cause.tenant, command.program)
    words = command.told.note
    note = commands.identify(cause.command, cause.fingerprint, "note") if words else None
    events = decide(loaded.state, command, desk, note)
    if words:
        _seal(words, events, loaded.state, service, cause)
    commit = service.streams.append(loaded, events, cause, key=desk.program.patient)
    if words:
        _forget(desk.program.patient, service, cause)
    return commit


def _seal(words: str, events: Decided, before: Diary, service: Service, cause: Cause) -> None:
    """Seal the session's note before the commit that refers to it; added words come after others.

    A try that meets a conflict seals again under the same id, from what it has read then.
    """
    for told in events:
        if isinstance(told, Session) and told.note:
            earlier = before.sessions.get(told.local_date)
            adds = isinstance(told, SessionAmended) and told.reason == "added"
            kept = [earlier.note] if adds and earlier and earlier.note else []
            said = service.vault.open(cause.tenant, kept).values()
            service.vault.seal(cause.tenant, told.patient, told.note, "\n\n".join([*said, words]))


def _forget(patient: str, service: Service, cause: Cause) -> None:
    """Destroy what was sealed for a patient who was erased while this command ran."""
    if service.vault.erased(cause.tenant, [patient]):
        service.vault.erase(cause.tenant, patient)
