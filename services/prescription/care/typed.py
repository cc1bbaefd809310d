"""Plans of care and visits as pages type them, in the words of the API."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from prescription import forms
from prescription.forms import Form, Typed

PLAN = ("diagnosis-text", "diagnosis-code", "diagnosis-system", "goals", "first", "last")
DATES = ("first", "last")
ROW = re.compile(r"authorised-(\d{1,4})-visits")
SPAN = ("visits", "first", "last")
VISIT = ("day", "kind", "furnished", "note", "reason", "why")
# Each is on a control of its own; what the API says of one stands beside all of them.
GROUPED = ("done", "reviewed")
COUNTED = {"yes": True, "no": False}


def plan(form: Form) -> Typed:
    """Return a plan of care as it was typed; rows of authorisations without a word are left out."""
    values = forms.typed(form, dates=DATES)
    numbers = sorted(int(found[1]) for name in form if (found := ROW.fullmatch(name)))
    rows = [
        {name: form.get(f"authorised-{n}-{name}", "").strip() for name in SPAN} for n in numbers
    ]
    values["rows"] = [row for row in rows if any(row.values())]
    return values


def plan_body(values: Typed, names: Iterable[str] = ()) -> dict[str, Any]:
    """Return a plan of care as the API takes it."""
    rows = [
        {"visits": forms.whole(row["visits"])} | {name: row[name] for name in DATES if row[name]}
        for row in values["rows"]
    ]
    asked = [{name: value for name, value in row.items() if value != ""} for row in rows]
    return forms.body(values, (*PLAN, *names)) | {"authorised": asked}


def current_plan(found: Mapping[str, Any]) -> Typed:
    """Return a plan of care as a form to change."""
    spans = [{**one, "visits": str(one["visits"])} for one in found["standing"]["spent"]]
    diagnosis = {f"diagnosis-{name}": value or "" for name, value in found["diagnosis"].items()}
    goals = "\n".join(goal for goal in found["goals"] if goal)
    return Typed(
        {**diagnosis, "goals": goals, "first": found["first"], "last": found["last"], "rows": spans}
    )


def visit(form: Form) -> Typed:
    """Return a visit as it was typed."""
    values = forms.typed(form, dates=("day",))
    return Typed(values | {name: form.getlist(name) for name in GROUPED})


def visit_body(values: Typed) -> dict[str, Any]:
    """Return a visit as the API takes it."""
    found = forms.body(values, VISIT)
    if values["minutes"].strip():
        found["minutes"] = forms.whole(values["minutes"].strip())
    if values["counted"] in COUNTED:
        found["counted"] = COUNTED[values["counted"]]
    return found | {"done": values["done"], "reviewed": _reviewed(values["reviewed"])}


def current_visit(found: Mapping[str, Any]) -> Typed:
    """Return a visit as a form to correct."""
    marks = [
        mark
        for one in found["reviewed"]
        for mark in (review(one), *(review(one, exercise) for exercise in one["exercises"]))
    ]
    counted = "yes" if found["counted"] else "no"
    own = {name: found[name] for name in ("day", "kind", "furnished", "done")}
    more = {"minutes": str(found["minutes"]), "note": found["note"] or ""}
    return Typed({**own, **more, "counted": counted, "reviewed": marks})


def review(one: Mapping[str, Any], exercise: str = "") -> str:
    """Return what a tick says: this revision was reviewed, or this exercise of it gone through."""
    return f"{one['program']}:{one['revision']}:{exercise}"


def _reviewed(marks: Iterable[str]) -> list[dict[str, Any]]:
    """Return what was reviewed; who ticks an exercise has reviewed its program."""
    found: dict[tuple[str, str], list[str]] = {}
    for mark in marks:
        program, revision, exercise = [*mark.split(":", 2), "", ""][:3]
        exercises = found.setdefault((program, revision), [])
        exercises += [exercise] if exercise else []
    return [
        {"program": program, "revision": forms.whole(revision), "exercises": exercises}
        for (program, revision), exercises in found.items()
    ]
