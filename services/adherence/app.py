"""What makes this service this service."""

from adherence.duties import DUE
from adherence.events import EVENTS
from adherence.handlers import HANDLERS
from adherence.pages import pages
from adherence.projections import INDEXES, PROJECTIONS
from adherence.published import PUBLISHED
from adherence.routes import routes
from shared.service import Definition

DEFINITION = Definition(
    name="adherence",
    events=EVENTS,
    published=PUBLISHED,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    due=DUE,
    indexes=INDEXES,
    api=routes,
    pages=pages,
    signs_in=True,
)
