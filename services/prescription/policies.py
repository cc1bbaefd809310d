"""What an event makes this service decide: departures, imports, the library."""

from datetime import UTC, date, datetime, time, timedelta

from prescription.rules import rules
from shared.due import following
from shared.envelope import Envelope
from shared.views import Views

HAND_OVER = "hand_over"
IMPORT = "import"
STOCK = "stock"


def hand_over(event: Envelope, views: Views) -> None:
    """Have the patients of who left given to the successor, after the last day (UTC)."""
    last = date.fromisoformat(event.data["date"])
    over = datetime.combine(last + timedelta(days=1), time(), UTC)
    at = max(event.recorded, over)
    views.schedule(event, following(event, HAND_OVER, event.data, at))


def go_on(event: Envelope, views: Views) -> None:
    """Have the next rows of an import looked at, until there are none."""
    through = event.data.get("through", 0)
    if through < event.data["rows"]:
        rest = {"intake": event.identity, "start": through}
        views.schedule(event, following(event, IMPORT, rest))


def stock(event: Envelope, views: Views) -> None:
    """Have the next exercises of the catalogue taken in, until there are none."""
    begin = {"edition": rules().versions["catalogue"], "through": 0, "of": 1}
    found = {**begin, **event.data}
    if found["through"] < found["of"]:
        rest = {"edition": found["edition"], "start": found["through"]}
        views.schedule(event, following(event, STOCK, rest))
