"""What makes this service this service."""

from prescription.events import EVENTS, UPCASTERS
from prescription.handlers import HANDLERS
from prescription.pages import pages
from prescription.projections import INDEXES, PROJECTIONS
from prescription.published import PUBLISHED
from prescription.routes import routes
from shared.service import Definition

DEFINITION = Definition(
    name="prescription",
    events=EVENTS,
    upcasters=UPCASTERS,
    published=PUBLISHED,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    indexes=INDEXES,
    api=routes,
    pages=pages,
    signs_in=True,
)
