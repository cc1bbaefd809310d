"""What makes this service reporting: all that it decides and publishes is to forget a patient."""

from pathlib import Path

from reporting.export import export
from reporting.projections import INDEXES, PROJECTIONS
from shared import privacy
from shared.service import Definition, Front

TEMPLATES = Path(__file__).parent / "templates"


def _front() -> Front:
    from reporting.pages import pages  # noqa: PLC0415 - only `serve` needs it
    from reporting.routes import routes  # noqa: PLC0415

    return Front(routes, pages)


DEFINITION = Definition(
    name="reporting",
    events=(privacy.ErasureCompleted,),
    published=privacy.PUBLISHED,
    handlers={},
    projections=PROJECTIONS,
    due={privacy.ERASE: privacy.erase},
    front=_front,
    export=export,
    indexes=INDEXES,
)
