"""The JSON API of a record as a whole: held, erased, kept how long, given to the patient."""

from dataclasses import asdict
from typing import Any

from prescription import answers, commands, erasure, export, queries, schemas
from prescription.projections import ERASURES, LISTS
from prescription.retention import CLINICAL, past, retention
from prescription.routes import done, routes
from shared.errors import NotFound
from shared.permission import NOBODY_HERE
from shared.web import api, exports
from shared.web.identity import allow, asker, service

__all__ = ["routes"]


@routes.route("/patients/<patient>/erasure", methods=["GET"])
@allow("erasure.read")
@api.reads(ERASURES)
@routes.response(200, answers.Erasure)
def read_erasure(patient: str) -> Any:
    """Return what became of an erasure: what each service destroyed, and what outlives it."""
    return erasure.certificate(patient, asker(), service())


@routes.route("/patients/<patient>/hold", methods=["POST"])
@allow("patient.hold")
@routes.arguments(schemas.HoldRequest)
@routes.response(201, answers.Created)
def place_hold(body: dict[str, Any], patient: str) -> Any:
    """Keep a record from being erased, for a reason."""
    queries.in_reach(patient, asker(), service())
    commit = api.execute(commands.PlaceHold(patient, **body), api.cause(body))
    return done(patient, commit, f"patients/{patient}")


@routes.route("/patients/<patient>/hold/release", methods=["POST"])
@allow("patient.hold")
@routes.response(200, answers.Created)
def release_hold(patient: str) -> Any:
    """Let a record be erased again."""
    queries.in_reach(patient, asker(), service())
    commit = api.execute(commands.ReleaseHold(patient), api.cause({}))
    return done(patient, commit, f"patients/{patient}", 200)


@routes.route("/retention", methods=["GET"])
@allow("retention.read")
@routes.response(200, answers.Retention)
def read_retention() -> Any:
    """Return how long each kind of record is kept, and who says so."""
    return asdict(retention())


@routes.route("/retention/past", methods=["GET"])
@allow("retention.list")
@api.reads(LISTS)
@routes.arguments(api.PageQuery, location="query")
@routes.response(200, answers.page(answers.Past))
def list_past(query: dict[str, Any]) -> Any:
    """List records past their time; a person decides. A page may hold fewer than its limit."""
    after, limit = api.after(query["cursor"]), query["limit"]
    found = queries.in_care(asker(), service(), after=after, limit=limit)
    listed = api.listing(found, limit, "order", lambda patient: patient)
    before = retention().before(service().clock().date())
    ended = dict(past(listed["items"], before) if before else ())
    asker().disclose(ended)
    items = [{"patient": who, "ended": day, "type": CLINICAL} for who, day in ended.items()]
    return listed | {"items": items}


@routes.route("/patients/<patient>/export", methods=["GET"])
@allow("patient.export")
@routes.arguments(schemas.ExportQuery, location="query")
@routes.response(200, description="All that is kept of the patient, from every service")
def read_export(query: dict[str, Any], patient: str) -> Any:
    """Return all that is kept of a patient: JSON, or a zip of one CSV file a kind of record."""
    if not queries.in_reach(patient, asker(), service()).present:
        raise NotFound(NOBODY_HERE)
    found = exports.gathered(asker().tenant, patient, export.export)
    return exports.answer(found, query["format"], patient)
