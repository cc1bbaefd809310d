"""Ana's diary as published events: a program, its revisions, and what she told of each day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from reporting.projections import TIMELINE
from reporting.queries import Timeline, joined
from tests.events import documents, event, fold
from tests.people import ANA_ID

PROGRAM = "9" * 32
SITE = "5" * 32
BRIDGE = "b" * 32
WALK = "c" * 32
MONDAY = date(2026, 9, 7)
DAY = timedelta(days=1)
TITLE, PHASE, NOTE, WORDS = "1" * 32, "2" * 32, "3" * 32, "4" * 32

DOSE: dict[str, Any] = {
    "sets": None,
    "repetitions": None,
    "hold_seconds": None,
    "minutes": None,
    "load_kg": None,
    "band": None,
    "side": None,
    "times_per_day": 1,
    "days_per_week": 7,
    "weekdays": [],
    "effort": None,
    "rest_seconds": None,
    "tempo": None,
}
TEN = {"sets": 3, "repetitions": 10}


def days(text: str, first: date = MONDAY) -> dict[date, str]:
    """Return a word of the text for each date from the first on."""
    return {first + DAY * index: word for index, word in enumerate(text.split())}


def asks(exercise: str = BRIDGE, priority: int = 1, **dose: Any) -> dict[str, Any]:
    """Return an exercise of a program; three sets of ten every day unless the dose says else."""
    amounts = dose if dose.keys() & {"repetitions", "minutes", "hold_seconds"} else TEN | dose
    return {
        "exercise": exercise,
        "dose": DOSE | amounts,
        "priority": priority,
        "instructions": None,
    }


def prescribed(*exercises: dict[str, Any], start: date = MONDAY, **more: Any) -> Any:
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "site": SITE,
        "revision": 1,
        "effective": start.isoformat(),
        "start": start.isoformat(),
        "end": None,
        "title": TITLE,
        "diagnosis": {"code": "x", "system": "practice", "text": "4" * 32, "verified": False},
        "goals": [],
        "phase": {"number": 1, "name": PHASE},
        "exercises": list(exercises) or [asks()],
        "source": None,
    }
    data |= more
    return event("prescription.program.prescribed", f"program-{data['program']}", _plain(data))


def revised(*exercises: dict[str, Any], revision: int = 2, **more: Any) -> Any:
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "revision": revision,
        "effective": MONDAY,
        "reason": "progressed",
        "note": NOTE,
        "end": None,
        "phase": {"number": 1, "name": PHASE},
        "exercises": list(exercises) or [asks()],
    }
    stream = f"program-{PROGRAM}"
    return event("prescription.program.revised", stream, _plain(data | more), sequence=revision)


def ended(on: date, sequence: int = 2) -> Any:
    data = {"program": PROGRAM, "patient": ANA_ID, "date": on, "reason": "goals_met"}
    stream = f"program-{PROGRAM}"
    return event("prescription.program.ended", stream, _plain(data), sequence=sequence)


def paused(on: date, sequence: int = 2) -> Any:
    data = {"program": PROGRAM, "patient": ANA_ID, "date": on, "reason": "illness", "note": None}
    stream = f"program-{PROGRAM}"
    return event("prescription.program.paused", stream, _plain(data), sequence=sequence)


def resumed(on: date, sequence: int = 3) -> Any:
    data = {"program": PROGRAM, "patient": ANA_ID, "date": on}
    stream = f"program-{PROGRAM}"
    return event("prescription.program.resumed", stream, _plain(data), sequence=sequence)


def patient(zone: str = "Europe/Madrid") -> Any:
    data = {
        "patient": ANA_ID,
        "site": SITE,
        "zone": zone,
        "language": "en",
        "therapist": None,
    }
    return event("prescription.patient.registered", f"patient-{ANA_ID}", data)


def published(exercise: str = BRIDGE, name: str = "Bridge") -> Any:
    data = {
        "exercise": exercise,
        "name": name,
        "plain_name": f"{name}, lying down",
        "kind": "strength",
        "steps": ["Lie down."],
        "stop_if": [],
        "source": None,
    }
    return event("prescription.exercise.published", f"exercise-{exercise}", data)


def entry(asked: Mapping[str, Any], share: float = 1.0) -> dict[str, Any]:
    """Return an exercise as logged: this share of its repetitions, minutes or seconds."""
    dose = asked["dose"]
    unit = next(one for one in ("repetitions", "minutes", "hold_seconds") if dose[one] is not None)
    names = ("sets", "repetitions", "hold_seconds", "minutes", "times_per_day")
    sets = (dose["sets"] or 1) * dose["times_per_day"]
    done = dict.fromkeys(("sets", "repetitions", "hold_seconds", "minutes", "load_kg"))
    done |= {"sets": sets, unit: int(dose[unit] * share)}
    return {
        "exercise": asked["exercise"],
        "prescribed": {name: dose[name] for name in names},
        "done": done if share else None,
        "skipped": None if share else "no_time",
        "difficulty": None,
    }


def told(day: date, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the payload of a session."""
    entries = entries or (entry(asks()),)
    completion = more.pop("completion", 1.0)
    return _plain(
        {
            "program": PROGRAM,
            "patient": ANA_ID,
            "session": day,
            "local_date": day,
            "revision": 1,
            "due": True,
            "late": False,
            "occurred": f"{day}T17:00:00+02:00",
            "entries": list(entries),
            "completion": completion,
            "partial": completion < 1,
            "pain": None,
            "effort": None,
            "difficulty": None,
            "note": None,
            "mode": "as_prescribed",
            "evidence": "tap",
            **more,
        }
    )


def logged(payload: Mapping[str, Any], sequence: int = 1) -> Any:
    return event("adherence.session.logged", f"program-{PROGRAM}", payload, sequence=sequence)


def amended(payload: Mapping[str, Any], sequence: int) -> Any:
    data = {**payload, "reason": "correction"}
    return event("adherence.session.amended", f"program-{PROGRAM}", data, sequence=sequence)


def reached(kind: str, count: int, day: date, sequence: int) -> Any:
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "milestone": kind,
        "count": count,
        "local_date": day,
        "session": day,
    }
    stream = f"program-{PROGRAM}"
    return event("adherence.milestone.reached", stream, _plain(data), sequence=sequence)


def sessions(marks: Mapping[date, str], asked: Sequence[Mapping[str, Any]] = ()) -> list[Any]:
    """Return a session for each date marked x (all of it), h (half of it) or 0 to 9 (its pain)."""
    told_of = [day for day, mark in marks.items() if mark in "xh" or mark.isdigit()]
    return [logged(_session(day, marks[day], asked), n) for n, day in enumerate(told_of, start=1)]


def _session(day: date, mark: str, asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    share = 0.5 if mark == "h" else 1.0
    pain = int(mark) if mark.isdigit() else None
    entries = [entry(one, share) for one in asked or [asks()]]
    return told(day, *entries, completion=share, pain=pain)


def timeline(events: Sequence[Any], today: date) -> Timeline:
    """Return what is shown of these events on a date."""
    views = fold(TIMELINE, events)
    (program,) = documents(views, "programs").values()
    return joined(program, documents(views, "months").values(), today)


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in data.items()}


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
