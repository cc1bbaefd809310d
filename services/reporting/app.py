"""What makes this service reporting: it decides nothing and publishes nothing."""

from pathlib import Path

from reporting.projections import INDEXES, PROJECTIONS
from shared.service import Definition, Front

TEMPLATES = Path(__file__).parent / "templates"


def _front() -> Front:
    from reporting.pages import pages  # noqa: PLC0415 - only `serve` needs it
    from reporting.routes import routes  # noqa: PLC0415

    return Front(routes, pages)


DEFINITION = Definition(
    name="reporting",
    events=(),
    published={},
    handlers={},
    projections=PROJECTIONS,
    front=_front,
    indexes=INDEXES,
)
