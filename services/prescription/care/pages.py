"""The pages of a patient's care: a plan, a visit in a few taps, and the note to copy."""

from typing import Any

from flask import render_template, request

from prescription import desk, forms, queries
from prescription.care import commands, schemas, typed
from prescription.care.plan import PlanOver
from prescription.care.queries import find_plan, find_visit
from prescription.care.routes import revision_note, visit_note
from prescription.care.rules import care_rules
from prescription.care.visit import NoVisit
from prescription.forms import REFUSED, Typed
from prescription.pages import BOTH, pages
from prescription.projections import LISTS
from shared.errors import Stale
from shared.tenancy import LIMIT
from shared.web import api
from shared.web.identity import asker, page, service

PATIENT = "/patients/<patient>"
PLAN = f"{PATIENT}/plans/<plan>"
VISIT = f"{PATIENT}/visits/<visit>"
FAULTS = (*REFUSED, Stale, PlanOver, NoVisit)
GOING = ("running", "ending", "ahead")


@pages.route(f"{PATIENT}/plans/new", methods=BOTH)
@page("plan.begin")
def begin_plan(patient: str) -> Any:
    """Begin a plan of care."""
    found = _around(patient)
    if request.method == "GET":
        values = Typed({"first": desk.today(found["patient"]["zone"]), "rows": []})
        return desk.draw("care_plan.html", values, **found, plan=None, version="")
    values = typed.plan(request.form)
    try:
        body = schemas.PlanRequest().load(typed.plan_body(values))
        cause = api.cause(body, key=values["key"])
        command = commands.BeginPlan(patient=patient, plan=api.new_id(cause), **body)
        commit = api.execute(command, cause)
    except FAULTS as refusal:
        return desk.draw("care_plan.html", values, refusal, **found, plan=None, version="")
    return desk.lead_to(f"patients/{patient}", commit, done="plan")


@pages.route(f"{PLAN}/change", methods=BOTH)
@page("plan.change")
def change_plan(patient: str, plan: str) -> Any:
    """Say what a plan of care is from now on."""
    known, version = find_plan(patient, plan, asker(), service())
    around: dict[str, Any] = {**_around(patient), "plan": known, "version": version}
    if request.method == "GET":
        return desk.draw("care_plan.html", typed.current_plan(known), **around)
    values = typed.plan(request.form)
    try:
        body = schemas.PlanChange().load(typed.plan_body(values, ("reason", "note")))
        command = commands.ChangePlan(
            patient=patient, version=desk.version(values), plan=plan, **body
        )
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("care_plan.html", values, refusal, **around)
    return desk.lead_to(f"patients/{patient}", commit, done="plan")


@pages.route(f"{PLAN}/close", methods=BOTH)
@page("plan.close")
def close_plan(patient: str, plan: str) -> Any:
    """Close a plan of care."""
    known, version = find_plan(patient, plan, asker(), service())
    around: dict[str, Any] = {**_around(patient), "plan": known, "version": version}
    if request.method == "GET":
        values = Typed({"date": desk.today(around["patient"]["zone"])})
        return desk.draw("care_close.html", values, **around)
    values = forms.typed(request.form, dates=("date",))
    try:
        body = schemas.PlanClosingRequest().load(forms.body(values, ("date", "reason")))
        command = commands.ClosePlan(patient, desk.version(values), plan, **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("care_close.html", values, refusal, **around)
    return desk.lead_to(f"patients/{patient}", commit, done="closed")


@pages.route(f"{PLAN}/visits/new", methods=BOTH)
@page("visit.record")
@api.reads(LISTS)
def record_visit(patient: str, plan: str) -> Any:
    """Record a visit of a plan of care."""
    known, version = find_plan(patient, plan, asker(), service())
    around: dict[str, Any] = {**_visiting(patient, known), "version": version, "visit": None}
    if request.method == "GET":
        today = desk.today(around["patient"]["zone"])
        values = Typed({"day": today, "kind": care_rules().kinds[0], "done": [], "reviewed": []})
        return desk.draw("care_visit.html", values, **around)
    values = typed.visit(request.form)
    try:
        body = schemas.VisitRequest().load(typed.visit_body(values))
        cause = api.cause(body, key=values["key"])
        made = api.new_id(cause)
        asked, _ = schemas.split(body)
        command = commands.RecordVisit(patient, desk.version(values), plan, made, asked)
        commit = api.execute(command, cause)
    except FAULTS as refusal:
        return desk.draw("care_visit.html", values, refusal, **around)
    return desk.lead_to(f"patients/{patient}/visits/{made}", commit, done="visit")


@pages.get(VISIT)
@page("care.read")
def show_visit(patient: str, visit: str) -> Any:
    """Show a visit with its note to copy."""
    found, known, _ = find_visit(patient, visit, asker(), service())
    text = visit_note(found, known)
    return render_template(
        "prescription/care_note.html", **_around(patient), visit=found, plan=known, text=text
    )


@pages.route(f"{VISIT}/amend", methods=BOTH)
@page("visit.amend")
@api.reads(LISTS)
def amend_visit(patient: str, visit: str) -> Any:
    """Say what a visit was after all."""
    found, known, version = find_visit(patient, visit, asker(), service())
    around: dict[str, Any] = {**_visiting(patient, known), "version": version, "visit": found}
    if request.method == "GET":
        return desk.draw("care_visit.html", typed.current_visit(found), **around)
    values = typed.visit(request.form)
    try:
        body = schemas.Amendment().load(typed.visit_body(values))
        asked, why = schemas.split(body)
        command = commands.AmendVisit(
            patient=patient, version=desk.version(values), visit=visit, asked=asked, **why
        )
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("care_visit.html", values, refusal, **around)
    return desk.lead_to(f"patients/{patient}/visits/{visit}", commit, done="amended")


@pages.route(f"{VISIT}/withdraw", methods=BOTH)
@page("visit.withdraw")
def withdraw_visit(patient: str, visit: str) -> Any:
    """Take back what was no visit."""
    found, known, version = find_visit(patient, visit, asker(), service())
    around: dict[str, Any] = {**_around(patient), "visit": found, "plan": known}
    around["version"] = version
    values = forms.typed(request.form)
    if request.method == "GET":
        return desk.draw("care_withdraw.html", values, **around)
    try:
        body = schemas.Withdrawal().load(forms.body(values, ("reason", "why")))
        command = commands.WithdrawVisit(patient, desk.version(values), visit, **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("care_withdraw.html", values, refusal, **around)
    return desk.lead_to(f"patients/{patient}/visits/{visit}", commit, done="withdrawn")


@pages.get("/programs/<program>/revisions/<number>/note")
@page("program.history")
def show_revision_note(program: str, number: str) -> Any:
    """Show the note of a revision of a program, to copy."""
    found, text = revision_note(program, number)
    return render_template(
        "prescription/care_note.html", **found, visit=None, number=number, text=text
    )


def _around(patient: str) -> dict[str, Any]:
    """Return what stands on every page about a patient's care."""
    return {
        "patient": queries.find_patient(patient, asker(), service())[0],
        "care_rules": care_rules(),
    }


def _visiting(patient: str, plan: dict[str, Any]) -> dict[str, Any]:
    """Return what a visit is recorded beside: the plan, and the programs that go on."""
    around, who = _around(patient), asker()
    listed = queries.programs(patient, who, service(), limit=LIMIT)[:LIMIT]
    going = [desk.placed(one, around["patient"]["zone"]) for one in listed]
    programs = [
        queries.find_program(one["id"], who, service())[0] for one in going if one["state"] in GOING
    ]
    told = [
        {
            "program": one["id"],
            "title": one["title"],
            "revision": one["revision"],
            "exercises": one["exercises"],
        }
        for one in programs
    ]
    return {**around, "plan": plan, "programs": told, "mark": typed.review}
