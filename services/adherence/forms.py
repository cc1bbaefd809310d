"""What was typed on a page, as the API's requests hold it, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from marshmallow import ValidationError

from shared.errors import Invalid, Refusal, flatten

DONE = ("sets", "repetitions", "hold_seconds", "minutes", "load_kg")
SCALES = ("pain", "effort", "difficulty")
MORNING = ("next_morning",)
REFUSED = (ValidationError, Refusal)


def exercise(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed of an exercise."""
    return _numbers(form, DONE) | {"skipped": form.get("skipped") or None}


def entry(exercise: str, values: Mapping[str, Any], *, left_out: bool) -> dict[str, Any]:
    """Return the exercise as a session of the API holds it."""
    if left_out:
        return {"exercise": exercise, "done": None, "skipped": values["skipped"]}
    return {"exercise": exercise, "done": {name: values[name] for name in DONE}}


def feeling(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed of how it felt; what was not answered is None."""
    return _numbers(form, SCALES) | {"note": form.get("note", "")}


def morning(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed of the morning after."""
    return _numbers(form, MORNING)


def errors(refusal: ValidationError | Refusal, names: Iterable[str]) -> dict[str, str]:
    """Return what is wrong by the field that it is about; empty where it is about none of these."""
    if isinstance(refusal, ValidationError):
        found = flatten(refusal.messages)
    else:
        found = list(refusal.faults)
    last = {fault.pointer.rsplit("/", 1)[-1]: fault.reason for fault in found}
    return {name: last[name] for name in names if name in last}


def slug(refusal: ValidationError | Refusal) -> str:
    """Return what kind of refusal it is."""
    return refusal.slug if isinstance(refusal, Refusal) else Invalid.slug


def _numbers(form: Mapping[str, str], names: Iterable[str]) -> dict[str, Any]:
    return {name: number(form.get(name, "").strip()) for name in names}


def number(text: str) -> Any:
    """Return a typed number; what is empty is None, what is no number stays as it was typed.

    A comma counts as a point.
    """
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return text
    if not isfinite(value):
        return text
    return int(value) if value.is_integer() else value
