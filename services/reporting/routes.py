"""The JSON API."""

from typing import Any

from flask_smorest import Blueprint

from reporting import queries
from reporting.projections import TIMELINE
from reporting.schemas import TimelineSchema
from shared.web import api
from shared.web.identity import allow, asker, service

routes = Blueprint("reporting", __name__, url_prefix="/reporting/v1")


@routes.route("/programs/<program>/timeline", methods=["GET"])
@allow("timeline.read")
@routes.response(200, TimelineSchema)
@api.reads(TIMELINE)
def read_timeline(program: str) -> Any:
    """Read a program from its start to today: asked for, done, felt."""
    who, held = asker(), service()
    patient = queries.in_reach(held, who, program)["patient"]
    today = queries.today(held, who.tenant, patient)
    return api.json_answer(queries.timeline(held, who.tenant, program, today))
