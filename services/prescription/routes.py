"""The JSON API: schema in, command out. What a rule refuses is answered as a problem."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields, validate

from prescription import answers, commands, queries, roster, schemas
from prescription.projections import LISTS
from shared.store import Commit
from shared.web import api
from shared.web.identity import allow, asker, service

PREFIX = "/prescription/v1"

routes = Blueprint("prescription", __name__, url_prefix=PREFIX)


class PatientsSearch(api.PageQuery):
    """Whom to find; in the body, since a name stands in no address."""

    limit = fields.Integer(strict=True, load_default=50, validate=validate.Range(1, 200))
    q = fields.String(
        required=True,
        metadata={"description": "words of a name, whole or from their third letter on"},
    )


def done(identity: str, commit: Commit, place: str, status: int = 201) -> Any:
    """Return what a command answers: the id of what it was about, and where that stands."""
    return {"id": identity}, status, api.headers(commit, f"{PREFIX}/{place}")


def changed(kind: Callable[..., object], identity: str, place: str, body: Any) -> Any:
    """Run a command that changes what was read at the version of If-Match; answer it."""
    cause, version = api.cause(body), api.expected_version()
    commit = api.execute(kind(identity, version=version, **body), cause)
    return done(identity, commit, f"{place}/{identity}")


@routes.route("/practice", methods=["POST"])
@allow("practice.register")
@routes.arguments(schemas.PracticeRequest)
@routes.response(201, answers.Created)
def register_practice(body: dict[str, Any]) -> Any:
    """Register the practice, once."""
    cause = api.cause(body)
    command = commands.RegisterPractice(practice=cause.tenant, **body)
    commit = api.execute(command, cause)
    return done(cause.tenant, commit, "practice")


@routes.route("/practice", methods=["GET"])
@allow("practice.read")
@routes.response(200, answers.Practice)
def read_practice() -> Any:
    """Return the practice."""
    found, version = queries.find_practice(asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/sites", methods=["POST"])
@allow("site.register")
@routes.arguments(schemas.SiteRequest)
@routes.response(201, answers.Created)
def register_site(body: dict[str, Any]) -> Any:
    """Open a site."""
    cause = api.cause(body)
    site = api.new_id(cause)
    commit = api.execute(commands.RegisterSite(site=site, **body), cause)
    return done(site, commit, f"sites/{site}")


@routes.route("/sites/<site>", methods=["GET"])
@allow("site.read")
@routes.response(200, answers.Site)
def read_site(site: str) -> Any:
    """Return a site."""
    found, version = queries.find_site(site, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/staff", methods=["POST"])
@allow("staff.register")
@routes.arguments(schemas.StaffRequest)
@routes.response(201, answers.Created)
def register_staff(body: dict[str, Any]) -> Any:
    """Take somebody on."""
    cause = api.cause(body)
    staff = api.new_id(cause)
    commit = api.execute(commands.RegisterStaff(staff=staff, **body), cause)
    return done(staff, commit, f"staff/{staff}")


@routes.route("/staff/<staff>", methods=["GET"])
@allow("staff.read")
@routes.response(200, answers.Staff)
def read_staff(staff: str) -> Any:
    """Return somebody who works here."""
    found, version = queries.find_staff(staff, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/staff/<staff>/sign-out", methods=["POST"])
@allow("staff.sign_out")
@routes.response(200, answers.Ended)
def sign_out_staff(staff: str) -> Any:
    """End every session of somebody who works here; their pages answer for ten minutes at most."""
    subject = queries.subject(staff, asker(), service())
    cause = api.cause({})
    return {"ended": service().sessions.end(cause.tenant, subject) if subject else 0}


@routes.route("/patients", methods=["POST"])
@allow("patient.register")
@routes.arguments(schemas.PatientRequest)
@routes.response(201, answers.Created)
def register_patient(body: dict[str, Any]) -> Any:
    """Take a patient into care."""
    queries.check_site(body["site"], asker(), service())
    cause = api.cause(body)
    patient = api.new_id(cause)
    asker().disclose([patient])
    commit = api.execute(commands.RegisterPatient(patient=patient, **body), cause)
    return done(patient, commit, f"patients/{patient}")


@routes.route("/patients", methods=["GET"])
@allow("patient.list")
@api.reads(LISTS)
@routes.arguments(api.PageQuery, location="query")
@routes.response(200, answers.page(answers.Listed))
def list_patients(query: dict[str, Any]) -> Any:
    """Return patients, the newest first."""
    return _listed("", **query)


@routes.route("/patients/search", methods=["POST"])
@allow("patient.list")
@api.reads(LISTS)
@routes.arguments(PatientsSearch)
@routes.response(200, answers.page(answers.Listed))
def search_patients(body: dict[str, Any]) -> Any:
    """Return patients with this name, the newest first."""
    return _listed(body["q"], body["limit"], body["cursor"])


def _listed(words: str, limit: int, cursor: str) -> Any:
    after = api.after(cursor)
    found = queries.patients(words, asker(), service(), after=after, limit=limit)
    return api.listing(found, limit, "order", dict)


@routes.route("/patients/<patient>", methods=["GET"])
@allow("patient.read")
@routes.response(200, answers.Patient)
def read_patient(patient: str) -> Any:
    """Return a patient."""
    found, version = queries.find_patient(patient, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/patients/<patient>/erasure", methods=["POST"])
@allow("patient.erase")
@routes.response(200, answers.Created)
def erase_patient(patient: str) -> Any:
    """Destroy all that says who the patient is; asked again, the answer is the same."""
    queries.in_reach(patient, asker(), service())
    commit = api.execute(commands.ErasePatient(patient), api.cause({}))
    return done(patient, commit, f"patients/{patient}", 200)


@routes.route("/patients/<patient>/programs", methods=["GET"])
@allow("program.list")
@api.reads(LISTS)
@routes.arguments(api.PageQuery, location="query")
@routes.response(200, answers.page(answers.Latest))
def list_programs(query: dict[str, Any], patient: str) -> Any:
    """Return a patient's programs, the newest first."""
    queries.in_reach(patient, asker(), service())
    after, limit = api.after(query["cursor"]), query["limit"]
    found = queries.programs(patient, asker(), service(), after=after, limit=limit)
    return api.listing(found, limit, "order", dict)


@routes.route("/programs", methods=["POST"])
@allow("program.prescribe")
@routes.arguments(schemas.ProgramRequest)
@routes.response(201, answers.Created)
def prescribe_program(body: dict[str, Any]) -> Any:
    """Prescribe a program."""
    queries.check_reach(body["patient"], asker(), service())
    cause = api.cause(body)
    program = api.new_id(cause)
    commit = api.execute(commands.PrescribeProgram(program=program, **body), cause)
    return done(program, commit, f"programs/{program}")


@routes.route("/programs/<program>", methods=["GET"])
@allow("program.read")
@routes.response(200, answers.Program)
def read_program(program: str) -> Any:
    """Return a program as its latest revision says; patients read their own."""
    found, version = queries.find_program(program, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/programs/<program>/history", methods=["GET"])
@allow("program.history")
@routes.response(200, answers.History)
def read_history(program: str) -> Any:
    """Return every revision of a program."""
    found, version = queries.find_program(program, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/programs/<program>/revisions", methods=["POST"])
@allow("program.revise")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.RevisionRequest)
@routes.response(201, answers.Created)
def revise_program(body: dict[str, Any], program: str) -> Any:
    """Revise a program; If-Match names the version that was read."""
    loaded = queries.load_program(program, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    body.setdefault("end", loaded.state.revisions[-1].end)
    command = commands.ReviseProgram(program=program, version=version, **body)
    commit = api.execute(command, cause)
    return done(program, commit, f"programs/{program}")


@routes.route("/programs/<program>/end", methods=["POST"])
@allow("program.end")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.EndRequest)
@routes.response(201, answers.Created)
def end_program(body: dict[str, Any], program: str) -> Any:
    """End a program; If-Match names the version that was read."""
    queries.load_program(program, asker(), service())
    return changed(commands.EndProgram, program, "programs", body)


@routes.route("/cards", methods=["GET"])
@allow("card.read")
@routes.arguments(api.IdsQuery, location="query")
@routes.response(200, answers.Held)
def read_cards(query: dict[str, Any]) -> Any:
    """Return cards {name, email, phone} of patients and staff, for the other services."""
    return {"items": queries.cards(query["ids"], asker(), service())}


@routes.route("/births", methods=["GET"])
@allow("birth.read")
@routes.arguments(api.IdsQuery, location="query")
@routes.response(200, answers.Births)
def read_births(query: dict[str, Any]) -> Any:
    """Return patients' years of birth, by which a code on paper is checked."""
    return {"items": queries.births(query["ids"], asker(), service())}


@routes.route("/texts", methods=["GET"])
@allow("text.read")
@routes.arguments(api.IdsQuery, location="query")
@routes.response(200, answers.Held)
def read_texts(query: dict[str, Any]) -> Any:
    """Return people's words, for the other services."""
    return {"items": queries.texts(query["ids"], asker().tenant, service())}


@routes.route("/names", methods=["GET"])
@allow("card.read")
@routes.arguments(api.IdsQuery, location="query")
@routes.response(200, answers.Held)
def read_names(query: dict[str, Any]) -> Any:
    """Return names of staff by their subjects at the provider, for what names people by these."""
    return {"items": roster.names(query["ids"], asker().tenant, service())}
