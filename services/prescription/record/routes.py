"""The JSON API of clinical records."""

from typing import Any

from prescription import answers as shared_answers
from prescription import queries as patients
from prescription.record import answers, commands, queries, schemas
from prescription.routes import done, routes
from shared.web import api
from shared.web.identity import allow, asker, service

PATH = "/patients/<patient>/record"


@routes.route(PATH, methods=["GET"])
@allow("record.read")
@routes.response(200, answers.ClinicalRecord)
def read_record(patient: str) -> Any:
    """Return conditions and home set-up of a patient."""
    found, version = queries.show(patient, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route(PATH, methods=["POST"])
@allow("record.set")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.RecordRequest)
@routes.response(201, shared_answers.Created)
def set_record(body: dict[str, Any], patient: str) -> Any:
    """Say what the record holds, all of it; If-Match names the version, 0 for the first time."""
    patients.in_reach(patient, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    commit = api.execute(commands.SetRecord(patient=patient, version=version, **body), cause)
    return done(patient, commit, f"patients/{patient}/record")
