"""The pages of the start-of-care screen: answer it, and decide what follows."""

from typing import Any

from flask import request

from prescription import desk, forms
from prescription.flags import commands, queries, schemas
from prescription.flags.questions import screen as edition
from prescription.flags.routes import answers
from prescription.flags.screening import DECISIONS, NothingToDecide, Stopped
from prescription.forms import REFUSED, Typed
from prescription.pages import BOTH, pages
from prescription.queries import find_patient
from prescription.rules import rules
from shared.errors import Stale
from shared.web import api
from shared.web.identity import asker, page, service
from shared.web.words import language

HOME = "/patients/<patient>/screen"
FAULTS = (*REFUSED, Stale, Stopped, NothingToDecide)


@pages.get(HOME)
@page("screen.read")
def show_screen(patient: str) -> Any:
    """Show a patient's screens, and what follows from the latest."""
    return desk.draw("flags_screen.html", Typed(), **_around(patient))


@pages.route(f"{HOME}/new", methods=BOTH)
@page("screen.answer")
def answer_screen(patient: str) -> Any:
    """Ask the questions of a part of the body, and record the answers."""
    around = _around(patient)
    values = forms.typed(request.form)
    values["positive"] = request.form.getlist("positive")
    region = values["region"] or request.args.get("region", "")
    known = region in rules().guide["regions"]
    around |= {
        "region": region if known else "",
        "asked": queries.questions(region, language())["questions"] if known else [],
        "edition": edition().edition,
    }
    if request.method == "GET" or not known:
        return desk.draw("flags_new.html", values, **around)
    try:
        asked = {"positive": values["positive"], "asked": values["asked"] == "yes"}
        own = forms.body(values, ("edition", "region", "note"))
        body = schemas.ScreenRequest().load(own | asked)
        cause, version = api.cause(body, key=values["key"]), desk.version(values)
        made = api.new_id(cause)
        command = commands.AnswerScreen(patient, version, made, **answers(body))
        commit = api.execute(command, cause)
    except FAULTS as refusal:
        return desk.draw("flags_new.html", values, refusal, **around)
    # A screen without concern leads on; one with it waits for a decision.
    place = f"patients/{patient}/screen" if body["positive"] else f"patients/{patient}"
    return desk.lead_to(place, commit, done="screen")


@pages.post(f"{HOME}/<screen>/decide")
@page("screen.decide")
def decide_screen(patient: str, screen: str) -> Any:
    """Record what follows from a screen that raises concern."""
    around, values = _around(patient), forms.typed(request.form)
    try:
        body = schemas.DecisionRequest().load(forms.body(values, ("decision", "why")))
        command = commands.DecideScreen(patient, desk.version(values), screen, **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except FAULTS as refusal:
        return desk.draw("flags_screen.html", values, refusal, **around)
    return desk.lead_to(f"patients/{patient}", commit, done="decided")


def _around(patient: str) -> dict[str, Any]:
    """Return what stands on every page about a patient's screens."""
    found, version = queries.find_screening(patient, asker(), service())
    return {
        "patient": find_patient(patient, asker(), service())[0],
        "screening": found,
        "version": version,
        "edition_of": edition(),
        "decisions": DECISIONS,
        "names": queries.named(found["screens"], asker().tenant, service()),
    }
