"""What is decided about tasks when it is due."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from prescription.task import handlers
from prescription.task.commands import CloseTask, OpenTask
from prescription.task.events import Offer
from prescription.task.policies import CLOSE, OPEN, REVIEW
from shared import commands
from shared.due import Due
from shared.service import DueHandler, Service

ASIS = ("program", "patient", "kind", "number", "of", "proposal")


def open_task(due: Due, service: Service) -> None:
    """Open a task about what an event told."""
    told = {name: due.data[name] for name in ASIS if name in due.data}
    offers = tuple(Offer(**one) for one in due.data.get("offers", ()))
    raised = datetime.fromisoformat(due.data["raised"])
    _open(due, service, offers=offers, raised=raised, **told)


def ask_review(due: Due, service: Service) -> None:
    """Open a task about a review whose date is over."""
    own = {name: due.data[name] for name in ("program", "patient")}
    _open(due, service, kind="review", raised=due.due_at, **own)


def close_task(due: Due, service: Service) -> None:
    """Close a task that has nothing to do any more."""
    cause = due.cause(service.name)
    command = CloseTask(**due.data)
    commands.run(lambda: handlers.close_task(command, service, cause), cause)


def _open(due: Due, service: Service, **fields: Any) -> None:
    cause, day = due.cause(service.name), due.data.get("day")
    command = OpenTask(
        task=commands.identify(due.id, "task"), day=day and date.fromisoformat(day), **fields
    )
    commands.run(lambda: handlers.open_task(command, service, cause), cause)


DUE: Mapping[str, DueHandler] = {OPEN: open_task, REVIEW: ask_review, CLOSE: close_task}
