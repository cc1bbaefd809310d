"""What makes this service this service."""

from adherence.duties import DUE
from adherence.events import EVENTS, UPCASTERS
from adherence.export import export
from adherence.handlers import HANDLERS
from adherence.invite import now
from adherence.projections import INDEXES, PROJECTIONS
from adherence.published import PUBLISHED
from shared.service import Definition, Front


def _front() -> Front:
    from adherence.pages import pages  # noqa: PLC0415 - only `serve` needs it
    from adherence.routes import routes  # noqa: PLC0415

    return Front(routes, pages)


DEFINITION = Definition(
    name="adherence",
    events=EVENTS,
    upcasters=UPCASTERS,
    published=PUBLISHED,
    handlers=HANDLERS,
    projections=PROJECTIONS,
    due=DUE,
    indexes=INDEXES,
    front=_front,
    export=export,
    signs_in=True,
    now=now,
)
