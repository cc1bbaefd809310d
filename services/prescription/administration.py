"""The JSON API of administration: regions, sites, rotas, staff, whose patients are whose."""

from typing import Any

from prescription import answers, commands, queries, region, schemas
from prescription.projections import LISTS
from prescription.routes import changed, done, routes
from shared.web import api
from shared.web.identity import allow, asker, service


@routes.route("/practice/changes", methods=["POST"])
@allow("practice.change")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.PracticeRequest)
@routes.response(201, answers.Created)
def change_practice(body: dict[str, Any]) -> Any:
    """Give the practice another name or language; If-Match names the version that was read."""
    cause, version = api.cause(body), api.expected_version()
    command = commands.ChangePractice(practice=cause.tenant, version=version, **body)
    return done(cause.tenant, api.execute(command, cause), "practice")


@routes.route("/regions", methods=["POST"])
@allow("region.register")
@routes.arguments(schemas.RegionRequest)
@routes.response(201, answers.Created)
def register_region(body: dict[str, Any]) -> Any:
    """Begin a region."""
    cause = api.cause(body)
    identity = api.new_id(cause)
    commit = api.execute(commands.RegisterRegion(region=identity, **body), cause)
    return done(identity, commit, f"regions/{identity}")


@routes.route("/regions", methods=["GET"])
@allow("region.read")
@api.reads(LISTS)
@routes.response(200, answers.page(answers.Region))
def list_regions() -> Any:
    """Return the regions by name; all of them stand on one page."""
    return {"items": queries.regions(asker(), service()), "next": None}


@routes.route("/regions/<identity>", methods=["GET"])
@allow("region.read")
@routes.response(200, answers.Region)
def read_region(identity: str) -> Any:
    """Return a region."""
    found, version = queries.show(region.KIND, identity, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/regions/<identity>/names", methods=["POST"])
@allow("region.rename")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.RegionRequest)
@routes.response(201, answers.Created)
def rename_region(body: dict[str, Any], identity: str) -> Any:
    """Give a region another name; If-Match names the version that was read."""
    queries.find(region.KIND, identity, asker(), service())
    return changed(commands.RenameRegion, identity, "regions", body)


@routes.route("/sites", methods=["GET"])
@allow("site.read")
@api.reads(LISTS)
@routes.response(200, answers.page(answers.Place))
def list_sites() -> Any:
    """Return the sites by name; all of them stand on one page."""
    return {"items": queries.sites(asker(), service()), "next": None}


@routes.route("/sites/<site>/changes", methods=["POST"])
@allow("site.change")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.SiteChange)
@routes.response(201, answers.Created)
def change_site(body: dict[str, Any], site: str) -> Any:
    """Say what a site is like, all of it; If-Match names the version that was read."""
    queries.enter(site, asker(), service())
    return changed(commands.ChangeSite, site, "sites", body)


@routes.route("/sites/<site>/rota", methods=["POST"])
@allow("rota.set")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.RotaRequest)
@routes.response(201, answers.Created)
def set_rota(body: dict[str, Any], site: str) -> Any:
    """Say who is on duty at a site, all of it; If-Match names the site's version."""
    queries.enter(site, asker(), service())
    return changed(commands.SetRota, site, "sites", body)


@routes.route("/sites/<site>/duty", methods=["GET"])
@allow("site.read")
@routes.response(200, answers.Duty)
def read_duty(site: str) -> Any:
    """Return who is on duty at a site now."""
    return queries.duty(site, asker(), service())


@routes.route("/staff", methods=["GET"])
@allow("staff.read")
@api.reads(LISTS)
@routes.arguments(api.PageQuery, location="query")
@routes.response(200, answers.page(answers.Colleague))
def list_staff(query: dict[str, Any]) -> Any:
    """Return staff, who was taken on last first; `left` says who has left."""
    after, limit = api.after(query["cursor"]), query["limit"]
    found = queries.colleagues(asker(), service(), after=after, limit=limit)
    return api.listing(found, limit, "order", dict)


@routes.route("/staff/<staff>/changes", methods=["POST"])
@allow("staff.change")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.StaffChange)
@routes.response(201, answers.Created)
def change_staff(body: dict[str, Any], staff: str) -> Any:
    """Say who somebody is, in which role and where; If-Match names the version."""
    queries.find_staff(staff, asker(), service())
    return changed(commands.ChangeStaff, staff, "staff", body)


@routes.route("/staff/<staff>/departure", methods=["POST"])
@allow("staff.change")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.DepartureRequest)
@routes.response(201, answers.Created)
def leave_staff(body: dict[str, Any], staff: str) -> Any:
    """End somebody's employment; the patients go to the successor, or wait for one."""
    queries.find_staff(staff, asker(), service())
    return changed(commands.LeaveStaff, staff, "staff", body)


@routes.route("/staff/<staff>/return", methods=["POST"])
@allow("staff.change")
@routes.doc(parameters=[api.IF_MATCH])
@routes.response(201, answers.Created)
def return_staff(staff: str) -> Any:
    """Take somebody on again who had left, as before."""
    queries.find_staff(staff, asker(), service())
    return changed(commands.ReturnStaff, staff, "staff", {})


@routes.route("/patients/<patient>/updates", methods=["POST"])
@allow("patient.update")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.UpdateRequest)
@routes.response(201, answers.Created)
def update_patient(body: dict[str, Any], patient: str) -> Any:
    """Say who a patient is and where the patient is treated; If-Match names the version."""
    queries.load_patient(patient, asker(), service())
    queries.check_site(body["site"], asker(), service())
    return changed(commands.UpdatePatient, patient, "patients", body)


@routes.route("/patients/<patient>/assignment", methods=["POST"])
@allow("patient.assign")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.AssignmentRequest)
@routes.response(201, answers.Created)
def assign_patient(body: dict[str, Any], patient: str) -> Any:
    """Give a patient to a therapist, or to nobody yet; If-Match names the version."""
    queries.load_patient(patient, asker(), service())
    return changed(commands.AssignPatient, patient, "patients", body)
