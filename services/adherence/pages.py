"""A patient's pages: today, one exercise, how it felt. Each form posts what the API takes.

What was saved is confirmed on the page of its date; what was not is said there too.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from typing import Any

from flask import Blueprint, render_template, request

from adherence import drawing, forms, looks, queries, schemas, telling, visit
from adherence.agenda import Item, agenda, little, once, short
from adherence.commands import ANSWERS, AmendSession, Entered, LogSession
from adherence.entrance import entrance
from adherence.events import Evidence, Mode, Session
from adherence.follow import steps
from adherence.forms import DONE, MORNING, SCALES
from adherence.kept.pages import kept
from adherence.reception import reception
from adherence.rules import rules
from adherence.supporters import supporters
from adherence.visit import DayOver, Visit
from shared.errors import Refusal
from shared.schedule import DAY
from shared.web import accesses
from shared.web.identity import asker, page, service

BOTH = ["GET", "POST"]
A_DAY = "/programs/<program>/<day>"
ALL, SHORT = "all", "short"
TIMED: Evidence = "timed"

pages = Blueprint("pages", __name__, url_prefix="/adherence")
pages.register_blueprint(entrance)
pages.register_blueprint(kept)
pages.register_blueprint(reception)
pages.register_blueprint(supporters)


@pages.get("/")
@page("today.read")
def show_today() -> Any:
    """Show today, of the program that the address names or that comes first."""
    who = asker()
    programs = queries.own(service(), who)
    named = request.args.get("program")
    document = queries.in_reach(service(), who, named) if named else visit.current(programs)
    if document is None:
        return render_template("adherence/none.html")
    return _show(visit.begin(document))


@pages.get(f"{A_DAY}/")
@page("today.read")
def show_day(program: str, day: str) -> Any:
    """Show today or yesterday; no other date is told of on a page."""
    return _show(visit.open_day(program, day))


@pages.post(f"{A_DAY}/done")
@page("today.log")
def log_done(program: str, day: str) -> Any:
    """Log one exercise, all that are open, or the short version, as done once each."""
    found = visit.open_day(program, day)
    body = {
        "exercise": request.form.get("exercise", ""),
        "revision": request.args.get("revision", ""),
    }
    if again := telling.repeated(found, body):
        return again
    entries = tuple(_tapped(found, **body))
    if not entries:
        return telling.turn_back(found)
    told = telling.told(found, entries, "edited" if body["exercise"] == SHORT else "as_prescribed")
    try:
        return telling.save(found, telling.logs(found, told), body)
    except Refusal as refusal:
        return telling.turn_back(found, refusal.slug)


@pages.route(f"{A_DAY}/exercises/<exercise>", methods=BOTH)
@page("today.log")
def tell_exercise(program: str, day: str, exercise: str) -> Any:
    """Tell what was done of an exercise instead, or why it was left out."""
    found = visit.open_day(program, day)
    item = found.item(exercise)
    if request.method == "GET":
        return _draw_exercise(found, item, _values(item))
    values = forms.exercise(request.form)
    left_out = request.form.get("what") == "skipped"
    body = forms.entry(exercise, values, left_out=left_out)

    def decide() -> LogSession | AmendSession:
        return _tells(found, schemas.EnteredRequest().load(body))

    def redraw(wrong: Mapping[str, str]) -> str:
        return _draw_exercise(found, item, values, wrong)

    return telling.submit(found, body, decide, (*DONE, "skipped"), redraw)


@pages.route(f"{A_DAY}/exercises/<exercise>/follow", methods=BOTH)
@page("today.log")
def follow_exercise(program: str, day: str, exercise: str) -> Any:
    """Go through an exercise with a timer, and log what was done of it as another go."""
    found = visit.open_day(program, day)
    item = found.item(exercise)
    if request.method == "GET":
        return _draw_follow(found, item, asdict(once(item.dose)))
    values = forms.exercise(request.form)
    body = forms.entry(exercise, values, left_out=False)
    timed = request.form.get("evidence") == TIMED

    def decide() -> LogSession:
        entry = schemas.EnteredRequest().load(body)
        mode: Mode = "as_prescribed" if entry.done == once(item.dose) else "edited"
        told = telling.told(found, (entry,), mode, evidence=TIMED if timed else "tap")
        return telling.logs(found, told)

    def redraw(wrong: Mapping[str, str]) -> str:
        return _draw_follow(found, item, values, wrong)

    return telling.submit(found, {**body, "timed": timed}, decide, DONE, redraw)


@pages.route(f"{A_DAY}/feeling", methods=BOTH)
@page("today.log")
def tell_feeling(program: str, day: str) -> Any:
    """Tell how a session felt, or correct what was told."""
    found = visit.open_day(program, day)
    session = found.session
    if session is None:
        return telling.turn_back(found)
    if request.method == "GET":
        values = {name: getattr(session, name) for name in SCALES}
        return _draw_feeling(found, values | {"note": visit.note(found)})
    values = forms.feeling(request.form)

    def redraw(wrong: Mapping[str, str]) -> str:
        return _draw_feeling(found, values, wrong)

    return telling.submit(
        found, values, lambda: _answers(found, session, values), (*SCALES, "note"), redraw
    )


@pages.route(f"{A_DAY}/morning", methods=BOTH)
@page("today.log")
def tell_morning(program: str, day: str) -> Any:
    """Tell how much it hurts on the morning after, or correct what was told."""
    found = visit.open_day(program, day)
    session = found.session
    if session is None or found.agenda.day == found.agenda.today:
        return telling.turn_back(found)
    if request.method == "GET":
        return drawing.draw("morning.html", found, value=session.next_morning)
    values = forms.morning(request.form)

    def redraw(wrong: Mapping[str, str]) -> str:
        return drawing.draw("morning.html", found, value=values["next_morning"], errors=wrong)

    return telling.submit(found, values, lambda: _answers(found, session, values), MORNING, redraw)


@pages.get("/accesses")
@page("accesses.read")
def show_accesses() -> Any:
    """Show who looked at the patient's record, day by day; one's own visits are left out."""
    who = asker()
    who.disclose([who.patient])
    found, away = accesses.gathered(who.identity, who.patient)
    zone = queries.zone(service(), who.tenant, who.patient) or UTC
    others = [one for one in found if one["actor"] != who.identity.subject]
    names = accesses.names(who.identity, others)
    shown = looks.days(others, zone, names)
    return render_template("adherence/accesses.html", days=shown, away=away)


@pages.errorhandler(DayOver)
def lead_to_today(fault: DayOver) -> Any:
    """Show today instead of a day that is over; a form that came from it saved nothing."""
    return telling.turn_back(None, fault.slug if request.method == "POST" else "")


def _show(found: Visit) -> str:
    diary, yesterday = found.loaded.state, found.agenda.today - DAY
    before = agenda(found.program, diary, yesterday, found.agenda.today, rules())
    who = asker()
    programs = queries.own(service(), who)
    return drawing.draw(
        "day.html",
        found,
        others=visit.running(programs, found),
        yesterday=yesterday if before.kind == "open" else None,
        day_before=yesterday,
        few=[(one, little(one.dose, rules())) for one in short(found.agenda, rules())],
        morning=_asks_of_morning(diary.sessions.get(yesterday)),
        confirmed=visit.confirmed(found),
        unsaved=request.args.get("unsaved", ""),
    )


def _asks_of_morning(session: Session | None) -> bool:
    """Tell whether the day before leaves to ask how the morning is: something was done in it."""
    if session is None or session.next_morning is not None:
        return False
    return any(entry.done for entry in session.entries)


def _draw_exercise(
    found: Visit, item: Item, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> str:
    reasons = rules().skipped
    return drawing.draw(
        "exercise.html", found, item=item, values=values, errors=errors, reasons=reasons
    )


def _draw_follow(
    found: Visit, item: Item, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> str:
    return drawing.draw(
        "follow.html",
        found,
        item=item,
        values=values,
        errors=errors,
        steps=steps(item.dose, rules().follow),
        pace=rules().follow.repetition_seconds,
    )


def _draw_feeling(
    found: Visit, values: Mapping[str, Any], errors: Mapping[str, str] | None = None
) -> str:
    return drawing.draw("feeling.html", found, values=values, errors=errors)


def _tapped(found: Visit, exercise: str, revision: str) -> list[Entered]:
    """Return the exercises of a tap, in the doses of the revision that the page showed."""
    shown = found.doses(revision)
    if exercise == SHORT:
        few = short(found.agenda, rules())
        return [
            Entered(one.exercise, little(shown.get(one.exercise, one.dose), rules())) for one in few
        ]
    if exercise == ALL:
        items = found.agenda.to_do
    else:
        items = tuple(one for one in found.agenda.items if one.exercise == exercise and one.left)
    return [Entered(one.exercise, once(shown.get(one.exercise, one.dose))) for one in items]


def _answers(found: Visit, session: Session, values: Mapping[str, Any]) -> AmendSession:
    """Return the command that corrects the answers of a form and leaves the others."""
    answers = schemas.AnswersRequest().load(values)
    told = telling.told(found, answers=answers)
    return telling.corrects(found, session, told, kept=ANSWERS - answers.keys())


def _tells(found: Visit, entry: Entered) -> LogSession | AmendSession:
    """Return the command that tells of an exercise, for the first time or instead."""
    told, session = telling.told(found, (entry,)), found.session
    if session and any(one.exercise == entry.exercise for one in session.entries):
        return telling.corrects(found, session, told, kept=ANSWERS)
    return telling.logs(found, told)


def _values(item: Item) -> dict[str, Any]:
    """Return what the form of an exercise begins with: what was told, else one time of the dose."""
    done = item.entry.done if item.entry and item.entry.done else once(item.dose)
    skipped = item.entry.skipped if item.entry else None
    return {name: getattr(done, name) for name in DONE} | {"skipped": skipped}
