"""The page that works without a network, its worker, and where a device sends what it kept."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, jsonify, render_template, request
from marshmallow import ValidationError

import shared.web
from adherence import drawing, forms, queries, visit
from adherence.commands import ANSWERS, AmendSession, LogSession, Told
from adherence.drawing import Words
from adherence.follow import steps
from adherence.kept.ahead import Ahead, ahead, lately, told
from adherence.kept.schemas import EntryRequest
from adherence.moment import settle
from adherence.rules import rules
from adherence.visit import Visit
from shared.errors import Invalid, Refusal, flatten
from shared.web import api
from shared.web.identity import asker, page, service

WORKER = Path(shared.web.__file__).parent / "static" / "worker.js"
OVER = "over"

kept = Blueprint("kept", __name__)


@kept.get("/worker.js")
def send_worker() -> Response:
    """Send what answers for the pages while there is no network; never an old one."""
    answer = Response(WORKER.read_bytes(), content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@kept.get("/kept")
@page("today.read")
def show_kept() -> Any:
    """Show all programs that run, with a week of dates: what a device keeps."""
    found = [_shown(visit.begin(one)) for one in queries.own(service(), asker())]
    shown = [one for one in found if any(day["kind"] != OVER for day in one["kept"]["days"])]
    return render_template(
        "adherence/kept.html",
        shown=shown,
        kept={
            "limits": rules().limits,
            "programs": [one["kept"] for one in shown],
        },
        today=service().clock(),
        reasons=rules().skipped,
        pace=rules().follow.repetition_seconds,
    )


@kept.post("/programs/<program>/kept")
@page("today.log")
def take_entry(program: str) -> Any:
    """Take what a device has kept, once, and say what became of it.

    A refusal is answered as what is wrong, in the reader's language: the device shows it beside
    what was written down, and loses nothing.
    """
    document = queries.in_reach(service(), asker(), program)
    found = visit.begin(document)
    try:
        return jsonify(_saved(found, EntryRequest().load(_sent())))
    except ValidationError as refusal:
        reasons = forms.errors(refusal, _names(refusal))
        return _refused("invalid", next(iter(reasons.values()), "Fill this in."), 422)
    except Refusal as refusal:
        reason = next((fault.reason for fault in refusal.faults), refusal.detail)
        return _refused(refusal.slug, reason, refusal.status)


def _sent() -> dict[str, Any]:
    """Return the entry as it was sent.

    Raises:
        Invalid: it is no JSON object.
    """
    try:
        body = orjson.loads(request.form.get("entry", ""))
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise Invalid("This device sent what cannot be read.")
    return body


def _saved(found: Visit, body: dict[str, Any]) -> dict[str, Any]:
    same = {name: value for name, value in body.items() if name != "device_now"}
    cause = api.cause(same, key=request.form.get("key", ""))
    session = queries.told(service(), api.execute(_command(found, body), cause))
    return {"local_date": session.local_date.isoformat() if session else None}


def _command(found: Visit, body: dict[str, Any]) -> LogSession | AmendSession:
    """Return what the device's entry asks for: a change of what the date has, else a log of it."""
    program = found.program.program
    kind, revision, day = (body.pop(name) for name in ("kind", "revision", "local_date"))
    kept_answers = ANSWERS - body.keys()
    unanswered: dict[str, Any] = dict.fromkeys(ANSWERS)
    entry = Told(**unanswered | body)
    moment = settle(
        day,
        occurred=entry.occurred,
        device_now=entry.device_now,
        now=found.now,
        zone=found.program.zone,
        slack=rules().slack,
    )
    earlier = found.loaded.state.sessions.get(moment.local_date)
    told_before = {one.exercise for one in earlier.entries} if earlier else set()
    about_before = not entry.entries or any(one.exercise in told_before for one in entry.entries)
    if kind == "go" or earlier is None or not about_before:
        return LogSession(program, revision, day, entry)
    return AmendSession(program, earlier.session, "correction", entry, kept=kept_answers)


def _refused(slug: str, reason: str, status: int) -> tuple[Response, int]:
    say = current_app.jinja_env.globals["_"]
    return jsonify({"slug": slug, "reason": say(reason)}), status  # type: ignore[operator]


def _names(refusal: ValidationError) -> list[str]:
    return [fault.pointer.rsplit("/", 1)[-1] for fault in flatten(refusal.messages)]


def _shown(found: Visit) -> dict[str, Any]:
    """Return a program as the page draws it: a card and a timer for each exercise of a revision."""
    dates = ahead(found.program, found.loaded.state, found.agenda.today, rules())
    revisions = [replace(found, agenda=one.agenda) for one in _revisions(dates)]
    words = [drawing.words_of(one) for one in revisions]
    pairs = zip(revisions, words, strict=True)
    return {
        "cards": [card for one, said in pairs for card in _cards(one, said)],
        "kept": {
            "program": found.program.program,
            "title": words[0].texts.get(found.document["title"], ""),
            "days": [told(one, found.program, rules()) for one in dates],
            "done": lately(found.loaded.state, found.agenda.today),
        },
    }


def _revisions(dates: Iterable[Ahead]) -> Iterator[Ahead]:
    """Yield the first date of each revision."""
    seen: set[int] = set()
    for one in dates:
        if one.agenda.revision not in seen:
            seen.add(one.agenda.revision)
            yield one


def _cards(found: Visit, words: Words) -> Iterator[dict[str, Any]]:
    cards = drawing.cards_of(found, words)
    for item in found.agenda.items:
        name = f"{found.program.program}-{found.agenda.revision}-{item.exercise}"
        yield {
            "item": item,
            "card": cards[item.exercise] | {"id": name, "show": ""},
            "steps": steps(item.dose, rules().follow),
        }
