"""The builder: a program made from a template or from nothing, saved with every change.

The form posts what the API takes. Buttons for rows, order and templates draw it again as it was
typed; a script saves in between and has what the draft weighs drawn anew.
"""

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from prescription import commands, desk, forms, queries, schemas
from prescription.builder import desk as bench
from prescription.builder import draft
from prescription.builder.evidence import evidence
from prescription.flags import queries as flags
from prescription.flags.screening import Stopped
from prescription.forms import REFUSED, Typed
from prescription.labels import called, label, say
from prescription.pages import BOTH, pages
from prescription.projections import LISTS
from prescription.protocol.projections import TEMPLATES
from prescription.protocol.template import AlreadyRetired
from shared.errors import NotFound
from shared.web import api
from shared.web.identity import asker, page, service

HOME = "/patients/<patient>/prescribe"
QUIET = "quiet"


@pages.route(HOME, methods=BOTH)
@page("program.prescribe")
@api.reads(LISTS)
@api.reads(TEMPLATES)
def prescribe(patient: str) -> Any:
    """Make a program and prescribe it."""
    found, _ = queries.find_patient(patient, asker(), service())
    if request.method == "GET":
        kept = draft.find(asker(), patient, service())
        return _draw(kept or desk.fresh(found["zone"]), found, kept=kept is not None)
    if "discard" in request.form:
        draft.discard(asker(), patient, service())
        return _draw(desk.fresh(found["zone"]), found)
    if "fill" in request.form:
        return _begun(found)
    values = forms.typed(request.form, dates=draft.DATES)
    draft.save(values, asker(), patient, service())
    if request.form.get("save") == QUIET:
        return _panel(values, found)
    if "save" in request.form or forms.rearranged(request.form):
        return _draw(values, found, kept=True)
    return _prescribed(values, found)


@pages.get(f"{HOME}/preview")
@page("program.prescribe")
def preview(patient: str) -> Any:
    """Show the draft as the patient will see it."""
    found, _ = queries.find_patient(patient, asker(), service())
    values = draft.find(asker(), patient, service()) or desk.fresh(found["zone"])
    rows = bench.shown(values, found["language"], asker(), service())
    return render_template("prescription/preview.html", patient=found, values=values, rows=rows)


def _panel(values: Typed, patient: dict[str, Any]) -> str:
    """Return the panel alone, for the script that saves."""
    around = _weight(values, patient) | {"values": values, "errors": {}, "label": label}
    return render_template("prescription/weight.html", **around)


def _prescribed(values: Typed, patient: dict[str, Any]) -> Response:
    """Prescribe what was typed; what is refused comes back with the form."""
    try:
        asked = draft.body(values) | {"patient": patient["id"]}
        body = schemas.ProgramRequest().load(asked)
        cause = api.cause(body, key=values["key"])
        program = api.new_id(cause)
        commit = api.execute(commands.PrescribeProgram(program=program, **body), cause)
    except (*REFUSED, Stopped) as refusal:
        return _draw(values, patient, refusal, kept=True)
    draft.discard(asker(), patient["id"], service())
    return desk.lead_to(f"programs/{program}", commit, done="prescribed")


def _begun(patient: dict[str, Any]) -> Response:
    """Begin the draft anew with the template that was chosen."""
    chosen, side = request.form.get("template", ""), request.form.get("affected", "")
    try:
        values = bench.begin(chosen, side, patient, asker(), service())
    except (NotFound, AlreadyRetired):
        values = forms.typed(request.form, dates=draft.DATES)
        return _draw(values, patient, lost=say("Choose a template."))
    draft.save(values, asker(), patient["id"], service())
    return _draw(values, patient, kept=True)


def _draw(
    values: Typed, patient: dict[str, Any], refusal: Exception | None = None, **around: Any
) -> Response:
    return desk.draw(
        "prescribe.html",
        values,
        refusal,
        library=desk.library(),
        templates=bench.templates(asker(), service()),
        screening=flags.find_screening(patient["id"], asker(), service())[0],
        moved=request.form.get("up") or request.form.get("down") or "",
        **_weight(values, patient),
        **{"lost": "", "kept": False} | around,
    )


def _weight(values: Typed, patient: dict[str, Any]) -> dict[str, Any]:
    """Return what the panel beside the form shows."""
    weighed = bench.weigh(values, patient, asker(), service())
    known = evidence()
    return {
        "patient": patient,
        "weighed": weighed,
        "asks": weighed.number > known.reason_above,
        "evidence": known,
        "spoken": _spoken,
        "goals": forms.lines(values["goals"])[: len(draft.TARGETS)],
    }


def _spoken(told: Any) -> Any:
    """Return a sentence in the reader's language; codes in it as people say them."""
    values = dict(told.values)
    if "code" in values:
        values["code"] = called(values["code"])
    if "field" in values:
        values["field"] = str(label(values["field"])).lower()
    return say(told.sentence, **values)
