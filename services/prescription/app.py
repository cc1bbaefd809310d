"""What makes this service this service."""

from prescription.events import EVENTS, UPCASTERS
from prescription.pages import pages
from prescription.published import PUBLISHED
from prescription.routes import routes
from shared.service import Definition

DEFINITION = Definition(
    name="prescription",
    events=EVENTS,
    upcasters=UPCASTERS,
    published=PUBLISHED,
    handlers={},
    projections=[],
    api=routes,
    pages=pages,
    signs_in=True,
)
