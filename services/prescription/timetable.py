"""Hours and rotas as people type them, and as the API takes them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from prescription.forms import Form, Typed
from shared.errors import Fault, Invalid

WEEK = range(1, 8)
SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-\u2013]\s*(\d{1,2})[:.](\d{2})")
HOURS = "Type hours as 08:00-13:00, 15:00-19:00."
ROW = re.compile(r"shifts-(\d{1,3})-staff")
SHIFT = ("staff", "first", "last", "hours")
SPARE = 2


def read(values: Typed) -> list[dict[str, Any]]:
    """Return the opening hours that were typed, a field a weekday; an empty one is a closed day.

    Raises:
        Invalid: a field holds no hours.
    """
    wrong = [day for day in WEEK if _spans(values[f"hours-{day}"]) is None]
    if wrong:
        raise Invalid("", faults=[Fault(f"/hours-{day}", HOURS) for day in wrong])
    return [
        {"weekday": day, "opens": opens, "closes": closes}
        for day in WEEK
        for opens, closes in _spans(values[f"hours-{day}"]) or ()
    ]


def typed(hours: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return opening hours as they are typed."""
    return {
        f"hours-{day}": ", ".join(
            f"{one['opens']:%H:%M}-{one['closes']:%H:%M}" for one in hours if one["weekday"] == day
        )
        for day in WEEK
    }


def placed(refusal: Exception, values: Typed) -> Exception:
    """Return a refusal whose faults of opening hours lead to the weekday's field."""
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    if not any(fault.pointer.startswith("/hours/") for fault in faults):
        return refusal
    days = [one["weekday"] for one in read(values)]
    return Invalid("", faults=[_at_weekday(fault, days) for fault in faults])


def rows(form: Form) -> list[dict[str, str]]:
    """Return the rows of a rota as they were typed."""
    numbers = sorted(int(found[1]) for name in form if (found := ROW.fullmatch(name)))
    return [
        {name: form.get(f"shifts-{number}-{name}", "").strip() for name in SHIFT}
        for number in numbers
    ]


def shifts(typed_rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the rows that were filled in, as the API takes them.

    Raises:
        Invalid: a row holds no hours.
    """
    filled = [row for row in typed_rows if any(row.get(name) for name in SHIFT)]
    found = []
    for number, row in enumerate(filled):
        spans = _spans(row["hours"])
        if spans is None or len(spans) > 1:
            raise Invalid("", faults=[Fault(f"/shifts/{number}/hours", HOURS)])
        begins, ends = spans[0] if spans else (None, None)
        named: dict[str, Any] = {one: row[one] for one in ("staff", "first", "last") if row[one]}
        found.append({**named, "begins": begins, "ends": ends})
    return found


def current(rota: Mapping[str, Any] | None) -> Typed:
    """Return a rota as a form to change, with rows to fill in."""
    known = [_row(shift) for shift in rota["shifts"]] if rota else []
    return Typed(
        {"shifts": known + [{} for _ in range(SPARE)], "fallback": rota["fallback"] if rota else ""}
    )


def _row(shift: Mapping[str, Any]) -> dict[str, Any]:
    times = [shift[name] for name in ("begins", "ends") if shift[name]]
    hours = "-".join(f"{one:%H:%M}" for one in times)
    dates = {name: shift[name].isoformat() for name in ("first", "last")}
    return {"staff": shift["staff"], "hours": hours, **dates}


def _at_weekday(fault: Fault, days: Sequence[int]) -> Fault:
    _, name, number, *_ = [*fault.pointer.split("/"), "", ""]
    if name == "hours" and number.isdigit():
        return Fault(f"/hours-{days[int(number)]}", fault.reason)
    return fault


def _spans(text: str) -> list[tuple[str, str]] | None:
    """Return the spans of a text, or None where it holds something else."""
    found = [SPAN.fullmatch(part.strip()) for part in text.split(",") if part.strip()]
    if None in found:
        return None
    return [(f"{one[1]:0>2}:{one[2]}", f"{one[3]:0>2}:{one[4]}") for one in found if one]
