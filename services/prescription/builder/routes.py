"""The JSON API of drafts: read, saved whole, begun with a template."""

from typing import Any

from prescription import queries
from prescription.builder import answers, desk, draft, schemas
from prescription.forms import Typed
from prescription.routes import routes
from shared.web.identity import allow, asker, service

PATH = "/patients/<patient>/draft"


@routes.route(PATH, methods=["GET"])
@allow("draft.read")
@routes.response(200, answers.Draft)
def read_draft(patient: str) -> Any:
    """Return the asker's own draft about a patient, empty where there is none, and its weight."""
    found, _ = queries.find_patient(patient, asker(), service())
    return _answered(draft.find(asker(), patient, service()) or Typed(), found)


@routes.route(PATH, methods=["PUT"])
@allow("draft.write")
@routes.arguments(schemas.DraftRequest)
@routes.response(200, answers.Draft)
def save_draft(body: dict[str, Any], patient: str) -> Any:
    """Keep a draft, all of it, in place of what was kept before; an empty one takes it away."""
    found, _ = queries.find_patient(patient, asker(), service())
    return _kept(draft.typed(body), found)


@routes.route(f"{PATH}/template", methods=["POST"])
@allow("draft.write")
@routes.arguments(schemas.FillRequest)
@routes.response(200, answers.Draft)
def fill_draft(body: dict[str, Any], patient: str) -> Any:
    """Begin the draft anew with a phase of a template, in the patient's language."""
    found, _ = queries.find_patient(patient, asker(), service())
    chosen = f"{body['template']}:{body['phase']}"
    return _kept(desk.begin(chosen, body["side"] or "", found, asker(), service()), found)


def _kept(values: Typed, patient: dict[str, Any]) -> dict[str, Any]:
    draft.save(values, asker(), patient["id"], service())
    return _answered(values, patient)


def _answered(values: Typed, patient: dict[str, Any]) -> dict[str, Any]:
    weighed = desk.weigh(values, patient, asker(), service())
    return {"patient": patient["id"], "draft": draft.body(values), **desk.told(weighed)}
