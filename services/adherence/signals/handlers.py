"""One function a command: load, decide, append."""

from collections.abc import Mapping

from adherence import diary, queries
from adherence.signals import settling, watch
from adherence.signals.commands import SettleProposal, WatchProgram
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause


def watch_program(command: WatchProgram, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(diary.KIND, cause, command.program)
    desk = queries.desk(service, cause.tenant, command.program)
    events = watch.watch(loaded.state, desk)
    return service.streams.append(loaded, events, cause, key=desk.program.patient)


def settle_proposal(command: SettleProposal, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(diary.KIND, cause, command.program)
    events = settling.settle(loaded.state, command)
    return service.streams.append(loaded, events, cause)


HANDLERS: Mapping[type, Handler] = {
    WatchProgram: watch_program,
    SettleProposal: settle_proposal,
}
