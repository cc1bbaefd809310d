"""The pages of therapists: patients, a patient, a program, revising, ending.

A form posts the command that the API takes. What is refused comes back with the form as it was
typed: a summary of the errors first, and each beside its control.
"""

from typing import Any

from flask import Blueprint, render_template, request

from prescription import commands, desk, erasure, forms, queries, schemas
from prescription.care import queries as care
from prescription.course.stale import since
from prescription.course.telling import sentences
from prescription.flags import queries as flags
from prescription.forms import REFUSED
from prescription.projections import ERASURES, LISTS
from prescription.task import queries as tasks
from prescription.task.telling import told
from shared import permission
from shared.errors import Stale
from shared.tenancy import LIMIT
from shared.web import api
from shared.web.identity import asker, identity, page, service

PATIENT = (
    "name",
    "email",
    "phone",
    "birth_year",
    "site",
    "therapist",
    "zone",
    "language",
    "precautions",
)
CONTENT = ("end", "phase-number", "phase-name")
REVISION = ("reason", "note", "effective", "review", *CONTENT)
BOTH = ["GET", "POST"]
# So many of those who need somebody stand beside the list of patients.
URGENT = 5

pages = Blueprint("pages", __name__, url_prefix="/prescription")
pages.context_processor(desk.describe)


@pages.route("/", methods=BOTH)
@page("patient.list")
@api.reads(LISTS)
def show_patients() -> Any:
    """Show whom the practice treats, who needs somebody now; find somebody by name."""
    treats, who = desk.treats(), asker()
    urgent = tasks.queue(tasks.ALL, who, service(), limit=URGENT) if treats else []
    first = [(one, told(one["tasks"][0], one["tasks"][0]["names"])) for one in urgent[:URGENT]]
    return render_template("prescription/patients.html", **desk.patients(), urgent=first)


@pages.get("/patients/<patient>")
@page("patient.open")
@api.reads(LISTS)
def show_patient(patient: str) -> Any:
    """Show a patient with all programs."""
    who = asker()
    found, _ = queries.find_patient(patient, who, service())
    programs = queries.programs(patient, who, service(), limit=LIMIT)[:LIMIT]
    treats = permission.action("care.read").reach(identity())
    return render_template(
        "prescription/patient.html",
        **desk.patients(),
        patient=found,
        programs=[desk.placed(program, found["zone"]) for program in programs],
        care=care.summary(patient, who, service()) if treats else None,
        screening=flags.find_screening(patient, who, service())[0] if treats else None,
        site=queries.find_site(found["site"], who, service())[0],
        therapist=found["therapist"] and queries.find_staff(found["therapist"], who, service())[0],
    )


@pages.get("/patients/<patient>/erasure")
@page("erasure.read")
@api.reads(ERASURES)
def show_erasure(patient: str) -> Any:
    """Show what became of an erasure."""
    found = erasure.certificate(patient, asker(), service())
    return render_template("prescription/erasure.html", **found)


@pages.route("/patients/new", methods=BOTH)
@page("patient.register")
@api.reads(LISTS)
def register_patient() -> Any:
    """Take a patient into care."""
    asker().disclose(())  # a form to fill in shows nobody's record
    values = forms.typed(request.form)
    sites = queries.sites(asker(), service())
    around: dict[str, Any] = {"sites": sites, "staff": desk.therapists()}
    if request.method == "GET":
        return desk.draw("register.html", values, **around)
    # A patient lives in the clinic's time zone unless another is typed; without a clinic it is the
    # clinic that is asked for.
    zones = {site["id"]: site["zone"] for site in sites}
    zone = {"zone": zones.get(values["site"], "UTC")}
    try:
        body = schemas.PatientRequest().load(zone | forms.body(values, PATIENT))
        queries.check_site(body["site"], asker(), service())
        cause = api.cause(body, key=values["key"])
        patient = api.new_id(cause)
        asker().disclose([patient])
        commit = api.execute(commands.RegisterPatient(patient=patient, **body), cause)
    except REFUSED as refusal:
        return desk.draw("register.html", values, refusal, **around)
    return desk.lead_to(f"patients/{patient}", commit, done="registered")


@pages.route("/programs/<program>/revise", methods=BOTH)
@page("program.revise")
@api.reads(LISTS)
def revise(program: str) -> Any:
    """Revise a program from a day on."""
    found, version = desk.program(program)
    around: dict[str, Any] = {**found, "library": desk.library(), "version": version}
    if request.method == "GET":
        return desk.draw("revise.html", desk.current(found), **around)
    values = forms.typed(request.form, dates=("effective", "end", "review"))
    if forms.rearranged(request.form):
        return desk.draw("revise.html", values, **around | {"version": values["version"]})
    try:
        asked = {"exercises": forms.content(values)}
        body = schemas.RevisionRequest().load(forms.body(values, REVISION) | asked)
        command = commands.ReviseProgram(
            program=program, version=desk.version(values), **{"end": None} | body
        )
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except (*REFUSED, Stale) as refusal:
        around["since"] = _since(program, values) if isinstance(refusal, Stale) else []
        return desk.draw("revise.html", values, refusal, **around)
    return desk.lead_to(f"programs/{program}", commit, done="revised")


@pages.route("/programs/<program>/end", methods=BOTH)
@page("program.end")
def end(program: str) -> Any:
    """End a program."""
    found, version = desk.program(program)
    around: dict[str, Any] = {**found, "version": version}
    if request.method == "GET":
        return desk.draw("end.html", desk.current(found), **around)
    values = forms.typed(request.form, dates=("date",))
    try:
        body = schemas.EndRequest().load(forms.body(values, ("date", "reason")))
        command = commands.EndProgram(program=program, version=desk.version(values), **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except (*REFUSED, Stale) as refusal:
        around["since"] = _since(program, values) if isinstance(refusal, Stale) else []
        return desk.draw("end.html", values, refusal, **around)
    return desk.lead_to(f"programs/{program}", commit, done="ended")


def _since(program: str, values: forms.Typed) -> list[Any]:
    """Return in words what changed of a program since a form was drawn."""
    loaded = queries.load_program(program, asker(), service())
    return sentences(since(loaded, desk.version(values), asker().tenant, service()))
