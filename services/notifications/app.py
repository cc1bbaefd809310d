"""What this service is made of."""

from notifications.channels import CHANNELS
from notifications.duties import DUE, close
from notifications.events import EVENTS
from notifications.handlers import HANDLERS
from notifications.pages import pages
from notifications.projections import INDEXES, PROJECTIONS
from notifications.published import PUBLISHED
from notifications.routes import routes
from shared.service import Definition

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
    api=routes,
    pages=pages,
)
