"""Forms of pages: what was typed as a body for the API, what is wrong beside its control."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from prescription.fault import Worded
from prescription.kinds import DAY
from prescription.labels import LABELS, split
from prescription.schemas import LEFT
from shared.errors import Fault, Invalid, flatten

REFUSED = (ValidationError, Invalid)
DATE = ("day", "month", "year")
LISTS = {
    "goals",
    "steps",
    "stop_if",
    "muscles",
    "mistakes",
    "contraindications",
    "precautions",
    "equipment",
    "easier",
}
ROW = re.compile(r"exercises-(\d{1,4})-exercise")
WHOLE = (
    "sets",
    "repetitions",
    "hold_seconds",
    "times_per_day",
    "days_per_week",
    "effort",
    "rest_seconds",
    "layers",
    "frequency_hz",
    "pulse_us",
    "milliamperes",
)
DECIMAL = ("minutes", "load_kg")
# Of forms without rows.
NUMBERS = {"birth_year", "phase-number", *(f"usual-{name}" for name in WHOLE)}
# Of a row: what the API takes of an exercise beside its dose, and what is said with it in all.
ASKED = ("exercise", "priority", "instructions", "group", "bad_day", "taught")
SAID = ("instructions", "group", "bad_day", "taught", "reason", "words", "origin")
# A row in which nothing but these was touched is an empty one.
USUAL = {"times_per_day", "days_per_week"}
WEEK = 7
NO_SIDE = "none"
# What the API says of a text, said of three fields.
TYPED = {DAY: "Type the day, month and year of a date that there is."}
# Parts of a form that may be empty as a whole.
OPTIONAL = {"source", "usual"}

Form = MultiDict[str, str]


class Typed(dict[str, Any]):
    """What a form holds, by control; a control that is not there is empty."""

    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a control: why, in English, with the values in it apart."""

    sentence: str
    values: Mapping[str, object]


def typed(form: Form, dates: Sequence[str] = ()) -> Typed:
    """Return what was typed, so that the form can be drawn again as it was.

    A row of an exercise is added, removed or moved as the form's buttons ask.
    """
    found = Typed(form.items())
    for name in dates:
        found[name] = {part: form.get(f"{name}-{part}", "").strip() for part in DATE}
    found["exercises"] = [_row(form, n) for n in _moved(form) if str(n) != form.get("remove")]
    if "add" in form:
        found["exercises"].append(empty_row())
    return found


def rearranged(form: Form) -> bool:
    """Tell whether the form only asks for another row, one less, or another order."""
    return any(name in form for name in ("add", "remove", "up", "down"))


def empty_row() -> dict[str, Any]:
    """Return a row to fill in: once a day, unless something else is typed."""
    return {"exercise": "", "dose": {"times_per_day": 1}}


def body(values: Typed, names: Sequence[str]) -> dict[str, Any]:
    """Return the controls of these names that were filled in; `a-b` is b within a."""
    found: dict[str, Any] = {}
    for name in names:
        value = _value(name, values[name])
        place = found
        *parents, last = name.split("-")
        for parent in parents:
            place = place.setdefault(parent, {})
        if value != "":
            place[last] = value
    return {name: value for name, value in found.items() if value or name not in OPTIONAL}


def content(values: Typed) -> list[dict[str, Any]]:
    """Return the exercises of a form as the API takes them, empty rows left out."""
    return [filled(row) for row in values["exercises"] or [] if not is_empty(row)]


def filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as the API takes an exercise of a program."""
    return _filled({name: row.get(name, "") for name in ASKED}) | {"dose": _filled(row["dose"])}


def wrong(refusal: Exception) -> dict[str, Wrong]:
    """Return what is wrong by the control that it is about, the first thing of each."""
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    if isinstance(refusal, ValidationError):
        faults = tuple(flatten(refusal.messages))
    found: dict[str, Wrong] = {}
    for fault in faults:
        found.setdefault(control(fault.pointer), _worded(fault))
    return dict(sorted(found.items(), key=lambda item: _place(item[0])))


def control(pointer: str) -> str:
    """Return the name of the control that a JSON pointer leads to."""
    steps = [step for step in pointer.split("/") if step and step != "dose"]
    if steps[:1] in (["sites"], ["reasons"]):
        return "reasons-words" if steps[-1] == "words" else steps[0]
    if steps[:1] == ["exercises"]:
        number, name, *_ = [*steps[1:], *("0", "exercise")[len(steps) - 1 :]]
        return f"exercises-{number}-{name}"
    return steps[0] if steps and steps[0] in LISTS else "-".join(steps)


def lines(text: str) -> list[str]:
    """Return what stands on each line that is not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _place(name: str) -> tuple[int, int]:
    """Return where a control stands on its page: in the order of the labels, rows last."""
    row, field = split(name)
    return (-1 if row is None else row, list(LABELS).index(field) if field in LABELS else 0)


def _worded(fault: Fault) -> Wrong:
    if isinstance(fault, Worded):
        return Wrong(fault.sentence, fault.values)
    return Wrong(TYPED.get(fault.reason, fault.reason), {})


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _date(value)
    if isinstance(value, list):
        return value or ""
    if name in LISTS:
        return lines(value) or ("" if name in LEFT else [])
    if name.rpartition("-")[2] in DECIMAL:
        return decimal(value.strip())
    return whole(value) if name in NUMBERS else value.strip()


def _date(parts: Mapping[str, str]) -> str:
    """Return a date as the API takes it; what is no date is left for the schema to refuse."""
    day, month, year = (parts[part] for part in DATE)
    if not (day or month or year):
        return ""
    return f"{year:0>4}-{month:0>2}-{day:0>2}"


def _moved(form: Form) -> list[int]:
    """Return the numbers of the rows, one of them a place up or down as a button asks."""
    found = sorted(int(match[1]) for name in form if (match := ROW.fullmatch(name)))
    for button, step in (("up", -1), ("down", 1)):
        number = whole(form.get(button, ""))
        if number in found:
            place = found.index(int(number))
            other = min(max(place + step, 0), len(found) - 1)
            found[place], found[other] = found[other], found[place]
    return found


def _row(form: Form, number: int) -> dict[str, Any]:
    def get(name: str) -> str:
        return form.get(f"exercises-{number}-{name}", "").strip()

    weekdays = form.getlist(f"exercises-{number}-weekdays")
    dose: dict[str, Any] = {
        **{name: whole(get(name)) for name in WHOLE},
        **{name: decimal(get(name)) for name in DECIMAL},
        **{name: get(name) for name in ("band", "side", "tempo")},
        "weekdays": [whole(day) for day in weekdays],
    }
    # Whoever ticks three days where every day stood before means three days.
    if weekdays and dose["days_per_week"] == WEEK:
        dose["days_per_week"] = ""
    return {
        "exercise": get("exercise"),
        "dose": dose,
        "priority": whole(get("priority")),
        **{name: get(name) for name in SAID},
    }


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", NO_SIDE)}


def is_empty(row: Mapping[str, Any]) -> bool:
    """Tell whether nothing was filled in but what every row begins with."""
    amounts = (*WHOLE, *DECIMAL)
    touched = any(row["dose"].get(name, "") != "" for name in amounts if name not in USUAL)
    return not (row["exercise"] or row.get("instructions") or row.get("origin") or touched)


def whole(text: str) -> int | str:
    """Read a whole number; what is none stays as typed."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def decimal(text: str) -> float | str:
    """Read a number with a point or a comma; what is none, or has no end, stays as typed."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return text
    return value if isfinite(value) else text
