"""The page on which exercises are suggested for a patient, and taken into the draft.

What the record says is asked for by itself: conditions leave out what says that it is not for them,
equipment is what there is at home. A therapist ticks; nothing is prescribed here.
"""

from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from prescription import desk, forms, queries
from prescription.builder import desk as bench
from prescription.builder import draft
from prescription.catalogue import catalogue, identity
from prescription.forms import REFUSED, Typed
from prescription.pages import BOTH, pages
from prescription.projections import LISTS
from prescription.suggest import queries as suggestions
from prescription.suggest import schemas
from prescription.suggest.rules import PHASES, rules
from shared.web import api
from shared.web.identity import asker, page, service
from shared.web.words import language

LISTED = ("equipment", "restrictions", "take")
# How many are ticked at first: above four the builder warns.
TICKED = 4


@pages.route("/patients/<patient>/suggest", methods=BOTH)
@page("program.prescribe")
@api.reads(LISTS)
def suggest(patient: str) -> Any:
    """Have exercises suggested, and take those that are ticked into the draft."""
    found, _ = queries.find_patient(patient, asker(), service())
    if request.method == "GET":
        return _draw(_begun(found), found)
    values = forms.typed(request.form)
    values |= {name: request.form.getlist(name) for name in LISTED}
    if "chosen" in request.form:
        return _taken(values, found)
    try:
        query = schemas.SuggestionQuery().load(_case(values, found))
        told = suggestions.propose(
            query["case"], query["language"], asker(), service(), conditions=_conditions(found)
        )
    except REFUSED as refusal:
        return _draw(values, found, refusal)
    values["take"] = [one["exercise"] for one in told["suggested"][:TICKED]]
    return _draw(values, found, told=told)


def _begun(patient: dict[str, Any]) -> Typed:
    """Return the case as far as the draft and the record tell it."""
    kept = draft.find(asker(), patient["id"], service()) or Typed()
    home = bench.record(patient["id"], asker(), service()).home
    return Typed(
        {
            "diagnosis-words": kept["diagnosis-text"],
            "diagnosis-code": kept["diagnosis-code"],
            "goals": kept["goals"],
            "equipment": list(home.equipment) if home else [],
        }
    )


def _case(values: Typed, patient: dict[str, Any]) -> dict[str, Any]:
    """Return the case as the API takes it: nobody's name is in it."""
    names = ("diagnosis-words", "diagnosis-code", "goals", "phase", "irritability")
    asked = forms.body(values, names)
    given = {name: values[name] for name in ("equipment", "restrictions")}
    age = service().clock().year - patient["birth_year"]
    return {"diagnosis": {}, **asked, **given, "age": age, "language": language()}


def _conditions(patient: dict[str, Any]) -> tuple[str, ...]:
    return bench.record(patient["id"], asker(), service()).conditions


def _taken(values: Typed, patient: dict[str, Any]) -> Response:
    """Add what was ticked to the draft, which says of the case what it did not say before."""
    kept = draft.find(asker(), patient["id"], service()) or desk.fresh(patient["zone"])
    rows = [row for row in kept["exercises"] or [] if not forms.is_empty(row)]
    there = {row["exercise"] for row in rows}
    usual = {
        identity(asker().tenant, word): entry.usual.dose
        for word, entry in catalogue().entries.items()
    }
    chosen = [one for one in dict.fromkeys(values["take"]) if one in usual and one not in there]
    kept["exercises"] = rows + [draft.row(one, usual[one]) for one in chosen]
    if not kept["diagnosis-text"]:
        coded = {"diagnosis-code": values["diagnosis-code"], "diagnosis-system": rules().system}
        kept |= coded if values["diagnosis-code"] else {}
        kept["diagnosis-text"] = values["diagnosis-words"]
    kept["goals"] = kept["goals"] or values["goals"]
    draft.save(kept, asker(), patient["id"], service())
    return redirect(f"/prescription/patients/{patient['id']}/prescribe", 303)


def _draw(
    values: Typed,
    patient: dict[str, Any],
    refusal: Exception | None = None,
    told: dict[str, Any] | None = None,
) -> Response:
    known = rules()
    limits = [
        {"value": code, "text": getattr(limit, language())}
        for code, limit in known.restrictions.items()
    ]
    return desk.draw(
        "suggest.html",
        values,
        refusal,
        patient=patient,
        told=told,
        phases=PHASES,
        irritabilities=known.irritabilities,
        limits=sorted(limits, key=lambda one: one["text"]),
        conditions=_conditions(patient),
    )
