"""The pages of administration: regions, sites, rotas, staff, assignments, the practice."""

from typing import Any

from flask import render_template, request

from prescription import commands, desk, forms, queries, region, schemas, timetable
from prescription.forms import REFUSED, Typed
from prescription.pages import BOTH, pages
from prescription.projections import LISTS
from prescription.rules import rules
from prescription.staff import StaffGone, StaffKnown
from shared.errors import Fault, Invalid, Stale
from shared.tenancy import LIMIT
from shared.web import api
from shared.web.identity import asker, page, service

HOME = "/administration"
NOBODY = "nobody"
FAULTS = (*REFUSED, Stale, StaffGone, StaffKnown)
SITE = ("name", "zone", "language", "region")
MEMBER = ("name", "email", "role")


def _around() -> dict[str, Any]:
    """Return the regions and sites that stand on most of these pages."""
    who = asker()
    who.disclose(())
    return {"regions": queries.regions(who, service()), "sites": queries.sites(who, service())}


@pages.get(f"{HOME}/")
@page("region.read")
@api.reads(LISTS)
def show_places() -> Any:
    """Show regions and sites."""
    return render_template("prescription/places.html", **_around())


@pages.route(f"{HOME}/regions/new", methods=BOTH)
@page("region.register")
def begin_region() -> Any:
    """Begin a region."""
    values = forms.typed(request.form)
    if request.method == "GET":
        return desk.draw("region.html", values, version="")
    try:
        body = schemas.RegionRequest().load(forms.body(values, ("name",)))
        cause = api.cause(body, key=values["key"])
        commit = api.execute(commands.RegisterRegion(region=api.new_id(cause), **body), cause)
    except REFUSED as refusal:
        return desk.draw("region.html", values, refusal, version="")
    return desk.lead_to("administration/", commit, done="region")


@pages.route(f"{HOME}/regions/<identity>", methods=BOTH)
@page("region.rename")
def change_region(identity: str) -> Any:
    """Give a region another name."""
    found, version = queries.show(region.KIND, identity, asker(), service())
    if request.method == "GET":
        return desk.draw("region.html", Typed(found), version=version)
    values = forms.typed(request.form)
    try:
        body = schemas.RegionRequest().load(forms.body(values, ("name",)))
        command = commands.RenameRegion(region=identity, version=desk.version(values), **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("region.html", values, refusal, version=version)
    return desk.lead_to("administration/", commit, done="region")


@pages.route(f"{HOME}/sites/new", methods=BOTH)
@page("site.register")
@api.reads(LISTS)
def open_site() -> Any:
    """Open a site."""
    values, around = forms.typed(request.form), _around()
    if request.method == "GET":
        return desk.draw("site.html", values, version="", **around)
    try:
        body = schemas.SiteRequest().load(forms.body(values, SITE))
        cause = api.cause(body, key=values["key"])
        identity = api.new_id(cause)
        commit = api.execute(commands.RegisterSite(site=identity, **body), cause)
    except REFUSED as refusal:
        return desk.draw("site.html", values, refusal, version="", **around)
    return desk.lead_to(f"administration/sites/{identity}", commit, done="site")


@pages.get(f"{HOME}/sites/<site>")
@page("region.read")
@api.reads(LISTS)
def show_site(site: str) -> Any:
    """Show a site: its hours, and who is on duty now."""
    found, _ = queries.find_site(site, asker(), service())
    duty, around = queries.duty(site, asker(), service()), _around()
    names = {one["id"]: one["name"] for one in queries.everybody(asker(), service())}
    present = [names[one] for one in duty.staff if names.get(one)]
    return render_template(
        "prescription/place.html", site=found, duty=duty, names=names, present=present, **around
    )


@pages.route(f"{HOME}/sites/<site>/change", methods=BOTH)
@page("site.change")
@api.reads(LISTS)
def change_site(site: str) -> Any:
    """Say what a site is like."""
    queries.enter(site, asker(), service())
    found, version = queries.find_site(site, asker(), service())
    around: dict[str, Any] = {"version": version, "site": found, **_around()}
    if request.method == "GET":
        return desk.draw("site.html", Typed(found | timetable.typed(found["hours"])), **around)
    values = forms.typed(request.form)
    try:
        hours = timetable.read(values)
        body = schemas.SiteChange().load(forms.body(values, SITE) | {"hours": hours})
        command = commands.ChangeSite(site=site, version=desk.version(values), **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("site.html", values, timetable.placed(refusal, values), **around)
    return desk.lead_to(f"administration/sites/{site}", commit, done="site")


@pages.route(f"{HOME}/sites/<site>/rota", methods=BOTH)
@page("rota.set")
@api.reads(LISTS)
def set_rota(site: str) -> Any:
    """Say who is on duty at a site."""
    queries.enter(site, asker(), service())
    found, version = queries.find_site(site, asker(), service())
    staff = [
        one
        for one in queries.everybody(asker(), service())
        if not one["sites"] or site in one["sites"]
    ]
    around: dict[str, Any] = {"version": version, "site": found, "staff": staff}
    if request.method == "GET":
        return desk.draw("rota.html", timetable.current(found["rota"]), **around)
    values = forms.typed(request.form)
    values["shifts"] = timetable.rows(request.form)
    if "add" in request.form:
        values["shifts"].append({})
        return desk.draw("rota.html", values, **around)
    try:
        asked = {"shifts": timetable.shifts(values["shifts"]), "fallback": values["fallback"]}
        body = schemas.RotaRequest().load(asked)
        command = commands.SetRota(site=site, version=desk.version(values), **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("rota.html", values, refusal, **around)
    return desk.lead_to(f"administration/sites/{site}", commit, done="rota")


@pages.get(f"{HOME}/staff/")
@page("region.read")
@api.reads(LISTS)
def show_staff() -> Any:
    """Show who works here, and who has left."""
    after, limit = api.after(request.args.get("cursor", "")), 50
    found = queries.colleagues(asker(), service(), after=after, limit=limit)
    around = _around()
    names = {one["id"]: one["name"] for one in around["sites"]}
    for one in found:
        one["places"] = [names[site] for site in one["sites"] if site in names]
    listed = api.listing(found, limit, "order", dict)
    return render_template("prescription/members.html", staff=listed["items"], **listed, **around)


@pages.route(f"{HOME}/staff/new", methods=BOTH)
@page("staff.register")
@api.reads(LISTS)
def take_on() -> Any:
    """Take somebody on."""
    values, around = _member(), {"version": "", "member": None, **_around()}
    if request.method == "GET":
        return desk.draw("member.html", values, **around)
    try:
        body = schemas.StaffRequest().load(forms.body(values, MEMBER) | {"sites": values["sites"]})
        cause = api.cause(body, key=values["key"])
        commit = api.execute(commands.RegisterStaff(staff=api.new_id(cause), **body), cause)
    except FAULTS as refusal:
        return desk.draw("member.html", values, refusal, **around)
    return desk.lead_to("administration/staff/", commit, done="staff")


@pages.route(f"{HOME}/staff/<staff>", methods=BOTH)
@page("staff.change")
@api.reads(LISTS)
def change_member(staff: str) -> Any:
    """Change who somebody is; end the employment; take somebody on again."""
    found, version = queries.find_staff(staff, asker(), service())
    around = {"version": version, "member": found, **_around()}
    around["others"] = [one for one in desk.therapists() if one["id"] != staff]
    values = _member() if request.method == "POST" else Typed(found)
    if request.method == "GET":
        return desk.draw("member.html", values, **around)
    try:
        command, body = _asked(staff, values)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("member.html", Typed({**found, **values}), refusal, **around)
    return desk.lead_to("administration/staff/", commit, done="staff")


def _asked(staff: str, values: Typed) -> tuple[object, dict[str, Any]]:
    """Return the command that a form asks for, by its button, and its body."""
    version = desk.version(values)
    if values["do"] == "return":
        return commands.ReturnStaff(staff, version), {}
    if values["do"] == "leave":
        body = schemas.DepartureRequest().load(forms.body(values, ("date", "successor")))
        return commands.LeaveStaff(staff=staff, version=version, **body), body
    body = schemas.StaffChange().load(forms.body(values, MEMBER) | {"sites": values["sites"]})
    return commands.ChangeStaff(staff=staff, version=version, **body), body


def _member() -> Typed:
    values = forms.typed(request.form, dates=("date",) if "date-day" in request.form else ())
    values["sites"] = request.form.getlist("sites")
    return values


@pages.route(f"{HOME}/assignments", methods=BOTH)
@page("patient.assign")
@api.reads(LISTS)
def assign() -> Any:
    """Show whose patients are whose, and give some to somebody."""
    whose = request.values.get("of", NOBODY)
    chosen = None if whose == NOBODY else whose
    found = queries.patients_of(chosen, asker(), service())
    members = queries.colleagues(asker(), service(), limit=LIMIT)[:LIMIT]
    around: dict[str, Any] = {
        "of": whose,
        "patients": found,
        "members": members,
        "staff": desk.therapists(),
    }
    if request.method == "GET":
        return desk.draw("assignments.html", Typed(), **around)
    values = forms.typed(request.form)
    values["patients"] = request.form.getlist("patients")
    try:
        last = _give(values)
    except FAULTS as refusal:
        return desk.draw("assignments.html", values, refusal, **around)
    return desk.lead_to(f"administration/assignments?of={whose}", last, done="assigned")


def _give(values: Typed) -> Any:
    """Give each patient that was ticked to the therapist, by a command of its own."""
    if not values["patients"]:
        raise Invalid("", faults=[Fault("/patients", "Choose one patient or more.")])
    therapist, last = values["therapist"] or None, None
    for identity in values["patients"][:LIMIT]:
        loaded = queries.load_patient(identity, asker(), service())
        command = commands.AssignPatient(identity, loaded.version, therapist)
        cause = api.cause([identity, therapist], key=f"{values['key']}.{identity}")
        last = api.execute(command, cause)
    return last


@pages.route(f"{HOME}/practice", methods=BOTH)
@page("practice.change")
def change_practice() -> Any:
    """Change the practice's name and language; show the rules that are in force."""
    found, version = queries.find_practice(asker(), service())
    around: dict[str, Any] = {"version": version, "inforce": rules()}
    if request.method == "GET":
        return desk.draw("practice.html", Typed(found), **around)
    values = forms.typed(request.form)
    try:
        body = schemas.PracticeRequest().load(forms.body(values, ("name", "language")))
        cause, seen = api.cause(body, key=values["key"]), desk.version(values)
        command = commands.ChangePractice(practice=cause.tenant, version=seen, **body)
        commit = api.execute(command, cause)
    except FAULTS as refusal:
        return desk.draw("practice.html", values, refusal, **around)
    return desk.lead_to("administration/practice", commit, done="practice")
