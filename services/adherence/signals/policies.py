"""When a program is looked at, and what the therapist's word on a proposal makes of it."""

from datetime import UTC, date, datetime, time, timedelta

from adherence.rules import rules
from shared import commands
from shared.due import Due
from shared.envelope import Envelope
from shared.views import Views

WATCH = "watch"
SETTLE = "settle"
# At this time in UTC the date before is over wherever a patient lives.
OVER = time(12, tzinfo=UTC)


def schedule_watch(event: Envelope, views: Views, since: str) -> None:
    """Have a program looked at some days after its start or a session, once on a date.

    Of what came late the days count from when it came: whoever was prescribed a program after its
    first date has the same days to begin.

    Args:
        event: what causes it, of a program.
        views: of its batch.
        since: the date of the start or of the session, as ISO text.
    """
    program = event.data["program"]
    first = max(date.fromisoformat(since), event.recorded.date())
    for ahead in rules().signals.watch.after_days:
        day = first + timedelta(days=ahead)
        views.schedule(
            event,
            Due(
                id=commands.identify(event.tenant, program, WATCH, day.isoformat()),
                kind=WATCH,
                tenant=event.tenant,
                stream=f"program-{program}",
                due_at=datetime.combine(day, OVER),
                sequence=event.sequence,
                data={"program": program},
            ),
        )


def schedule_settling(event: Envelope, views: Views, outcome: str) -> None:
    """Have it noted that a proposal was accepted or declined."""
    data = {"program": event.data["program"], "proposal": event.data["proposal"]}
    views.schedule(
        event,
        Due(
            id=commands.identify(event.id, SETTLE),
            kind=SETTLE,
            tenant=event.tenant,
            stream=f"program-{event.data['program']}",
            due_at=event.recorded,
            sequence=event.sequence,
            data={**data, "outcome": outcome},
        ),
    )
