"""What pages have at hand: lists beside the page, forms as they begin, and how a page answers."""

import secrets
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from prescription import forms, queries, shelves
from prescription.forms import Typed
from prescription.labels import called, label, say
from prescription.rules import rules
from prescription.staff import TREATING
from shared import permission, position
from shared.errors import Stale
from shared.schedule import Pause
from shared.store import Commit
from shared.web import api
from shared.web.identity import asker, identity, service

SOON = timedelta(days=7)


def today(zone: str) -> date:
    """Return the date in a time zone."""
    return service().clock().astimezone(ZoneInfo(zone)).date()


def placed(program: dict[str, Any], zone: str) -> dict[str, Any]:
    """Return a program with `last` and `state`.

    The state is ended, over, ahead, paused, ending (within a week) or running.
    """
    now = today(zone)
    last = min((day for day in (program["end"], program["ended"]) if day), default=date.max)
    state = "running"
    if last < now:
        state = "ended" if program["ended"] else "over"
    elif program["start"] > now:
        state = "ahead"
    elif any(pause.holds(now) for pause in program["pauses"]):
        state = "paused"
    elif last - now <= SOON:
        state = "ending"
    return program | {"state": state, "last": last}


def patients() -> dict[str, Any]:
    """Return the list that stands left: what was searched, who was found, where it goes on."""
    # A name that is searched for stands in no address.
    words, after = request.form.get("q", ""), api.after(request.values.get("cursor", ""))
    limit = 50
    found = queries.patients(words, asker(), service(), after=after, limit=limit)
    listed = api.listing(found, limit, "order", dict)
    for item in listed["items"]:
        item["latest"] = item["latest"] and placed(item["latest"], item["zone"])
    return {"q": words, "patients": listed["items"], "next": listed["next"]}


def therapists() -> list[dict[str, Any]]:
    """Return those whom a patient can be assigned to."""
    return [found for found in queries.everybody(asker(), service()) if found["role"] in TREATING]


def library() -> list[dict[str, str]]:
    """Return all exercises that can be prescribed, as options of a select."""
    found = shelves.library(asker(), service())
    return [{"value": one["exercise"], "text": one["name"]} for one in found]


def program(identifier: str) -> tuple[dict[str, Any], int]:
    """Return a program with its patient and its place in time, and its version."""
    found, version = queries.find_program(identifier, asker(), service())
    patient, _ = queries.find_patient(found["patient"], asker(), service())
    pauses = [Pause(one["date"], one["until"]) for one in found["pauses"]]
    dates = {"ended": found["ended"] and found["ended"]["date"], "pauses": pauses}
    told = {"revisions": _compared(found["revisions"])}
    return {
        "program": found | {"state": placed(found | dates, patient["zone"])["state"]} | told,
        "patient": patient,
        "today": today(patient["zone"]),
    }, version


def fresh(zone: str) -> Typed:
    """Return a prescription to fill in: from today, in its first phase."""
    return Typed({"start": today(zone), "phase-number": 1, "exercises": [forms.empty_row()]})


def current(found: dict[str, Any]) -> Typed:
    """Return a program as a form to change."""
    program = found["program"]
    return Typed(
        {
            "effective": max(found["today"], program["start"]),
            "date": max(found["today"], program["start"]),
            "end": program["end"],
            "phase-number": program["phase"]["number"],
            "phase-name": program["phase"]["name"],
            "exercises": [_row(exercise) for exercise in program["exercises"]],
        }
    )


def describe() -> dict[str, Any]:
    """Return what every template may use: codes as people say them, and what the asker may do."""
    return {
        "rules": rules(),
        "code": called,
        "choices": lambda codes: [{"value": code, "text": called(code)} for code in codes],
        "named": lambda found: [{"value": one["id"], "text": one["name"]} for one in found],
        "called": label,
        "label": label,
        "administers": "administrator" in identity().roles,
        "leads": "lead" in identity().roles,
        "treats": treats(),
        "certifies": bool(permission.action("erasure.read").reach(identity())),
    }


def treats() -> bool:
    """Tell whether the asker treats patients."""
    return bool(set(TREATING) & set(identity().roles))


def version(values: Typed) -> int:
    """Return the version that a form was drawn from; an unreadable one is stale."""
    found = forms.whole(values["version"])
    return found if isinstance(found, int) else 0


def draw(template: str, values: Typed, refusal: Exception | None = None, **around: Any) -> Response:
    """Return a page with a form as it was typed, and what is wrong with it, if anything.

    The page gets `values`, `errors` {control: why}, `summary` {control: label and why}, `key`,
    and `stale` where somebody else was faster.
    """
    wrong = forms.wrong(refusal) if refusal else {}
    errors = {name: say(found.sentence, **found.values) for name, found in wrong.items()}
    page = render_template(
        f"prescription/{template}",
        values=values,
        errors=errors,
        summary={name: Markup("{}: {}").format(label(name), why) for name, why in errors.items()},
        key=values["key"] or fresh_key(),
        stale=isinstance(refusal, Stale),
        label=label,
        **around,
    )
    status = refusal.status if isinstance(refusal, Stale) else 422 if refusal else 200
    return Response(page, status, content_type="text/html; charset=utf-8")


def fresh_key() -> str:
    """Return the idempotency key of a form that is drawn for the first time."""
    return secrets.token_hex(16)


def lead_to(path: str, commit: Commit, *, done: str) -> Response:
    """Send the browser where the result is, once the lists hold it too."""
    seen = position.of_commit(service().name, commit).token()
    return redirect(f"/prescription/{path}?{urlencode({'done': done, 'seen': seen})}")


def _compared(revisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the revisions, the latest first, each with `changes` to the one before."""
    earlier = [{"exercises": []}, *revisions[:-1]]
    compared = [
        found | {"changes": _changes(before, found)}
        for before, found in zip(earlier, revisions, strict=True)
    ]
    return compared[::-1]


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the exercises whose dose changed: name, and the doses before and after or None."""
    old = {one["exercise"]: one for one in before["exercises"]}
    new = {one["exercise"]: one for one in after["exercises"]}
    doses = ((name, old.get(name, {}), new.get(name, {})) for name in old | new)
    return [
        {"name": (now or was)["name"], "before": was.get("dose"), "after": now.get("dose")}
        for _, was, now in doses
        if was.get("dose") != now.get("dose")
    ]


def _row(exercise: dict[str, Any]) -> dict[str, Any]:
    dose = {name: _plain(value) for name, value in exercise["dose"].items() if value is not None}
    row = {"exercise": exercise["exercise"], "dose": dose, "priority": exercise["priority"]}
    said = {name: exercise[name] or "" for name in ("instructions", "group", "taught")}
    return row | said | {"bad_day": (exercise["bad_day"] or {}).get("way", "")}


def _plain(value: Any) -> Any:
    """Return a number as people type it: 5 and not 5.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
