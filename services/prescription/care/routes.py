"""The JSON API of a patient's care: plans, visits, and notes of visits and revisions."""

from typing import Any

from prescription import desk, queries
from prescription.answers import Created
from prescription.care import answers, commands, note, schemas
from prescription.care.queries import find_care, find_plan, find_visit, named
from prescription.routes import done, routes
from shared.errors import NotFound
from shared.permission import NOBODY_HERE
from shared.web import api
from shared.web.identity import allow, asker, service

CARE = "/patients/<patient>/care"
PLAN = "/patients/<patient>/plans/<plan>"
VISIT = "/patients/<patient>/visits/<visit>"


@routes.route(CARE, methods=["GET"])
@allow("care.read")
@routes.response(200, answers.Care)
def read_care(patient: str) -> Any:
    """Return a patient's plans of care with all visits; the ETag is that of all of it."""
    found, version = find_care(patient, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/patients/<patient>/plans", methods=["POST"])
@allow("plan.begin")
@routes.arguments(schemas.PlanRequest)
@routes.response(201, Created)
def begin_plan(body: dict[str, Any], patient: str) -> Any:
    """Begin a plan of care."""
    queries.in_reach(patient, asker(), service())
    cause = api.cause(body)
    plan = api.new_id(cause)
    commit = api.execute(commands.BeginPlan(patient=patient, plan=plan, **body), cause)
    return done(plan, commit, f"patients/{patient}/care")


@routes.route(f"{PLAN}/changes", methods=["POST"])
@allow("plan.change")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.PlanChange)
@routes.response(201, Created)
def change_plan(body: dict[str, Any], patient: str, plan: str) -> Any:
    """Say all that a plan of care is from now on; If-Match names the version of the care."""
    find_plan(patient, plan, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    command = commands.ChangePlan(patient=patient, version=version, plan=plan, **body)
    return done(plan, api.execute(command, cause), f"patients/{patient}/care")


@routes.route(f"{PLAN}/closing", methods=["POST"])
@allow("plan.close")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.PlanClosingRequest)
@routes.response(201, Created)
def close_plan(body: dict[str, Any], patient: str, plan: str) -> Any:
    """Close a plan of care; If-Match names the version of the care."""
    find_plan(patient, plan, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    command = commands.ClosePlan(patient=patient, version=version, plan=plan, **body)
    return done(plan, api.execute(command, cause), f"patients/{patient}/care")


@routes.route(f"{PLAN}/visits", methods=["POST"])
@allow("visit.record")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.VisitRequest)
@routes.response(201, Created)
def record_visit(body: dict[str, Any], patient: str, plan: str) -> Any:
    """Record a visit; If-Match names the version of the care, so that none is there twice."""
    find_plan(patient, plan, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    visit, (asked, _) = api.new_id(cause), schemas.split(body)
    command = commands.RecordVisit(patient, version, plan, visit, asked)
    return done(visit, api.execute(command, cause), f"patients/{patient}/care")


@routes.route(f"{VISIT}/amendments", methods=["POST"])
@allow("visit.amend")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.Amendment)
@routes.response(201, Created)
def amend_visit(body: dict[str, Any], patient: str, visit: str) -> Any:
    """Say all that a visit was, with a reason; If-Match names the version of the care."""
    find_visit(patient, visit, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    asked, why = schemas.split(body)
    command = commands.AmendVisit(patient=patient, version=version, visit=visit, asked=asked, **why)
    return done(visit, api.execute(command, cause), f"patients/{patient}/care")


@routes.route(f"{VISIT}/withdrawal", methods=["POST"])
@allow("visit.withdraw")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.Withdrawal)
@routes.response(201, Created)
def withdraw_visit(body: dict[str, Any], patient: str, visit: str) -> Any:
    """Take back what was no visit; If-Match names the version of the care."""
    find_visit(patient, visit, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    command = commands.WithdrawVisit(patient=patient, version=version, visit=visit, **body)
    return done(visit, api.execute(command, cause), f"patients/{patient}/care")


@routes.route(f"{VISIT}/note", methods=["GET"])
@allow("care.read")
@routes.response(200, answers.Note)
def read_visit_note(patient: str, visit: str) -> Any:
    """Return the note of a visit, in the language of the request."""
    found, plan, _ = find_visit(patient, visit, asker(), service())
    return {"text": visit_note(found, plan)}


@routes.route("/programs/<program>/revisions/<number>/note", methods=["GET"])
@allow("program.history")
@routes.response(200, answers.Note)
def read_revision_note(program: str, number: str) -> Any:
    """Return the note of a revision of a program, in the language of the request."""
    return {"text": revision_note(program, number)[1]}


def visit_note(visit: dict[str, Any], plan: dict[str, Any]) -> str:
    """Return the note of a visit that the asker has found."""
    who = asker()
    programs = {
        one["program"]: queries.find_program(one["program"], who, service())[0]
        for one in visit["reviewed"]
    }
    return note.of_visit(visit, plan, programs, named([plan], who.tenant, service()))


def revision_note(program: str, number: str) -> tuple[dict[str, Any], str]:
    """Return a program as its page shows it, and the note of one of its revisions.

    Raises:
        NotFound: there is no such revision for this asker.
    """
    found = desk.program(program)[0]
    told = found["program"]
    revisions = {str(one["revision"]): one for one in told["revisions"]}
    if number not in revisions:
        raise NotFound(NOBODY_HERE)
    chosen = revisions[number]
    return found, note.of_revision(told, chosen, chosen["changes"], _named(chosen))


def _named(said: dict[str, Any]) -> dict[str, str]:
    """Return the name of who decided something, where somebody here signs in so."""
    return dict(named([{"actor": said["actor"], "visits": []}], asker().tenant, service()))
