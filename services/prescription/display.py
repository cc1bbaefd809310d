"""The pages of the library: find an exercise, look at it whole, put one in, change and share it."""

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from prescription import (
    commands,
    demonstrations,
    desk,
    favourites,
    forms,
    queries,
    reading,
    schemas,
    shelves,
)
from prescription.exercise import AlreadyRetired, NoOffer, NotRetired, OfTheCatalogue
from prescription.forms import REFUSED, Typed
from prescription.labels import called, label, say
from prescription.pages import BOTH, pages
from prescription.projections import LISTS
from prescription.rules import rules
from prescription.search import FACETS, Asked
from shared.errors import Stale
from shared.web import api
from shared.web.identity import asker, page, service

HOME = "/exercises"
ONE = f"{HOME}/<exercise>"
FLAGS = ("favourite", "offered", "retired")
USUAL = ("sets", "repetitions", "hold_seconds", "minutes", "times_per_day", "days_per_week")
LISTED = ("muscles", "steps", "mistakes", "stop_if", "contraindications", "precautions")
CODED = ("region", "position", "space", "supervision", "sides")
FORM = (
    "name",
    "plain_name",
    "kind",
    "purpose",
    *CODED,
    "equipment",
    *LISTED,
    "easier",
    *(f"usual-{name}" for name in USUAL),
    "source-title",
    "source-url",
)
REFUSALS = (Stale, AlreadyRetired, NotRetired, OfTheCatalogue, NoOffer, shelves.OfAllSites)


@pages.get(HOME)
@page("exercise.read")
@api.reads(LISTS)
def show_exercises() -> Any:
    """Show the library, and what the reader has at hand."""
    found = _list()
    at_hand = shelves.named(list(shelves.shelf(asker(), service())), asker(), service())
    return render_template("prescription/exercises.html", **found, at_hand=at_hand)


@pages.get(ONE)
@page("exercise.read")
@api.reads(LISTS)
def show_exercise(exercise: str) -> Any:
    """Show an exercise with all of its parts."""
    return render_template("prescription/exercise.html", **_list(), **_one(exercise))


@pages.route(f"{HOME}/new", methods=BOTH)
@page("exercise.publish")
@api.reads(LISTS)
def publish_exercise() -> Any:
    """Put an exercise into the library."""
    values = _typed()
    around: dict[str, Any] = _around() | {"target": f"/prescription{HOME}/new"}
    if request.method == "GET":
        return desk.draw("publish.html", values, **around)
    try:
        body = schemas.ExerciseRequest().load(_asked(values, ("site",)))
        shelves.check_site(body["site"], asker())
        cause = api.cause(body, key=values["key"])
        exercise = api.new_id(cause)
        commit = api.execute(commands.PublishExercise(exercise=exercise, **body), cause)
    except REFUSED as refusal:
        return desk.draw("publish.html", values, refusal, **around)
    return desk.lead_to(f"exercises/{exercise}", commit, done="published")


@pages.route(f"{ONE}/revise", methods=BOTH)
@page("exercise.revise")
@api.reads(LISTS)
def revise_exercise(exercise: str) -> Any:
    """Say what an exercise of the practice's own is like from now on."""
    shelves.load_own(exercise, asker(), service())
    found, version = shelves.show(exercise, asker(), service())
    around: dict[str, Any] = _around() | {"exercise": found, "version": version}
    around["target"] = f"/prescription{HOME}/{exercise}/revise"
    if request.method == "GET":
        return desk.draw("publish.html", _current(found), **around)
    values = _typed()
    try:
        body = schemas.ExerciseChange().load(_asked(values))
        command = commands.ReviseExercise(exercise=exercise, version=desk.version(values), **body)
        commit = api.execute(command, api.cause(body, key=values["key"]))
    except (*REFUSED, Stale) as refusal:
        return desk.draw("publish.html", values, refusal, **around)
    return desk.lead_to(f"exercises/{exercise}", commit, done="revised")


@pages.post(f"{ONE}/favourite")
@page("exercise.favour")
def mark_favourite(exercise: str) -> Any:
    """Want an exercise at hand, or no longer."""
    shelves.load(exercise, asker(), service())
    wanted = "favourite" in request.form
    cause = api.cause({"favourite": wanted}, key=request.form.get("key", ""))
    shelf = favourites.whose(cause.tenant, cause.actor)
    commit = api.execute(commands.MarkFavourite(shelf, exercise, wanted), cause)
    return desk.lead_to(f"exercises/{exercise}", commit, done="favoured" if wanted else "unmarked")


@pages.post(f"{ONE}/retire")
@page("exercise.retire")
@api.reads(LISTS)
def retire_exercise(exercise: str) -> Any:
    """Have an exercise prescribed no more."""
    shelves.load_own(exercise, asker(), service())
    return _tell(exercise, commands.RetireExercise, {}, "retired")


@pages.post(f"{ONE}/restore")
@page("exercise.restore")
@api.reads(LISTS)
def restore_exercise(exercise: str) -> Any:
    """Have a retired exercise prescribed again."""
    shelves.load_own(exercise, asker(), service())
    return _tell(exercise, commands.RestoreExercise, {}, "restored")


@pages.post(f"{ONE}/offer")
@page("exercise.offer")
@api.reads(LISTS)
def offer_exercise(exercise: str) -> Any:
    """Offer an exercise of one site to all sites."""
    shelves.load(exercise, asker(), service())
    return _tell(exercise, commands.OfferExercise, {}, "offered")


@pages.post(f"{ONE}/answer")
@page("exercise.answer")
@api.reads(LISTS)
def answer_offer(exercise: str) -> Any:
    """Take an offered exercise in for all sites, or leave it with its own."""
    shelves.load(exercise, asker(), service())
    shelves.check_answering(asker())
    accepted = "accepted" in request.form
    done = "shared" if accepted else "declined"
    return _tell(exercise, commands.AnswerOffer, {"accepted": accepted}, done)


def _tell(exercise: str, kind: Any, body: dict[str, Any], done: str) -> Response:
    """Run what a button asks for; what a rule refuses comes back on the exercise's page."""
    try:
        version = desk.version(Typed(request.form.items()))
        cause = api.cause(body, key=request.form.get("key", ""))
        commit = api.execute(kind(exercise, version=version, **body), cause)
    except REFUSALS as refusal:
        told = {"title": say(refusal.title), "text": say(str(refusal))}
        around: dict[str, Any] = {**_list(), **_one(exercise), "refusal": told}
        drawn = render_template("prescription/exercise.html", **around)
        return Response(drawn, refusal.status, content_type="text/html; charset=utf-8")
    return desk.lead_to(f"exercises/{exercise}", commit, done=done)


def _list() -> dict[str, Any]:
    """Return the list that stands left: what was asked for, what was found, where it goes on."""
    asked = {name: request.args.get(name, "") for name in ("q", *FACETS)}
    asked |= {name: "" for name, codes in rules().facets.items() if asked[name] not in codes}
    flags = {name: request.args.get(name, "") == "true" for name in FLAGS}
    wanted = Asked(asked["q"], {name: asked[name] for name in FACETS}, **flags)
    after, limit = api.after(request.args.get("cursor", "")), 50
    found = shelves.exercises(wanted, asker(), service(), after=after, limit=limit)
    listed = api.listing(found, limit, "order", dict)
    given = {name: value for name, value in asked.items() if value}
    given |= {name: "true" for name, value in flags.items() if value}
    return {
        "asked": asked | flags,
        "narrowed": len(given) > ("q" in given),
        "query": urlencode(given),
        "exercises": listed["items"],
        "next": listed["next"] and urlencode(given | {"cursor": listed["next"]}),
    }


def _one(identity: str) -> dict[str, Any]:
    """Return what the page of an exercise shows of it."""
    found, version = shelves.show(identity, asker(), service())
    guide = found["guide"] or {}
    usual = guide.get("usual") or {}
    sites = {site["id"]: site["name"] for site in queries.sites(asker(), service())}
    told = [*found["steps"], *guide.get("mistakes", ()), *found["stop_if"]]
    limited = asker().identity.is_limited
    return {
        "exercise": found,
        "version": version,
        "guide": guide,
        "easier": shelves.named(list(guide.get("easier", ())), asker(), service()),
        "harder": shelves.named(found["harder"], asker(), service()),
        "age": max(6, round(reading.age(told))) if told else None,
        "site": found["site"] and sites.get(found["site"], found["site"]),
        "changes": not limited or found["site"] is not None,
        "answers": not limited,
        "key": desk.fresh_key(),
        "open": ", ".join(str(label(name)).lower() for name in usual.get("unseen", ())),
        "figure": _figure(found["word"], usual.get("dose", {})),
        "equipment": ", ".join(str(called(one)) for one in guide.get("equipment", ())),
        "refusal": None,
    }


def _figure(word: str | None, dose: dict[str, Any]) -> dict[str, Any] | None:
    """Return how an exercise is shown in its usual dose; None where no figure shows it."""
    if word is None or not demonstrations.has_figure(word):
        return None
    return demonstrations.describe(
        word, hold=dose.get("hold_seconds"), repetitions=dose.get("repetitions")
    )


def _around() -> dict[str, Any]:
    """Return what the form of an exercise chooses from."""
    limited = asker().identity.is_limited
    mine = asker().identity.sites
    sites = queries.sites(asker(), service())
    return {
        "library": desk.library(),
        "sites": [site for site in sites if not limited or site["id"] in mine],
        "limited": limited,
        "exercise": None,
        "version": 0,
        "usual": USUAL,
    }


def _typed() -> Typed:
    values = forms.typed(request.form)
    values["equipment"] = request.form.getlist("equipment")
    return values


def _asked(values: Typed, more: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what was typed as the API takes it."""
    found = forms.body(values, (*FORM, *more))
    if "usual" in found:
        found["usual"] = {"dose": found["usual"]}
    return found


def _current(found: dict[str, Any]) -> Typed:
    """Return an exercise as a form to change."""
    guide = found["guide"] or {}
    said = {**guide, **found}
    values = {
        name: said.get(name, "") for name in ("name", "plain_name", "kind", "purpose", *CODED)
    }
    values |= {name: "\n".join(said.get(name, ())) for name in LISTED}
    values |= {"equipment": list(guide.get("equipment", ()))}
    values["easier"] = next(iter(guide.get("easier", ())), "")
    dose = (guide.get("usual") or {}).get("dose", {})
    values |= {f"usual-{name}": "" if dose.get(name) is None else dose[name] for name in USUAL}
    source = found["source"] or {}
    values |= {f"source-{name}": source.get(name, "") for name in ("title", "url")}
    return Typed(values)
