"""What an event makes this service decide: whose patients are whose after a departure; imports."""

from datetime import UTC, date, datetime, time, timedelta

from shared import commands
from shared.due import Due
from shared.envelope import Envelope
from shared.views import Views

HAND_OVER = "hand_over"
IMPORT = "import"


def hand_over(event: Envelope, views: Views) -> None:
    """Have the patients of who left given to the successor, after the last day (UTC)."""
    last = date.fromisoformat(event.data["date"])
    over = datetime.combine(last + timedelta(days=1), time(), UTC)
    views.schedule(
        event,
        Due(
            id=commands.identify(event.id, HAND_OVER),
            kind=HAND_OVER,
            tenant=event.tenant,
            stream=event.subject,
            due_at=max(event.recorded, over),
            sequence=event.sequence,
            data=dict(event.data),
        ),
    )


def go_on(event: Envelope, views: Views) -> None:
    """Have the next rows of an import looked at, until there are none."""
    through = event.data.get("through", 0)
    if through < event.data["rows"]:
        views.schedule(
            event,
            Due(
                id=commands.identify(event.id, IMPORT),
                kind=IMPORT,
                tenant=event.tenant,
                stream=event.subject,
                due_at=event.recorded,
                sequence=event.sequence,
                data={"intake": event.identity, "start": through},
            ),
        )
