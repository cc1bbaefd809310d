"""What an event makes this service decide about tasks: open one, close one, look at a program."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from prescription.course.review import later
from prescription.task.board import KIND
from prescription.task.rules import closes
from shared import commands
from shared.due import Due
from shared.envelope import Envelope
from shared.mongo import Document
from shared.views import Views

OPEN, CLOSE, REVIEW = "open_task", "close_task", "review_due"
# At this time in UTC the date before is over wherever a patient lives.
OVER = time(12, tzinfo=UTC)


def open_task(event: Envelope, views: Views, kind: str, **told: Any) -> None:
    """Have a task opened because of an event of a program.

    Args:
        event: what it is about.
        views: of its batch.
        kind: of task.
        told: day, number, of, proposal and offers, as far as its reason tells them.
    """
    own = {"program": event.data["program"], "patient": event.data["patient"], "kind": kind}
    data = own | told | {"raised": event.recorded.isoformat()}
    _schedule(event, views, OPEN, event.recorded, data)


def plan_review(event: Envelope, views: Views, review: str) -> None:
    """Have a program's review asked for, once its date is over and nobody has looked at it."""
    at = datetime.combine(later(date.fromisoformat(review), timedelta(days=1)), OVER)
    own = {name: event.data[name] for name in ("program", "patient")}
    _schedule(event, views, REVIEW, at, own | {"day": review})


def close_settled(event: Envelope, views: Views, desk: Document) -> None:
    """Have each open task closed that has nothing to do any more.

    The document is written by the events that open tasks and by those that settle them, whichever
    come first: whatever comes second finds both.
    """
    for identity, task in desk["open"].items():
        if reason := settled(desk, task):
            close(event, views, identity, reason)


def close(event: Envelope, views: Views, task: str, reason: str) -> None:
    """Have a task closed, once whatever asks for it.

    That it is closed asks for it too, and is refused: read in another order, what closed it may
    come when the task is not known to be open any more, and the same must follow from both.
    """
    data = {"task": task, "patient": event.data["patient"], "reason": reason}
    views.schedule(
        event,
        Due(
            id=commands.identify(event.tenant, task, CLOSE),
            kind=CLOSE,
            tenant=event.tenant,
            stream=KIND.stream(event.data["patient"]),
            due_at=event.recorded,
            sequence=event.sequence,
            data=data,
        ),
    )


def settled(desk: Document, task: Mapping[str, Any]) -> str | None:
    """Return after which fact a task has nothing to do any more; None where there is."""
    program = desk["programs"].get(task["program"], {})
    if task["proposal"] in program.get("answers", ()) and task["proposal"]:
        return "answered"
    for fact, moment in program.get("facts", {}).items():
        if closes(task["kind"], fact) and moment >= task["raised"]:
            return str(fact)
    return None


def _schedule(
    event: Envelope, views: Views, kind: str, at: datetime, data: Mapping[str, Any]
) -> None:
    views.schedule(
        event,
        Due(
            id=commands.identify(event.id, kind),
            kind=kind,
            tenant=event.tenant,
            stream=KIND.stream(event.data["patient"]),
            due_at=at,
            sequence=event.sequence,
            data=data,
        ),
    )
