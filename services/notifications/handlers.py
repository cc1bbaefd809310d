"""One function a command: load, decide, append."""

from notifications import mailbox, queries, reminder
from notifications.commands import CloseMessage, Remind
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause


def remind(command: Remind, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(mailbox.KIND, cause, command.patient)
    desk = queries.desk(service, cause.tenant, command.program)
    events = reminder.remind(loaded.state, command, desk)
    return service.streams.append(loaded, events, cause, key=command.patient)


def close_message(command: CloseMessage, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(mailbox.KIND, cause, command.message.patient)
    events = mailbox.close(loaded.state, command)
    return service.streams.append(loaded, events, cause, key=command.message.patient)


HANDLERS: dict[type, Handler] = {
    Remind: remind,
    CloseMessage: close_message,
}
