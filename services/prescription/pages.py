"""The pages of therapists: patients, a patient, a program, revising, ending.

A form posts the command that the API takes. What is refused comes back with the form as it was
typed: a summary of the errors first, and each beside its control.
"""

from typing import Any

from flask import Blueprint, render_template, request

from prescription import commands, desk, erasure, forms, queries, schemas
from prescription.forms import REFUSED
from prescription.projections import ERASURES, LISTS
from shared.errors import Stale
from shared.tenancy import LIMIT
from shared.web import api
from shared.web.identity import asker, page, service

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
REVISION = ("reason", "note", "effective", *CONTENT)
BOTH = ["GET", "POST"]

pages = Blueprint("pages", __name__, url_prefix="/prescription")
pages.context_processor(desk.describe)


@pages.route("/", methods=BOTH)
@page("patient.list")
@api.reads(LISTS)
def show_patients() -> Any:
    """Show whom the practice treats, and who waits for a program; find somebody by name."""
    return render_template("prescription/patients.html", **desk.patients())


@pages.get("/patients/<patient>")
@page("patient.open")
@api.reads(LISTS)
def show_patient(patient: str) -> Any:
    """Show a patient with all programs."""
    who = asker()
    found, _ = queries.find_patient(patient, who, service())
    programs = queries.programs(patient, who, service(), limit=LIMIT)[:LIMIT]
    return render_template(
        "prescription/patient.html",
        **desk.patients(),
        patient=found,
        programs=[desk.placed(program, found["zone"]) for program in programs],
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


@pages.get("/programs/<program>")
@page("program.history")
def show_program(program: str) -> Any:
    """Show a program with its revisions."""
    found, _ = desk.program(program)
    return render_template("prescription/program.html", **found)


@pages.route("/programs/<program>/revise", methods=BOTH)
@page("program.revise")
@api.reads(LISTS)
def revise(program: str) -> Any:
    """Revise a program from a day on."""
    found, version = desk.program(program)
    around: dict[str, Any] = {**found, "library": desk.library(), "version": version}
    if request.method == "GET":
        return desk.draw("revise.html", desk.current(found), **around)
    values = forms.typed(request.form, dates=("effective", "end"))
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
        return desk.draw("end.html", values, refusal, **around)
    return desk.lead_to(f"programs/{program}", commit, done="ended")
