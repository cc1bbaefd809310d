"""From a page to a command: what is told of a date, run once, and where it leads."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from adherence import forms
from adherence.commands import ANSWERS, AmendSession, Answer, Entered, LogSession, Told
from adherence.events import Evidence, Mode, Session
from adherence.forms import REFUSED
from adherence.rules import rules
from adherence.visit import Visit
from shared import commands, position
from shared.store import Commit
from shared.web import api
from shared.web.identity import service


def told(
    visit: Visit,
    entries: tuple[Entered, ...] = (),
    mode: Mode = "edited",
    answers: Mapping[str, Any] | None = None,
    evidence: Evidence = "tap",
) -> Told:
    """Return what is told now of the visit's date.

    Of today it was now, of the day before at a time that nobody knows.
    """
    occurred = visit.now
    if visit.agenda.day != visit.agenda.today:
        occurred = datetime.combine(visit.agenda.day, rules().day_before_at, visit.now.tzinfo)
    unanswered: dict[str, Any] = dict.fromkeys(ANSWERS)
    return Told(
        occurred=occurred,
        device_now=visit.now,
        entries=entries,
        mode=mode,
        evidence=evidence,
        **unanswered | dict(answers or {}),
    )


def logs(visit: Visit, told: Told) -> LogSession:
    """Return the command that logs what is told of the visit's date."""
    revision = visit.program.revisions[-1].revision
    return LogSession(visit.program.program, revision, visit.agenda.day, told)


def corrects(
    visit: Visit, session: Session, told: Told, kept: frozenset[Answer] = frozenset()
) -> AmendSession:
    """Return the correction of the date's session, which was when it was told before."""
    again = replace(told, occurred=session.occurred)
    program = visit.program.program
    return AmendSession(program, session.session, "correction", again, kept=kept)


def save(visit: Visit, command: LogSession | AmendSession, body: Mapping[str, Any]) -> Response:
    """Run a command of a form, once, and lead to the date with what came of it."""
    cause = api.cause(body, key=_key(body))
    return lead(visit, api.execute(command, cause))


def submit(
    visit: Visit,
    body: Mapping[str, Any],
    decide: Callable[[], LogSession | AmendSession],
    names: Iterable[str],
    redraw: Callable[[Mapping[str, str]], str],
) -> Response | str:
    """Run the command of a form, once; draw the form again where one of its fields cannot be.

    Args:
        visit: the date.
        body: what was typed.
        decide: makes the command of it, or refuses.
        names: of the form's fields.
        redraw: the form, with what is wrong by field.
    """
    if again := repeated(visit, body):
        return again
    try:
        return save(visit, decide(), body)
    except REFUSED as refusal:
        if wrong := forms.errors(refusal, names):
            return redraw(wrong)
        return turn_back(visit, forms.slug(refusal))


def repeated(visit: Visit, body: Mapping[str, Any]) -> Response | None:
    """Lead to what came of a form that was sent before, whatever it would mean now."""
    cause = api.cause(body, key=_key(body))
    commit = service().streams.accepted(visit.loaded, cause)
    return lead(visit, commit) if commit else None


def lead(visit: Visit, commit: Commit) -> Response:
    """Lead to the date with a confirmation."""
    token = position.of_commit(service().name, commit).token()
    return redirect(visit.home(seen=token), 303)


def turn_back(visit: Visit | None, unsaved: str = "") -> Response:
    """Lead to where the patient can go on, and say why nothing was saved if there was a wish."""
    why = unsaved or None
    address = visit.home(unsaved=why) if visit else url_for("pages.show_today", unsaved=why)
    return redirect(address, 303)


def _key(body: Mapping[str, Any]) -> str:
    """Return the key of a form: the same form, drawn of the same diary, is sent once.

    Two devices that show the same exercise as open, or a tap that was sent twice, tell one thing.
    A form that was changed and sent again is another command.
    """
    drawn = request.form.get("key", "")
    return f"{drawn}|{commands.fingerprint(dict(body))}" if drawn else ""
