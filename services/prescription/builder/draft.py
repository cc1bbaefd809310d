"""Drafts: what was typed so far, sealed under the patient's key; one a therapist and patient."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from prescription import forms
from prescription.events import Dose
from prescription.forms import DATE, Typed
from prescription.protocol.events import Item, TemplatePublished, TemplateRevised
from shared.commands import identify
from shared.permission import Asker
from shared.service import Service

# How many goals have a measure and a date of their own.
TARGETS = range(3)
DATES = ("start", "end", "review", *(f"targets-{number}-by" for number in TARGETS))
PROGRAM = (
    "title",
    "diagnosis-text",
    "diagnosis-code",
    "diagnosis-system",
    "goals",
    "start",
    "end",
    "review",
    "phase-number",
    "phase-name",
    "source-title",
    "source-url",
)
KEPT = (*PROGRAM, "reasons", "reasons-words", *(f"targets-{number}-measure" for number in TARGETS))
WEEK = 7


def identity(asker: Asker, patient: str) -> str:
    """Return the id of the asker's draft about a patient, which names neither."""
    return identify(asker.tenant, "draft", asker.identity.subject, patient)


def find(asker: Asker, patient: str, service: Service) -> Typed | None:
    """Return what was typed so far, or None where nothing was."""
    name = identity(asker, patient)
    found = service.vault.open(asker.tenant, [name]).get(name)
    return Typed(found) if found else None


def save(values: Typed, asker: Asker, patient: str, service: Service) -> None:
    """Keep what was typed in place of what was kept before; where it is nothing, nothing is kept.

    Raises:
        Erased: the patient was forgotten.
    """
    names = (*KEPT, *DATES, "exercises")
    kept = {name: _plain(values[name]) for name in names if values[name]}
    if kept:
        service.vault.seal(asker.tenant, patient, identity(asker, patient), kept)
    else:
        discard(asker, patient, service)


def discard(asker: Asker, patient: str, service: Service) -> None:
    """Take a draft away."""
    service.vault.forget(asker.tenant, [identity(asker, patient)])


def fill(
    template: TemplatePublished | TemplateRevised,
    number: int,
    *,
    language: str,
    side: str,
    today: date,
) -> Typed:
    """Return a draft that a phase of a template begins.

    Args:
        template: its version.
        number: of the phase, from 1.
        language: of the patient.
        side: the patient's affected one; empty where it is open.
        today: the first day.
    """
    stage = template.stages[number - 1]
    titles = {one.language: one.title for one in template.titles}
    weeks = template.weeks[0] if template.weeks else None
    end = today + timedelta(days=weeks * WEEK - 1) if weeks else None
    coded, source = template.diagnosis, template.source
    return Typed(
        {
            "title": titles.get(language, template.title),
            "diagnosis-text": template.condition,
            "diagnosis-code": coded.code if coded else "",
            "diagnosis-system": coded.system if coded else "",
            "start": _parts(today),
            "end": _parts(end) if end else "",
            "phase-number": str(number),
            "phase-name": stage.name,
            "source-title": source.title if source else "",
            "source-url": source.url if source else "",
            "exercises": [_row(item, side) for item in stage.exercises],
        }
    )


def body(values: Typed) -> dict[str, Any]:
    """Return a draft as the API takes a program; what was typed wrong is there as typed."""
    found = forms.body(values, PROGRAM)
    rows = [row for row in values["exercises"] or [] if not forms.is_empty(row)]
    reasons = [
        {"about": row["exercise"], "code": row.get("reason"), "words": row.get("words") or None}
        for row in rows
        if row.get("reason")
    ]
    if values["reasons"]:
        first = {"about": "number", "code": values["reasons"]}
        reasons.insert(0, first | {"words": values["reasons-words"].strip() or None})
    found["exercises"] = forms.content(values)
    return found | {"reasons": reasons, "targets": list(_targets(values))}


def typed(body: Mapping[str, Any]) -> Typed:
    """Return what the API was given, as a form holds it."""
    found: dict[str, Any] = {}
    for name in PROGRAM:
        first, _, second = name.partition("-")
        value = (body.get(first) or {}).get(second) if second else body.get(first)
        if value not in (None, "", [], ()):
            found[name] = "\n".join(value) if name == "goals" else _typed(value)
    reasons = {one["about"]: one for one in body.get("reasons", ())}
    if "number" in reasons:
        found["reasons"] = reasons["number"]["code"]
        found["reasons-words"] = reasons["number"].get("words") or ""
    for one in body.get("targets", ()):
        found[f"targets-{one['goal']}-measure"] = one.get("measure") or ""
        found[f"targets-{one['goal']}-by"] = _typed(one.get("by") or "")
    found["exercises"] = [_again(row, reasons) for row in body.get("exercises", ())]
    return Typed(found)


def _again(row: Mapping[str, Any], reasons: Mapping[str, Any]) -> dict[str, Any]:
    dose = {name: value for name, value in (row.get("dose") or {}).items() if value is not None}
    said = {name: value for name, value in row.items() if value is not None and name != "dose"}
    why = reasons.get(row.get("exercise") or "", {})
    return {
        "exercise": "",
        **said,
        "dose": dose,
        "reason": why.get("code", ""),
        "words": why.get("words") or "",
    }


def _targets(values: Typed) -> Iterable[dict[str, Any]]:
    for number in TARGETS:
        measure, by = values[f"targets-{number}-measure"], values[f"targets-{number}-by"]
        told = forms.body(Typed({"measure": measure, "by": by}), ("measure", "by"))
        if told:
            yield {"goal": number} | told


def row(exercise: str, dose: Dose, priority: int = 1, origin: str = "") -> dict[str, Any]:
    """Return an exercise as a row of a draft.

    Args:
        exercise: its id; empty where the library has none.
        dose: to begin with.
        priority: 1 (always) to 3 (if there is time).
        origin: what it is called where it comes from.
    """
    amounts = {
        name: _whole(getattr(dose, name))
        for name in (*forms.WHOLE, *forms.DECIMAL, "band", "side", "tempo")
        if getattr(dose, name) is not None
    }
    return {
        "exercise": exercise,
        "dose": amounts | {"weekdays": list(dose.weekdays)},
        "priority": priority,
        "instructions": "",
        "origin": origin,
    }


def _row(item: Item, side: str) -> dict[str, Any]:
    found = row(item.exercise or "", item.dose, item.priority, item.name)
    if item.affected and side:
        found["dose"]["side"] = side
    return found


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _parts(day: date) -> dict[str, str]:
    return {part: str(getattr(day, part)) for part in DATE}


def _typed(value: Any) -> Any:
    """Return what the API was given for a control, as somebody would have typed it."""
    return _plain(value) if isinstance(value, date) else str(value)


def _plain(value: Any) -> Any:
    """Return a value as a form holds it: a date by its parts, a number as it is typed."""
    if isinstance(value, date):
        return _parts(value)
    return str(value) if isinstance(value, int) else value
