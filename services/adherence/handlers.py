"""One function a command: load, decide, append."""

from adherence import queries, session
from adherence.commands import AmendSession, LogSession, ReachPhase
from adherence.rules import rules
from adherence.session import Desk
from shared import commands
from shared.service import Service
from shared.store import Commit
from shared.stream import Cause


def log_session(command: LogSession, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(session.KIND, cause, command.program)
    desk = _desk(command.program, service, cause)
    note = _note_id(command.told.note, cause)
    events = session.log(loaded.state, command, desk, note)
    earlier = loaded.state.sessions.get(events[0].local_date)
    _seal(command.told.note, note, earlier and earlier.note, desk, service, cause)
    return service.streams.append(loaded, events, cause, key=desk.program.patient)


def amend_session(command: AmendSession, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(session.KIND, cause, command.program)
    desk = _desk(command.program, service, cause)
    note = _note_id(command.told.note, cause)
    events = session.amend(loaded.state, command, desk, note)
    kept = session.find(loaded.state, command.session).note if command.reason == "added" else None
    _seal(command.told.note, note, kept, desk, service, cause)
    return service.streams.append(loaded, events, cause, key=desk.program.patient)


def reach_phase(command: ReachPhase, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(session.KIND, cause, command.program)
    desk = _desk(command.program, service, cause)
    events = session.reach_phase(loaded.state, command, desk)
    return service.streams.append(loaded, events, cause, key=desk.program.patient)


HANDLERS = {
    LogSession: log_session,
    AmendSession: amend_session,
    ReachPhase: reach_phase,
}


def _desk(program: str, service: Service, cause: Cause) -> Desk:
    return Desk(queries.program(service, cause.tenant, program), service.clock(), rules())


def _note_id(words: str | None, cause: Cause) -> str | None:
    return commands.identify(cause.command, "note") if words else None


def _seal(
    words: str | None,
    note: str | None,
    kept: str | None,
    desk: Desk,
    service: Service,
    cause: Cause,
) -> None:
    """Seal the note before the commit that refers to it, after what the date's note said."""
    if words is None or note is None:
        return
    before = service.vault.open(cause.tenant, [kept]) if kept else {}
    whole = "\n\n".join([*before.values(), words])
    service.vault.seal(cause.tenant, desk.program.patient, note, whole)
