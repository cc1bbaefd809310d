"""The page of a clinical record: conditions, and what there is at home."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from prescription import desk, forms
from prescription import queries as patients
from prescription.forms import REFUSED, Typed
from prescription.pages import BOTH, pages
from prescription.record import commands, queries, schemas
from prescription.record.conditions import known
from shared.errors import Stale
from shared.web import api
from shared.web.identity import asker, page, service

LISTED = ("conditions", "equipment", "spaces")


@pages.route("/patients/<patient>/record", methods=BOTH)
@page("record.set")
def set_record(patient: str) -> Any:
    """Say which conditions a patient has and what there is at home."""
    found, _ = patients.find_patient(patient, asker(), service())
    told, version = queries.show(patient, asker(), service())
    around: dict[str, Any] = {"patient": found, "known": list(known()), "version": version}
    if request.method == "GET":
        home = told["home"] or {}
        chosen = {"conditions": told["conditions"]}
        chosen |= {name: home.get(name, ()) for name in ("equipment", "spaces")}
        return desk.draw("record.html", Typed(chosen | {"asked": bool(home)}), **around)
    return _set(found, around)


def _set(patient: dict[str, Any], around: dict[str, Any]) -> Response:
    values = forms.typed(request.form)
    values |= {name: request.form.getlist(name) for name in LISTED}
    home = {name: values[name] for name in ("equipment", "spaces")} if values["asked"] else None
    try:
        body = schemas.RecordRequest().load({"conditions": values["conditions"], "home": home})
        command = commands.SetRecord(patient=patient["id"], version=desk.version(values), **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except (*REFUSED, Stale) as refusal:
        return desk.draw("record.html", values, refusal, **around)
    return desk.lead_to(f"patients/{patient['id']}", commit, done="recorded")
