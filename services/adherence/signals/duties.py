"""What is decided about signals when it is due."""

from collections.abc import Mapping

from adherence.signals import handlers
from adherence.signals.commands import SettleProposal, WatchProgram
from adherence.signals.policies import SETTLE, WATCH
from shared import commands
from shared.due import Due
from shared.service import DueHandler, Service


def watch(due: Due, service: Service) -> None:
    """Look at a program."""
    cause = due.cause(service.name)
    command = WatchProgram(**due.data)
    commands.run(lambda: handlers.watch_program(command, service, cause), cause)


def settle(due: Due, service: Service) -> None:
    """Note what became of a proposal."""
    cause = due.cause(service.name)
    command = SettleProposal(**due.data)
    commands.run(lambda: handlers.settle_proposal(command, service, cause), cause)


DUE: Mapping[str, DueHandler] = {WATCH: watch, SETTLE: settle}
