"""What makes this service this service."""

from prescription import protocol, record, roster
from prescription.care import events as care
from prescription.course.handlers import HANDLERS as COURSE
from prescription.duties import DUE, outdated
from prescription.events import EVENTS, UPCASTERS
from prescription.export import export
from prescription.flags import events as flags
from prescription.handlers import HANDLERS
from prescription.projections import INDEXES, PROJECTIONS
from prescription.published import PUBLISHED
from prescription.queries import sites_within
from prescription.task.handlers import HANDLERS as TASK
from shared.service import Definition, Front


def _front() -> Front:
    # Their routes are those of `routes` and `pages`.
    from prescription import (  # noqa: PLC0415
        administration,  # noqa: F401
        bureau,  # noqa: F401
        display,  # noqa: F401
        imports,  # noqa: F401
        librarian,  # noqa: F401
        uploads,  # noqa: F401
    )
    from prescription.builder import pages as building  # noqa: F401, PLC0415
    from prescription.builder import paper  # noqa: F401, PLC0415
    from prescription.builder import routes as drafting  # noqa: F401, PLC0415
    from prescription.care import pages as care_pages  # noqa: F401, PLC0415
    from prescription.course import pages as course_pages  # noqa: F401, PLC0415
    from prescription.course import routes as course_routes  # noqa: F401, PLC0415
    from prescription.demonstrations import demonstrations  # noqa: PLC0415 - only `serve` needs it
    from prescription.flags import pages as flags_pages  # noqa: F401, PLC0415
    from prescription.pages import pages  # noqa: PLC0415 - only `serve` needs it
    from prescription.protocol import pages as templates  # noqa: F401, PLC0415
    from prescription.protocol import routes as templating  # noqa: F401, PLC0415
    from prescription.record import pages as charting  # noqa: F401, PLC0415
    from prescription.record import routes as charts  # noqa: F401, PLC0415
    from prescription.rights import routes  # noqa: PLC0415
    from prescription.scim import scim  # noqa: PLC0415
    from prescription.suggest import pages as advice  # noqa: F401, PLC0415
    from prescription.suggest import routes as suggestions  # noqa: F401, PLC0415
    from prescription.task import pages as task_pages  # noqa: F401, PLC0415
    from prescription.task import routes as task_routes  # noqa: F401, PLC0415

    return Front(routes, pages, (scim,), (demonstrations,))


DEFINITION = Definition(
    name="prescription",
    events=(*EVENTS, *care.EVENTS, *flags.EVENTS, *protocol.EVENTS, *record.EVENTS),
    upcasters=UPCASTERS,
    published=PUBLISHED | protocol.PUBLISHED,
    handlers={**HANDLERS, **COURSE, **TASK, **protocol.HANDLERS, **record.HANDLERS},
    projections=[*PROJECTIONS, *protocol.PROJECTIONS],
    due=DUE,
    given=outdated,
    indexes=(*INDEXES, *protocol.INDEXES),
    front=_front,
    within=sites_within,
    export=export,
    signs_in=True,
    arrived=roster.link,
    now=roster.now,
)
