"""What makes this service reporting: it decides nothing and publishes nothing."""

from pathlib import Path

from reporting.pages import pages
from reporting.projections import INDEXES, PROJECTIONS
from reporting.routes import routes
from shared.service import Definition

TEMPLATES = Path(__file__).parent / "templates"
DEFINITION = Definition(
    name="reporting",
    events=(),
    published={},
    handlers={},
    projections=PROJECTIONS,
    api=routes,
    pages=pages,
    indexes=INDEXES,
)
