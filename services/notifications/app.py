"""What this service is made of."""

from notifications.channels import CHANNELS
from notifications.duties import DUE, close
from notifications.events import EVENTS
from notifications.export import export
from notifications.handlers import HANDLERS
from notifications.projections import INDEXES, PROJECTIONS
from notifications.published import PUBLISHED
from shared.service import Definition, Front


def _front() -> Front:
    from notifications.pages import pages  # noqa: PLC0415 - only `serve` needs it
    from notifications.routes import routes  # noqa: PLC0415

    return Front(routes, pages)


DEFINITION = Definition(
    name="notifications",
    events=EVENTS,
    published=PUBLISHED,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    due=DUE,
    channels=CHANNELS,
    outcome=close,
    indexes=INDEXES,
    front=_front,
    export=export,
)
