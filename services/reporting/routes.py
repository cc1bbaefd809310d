"""The JSON API."""

from typing import Any

from flask_smorest import Blueprint

from reporting import queries
from reporting.projections import TIMELINE
from reporting.schemas import TimelineSchema
from shared.web import api
from shared.web.identity import allow, check_patient, identity, service

READERS = ("therapist", "lead", "patient")

routes = Blueprint("reporting", __name__, url_prefix="/reporting/v1")


@routes.route("/programs/<program>/timeline", methods=["GET"])
@routes.response(200, TimelineSchema)
@allow(*READERS)
@api.reads(TIMELINE)
def read_timeline(program: str) -> Any:
    """Read a program from its start to today: asked for, done, felt."""
    asker, held = identity(), service()
    patient = queries.program(held, asker.tenant, program)["patient"]
    check_patient(patient)
    today = queries.today(held, asker.tenant, patient)
    return api.json_answer(queries.timeline(held, asker.tenant, program, today))
