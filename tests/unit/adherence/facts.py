"""Ana's program as it was published, and what she tells of it; a day begins on a Monday."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adherence.commands import AmendSession, Entered, LogSession, Told
from adherence.diary import Decided, Desk, Diary, evolve
from adherence.events import Done, MilestoneReached, Session
from adherence.rules import rules
from adherence.session import amend, log
from shared.envelope import Envelope
from shared.schedule import Program, read
from tests.events import event
from tests.people import ANA_ID

PROGRAM, SITE = "b" * 32, "5" * 32
BRIDGE, WALK, CALF = "1" * 32, "2" * 32, "3" * 32
TITLE, GOAL, PHASE, HINT = "6" * 32, "7" * 32, "8" * 32, "9" * 32
MADRID = ZoneInfo("Europe/Madrid")
MONDAY = date(2026, 9, 7)
DAY = timedelta(days=1)
NULLS = ("hold_seconds", "minutes", "load_kg", "band", "side", "effort", "rest_seconds", "tempo")
TEN = {"sets": 3, "repetitions": 10}


def days(count: int, first: date = MONDAY) -> list[date]:
    return [first + DAY * number for number in range(count)]


def asks(
    exercise: str = BRIDGE,
    *,
    weekdays: Sequence[int] = (),
    priority: int = 1,
    instructions: str | None = None,
    **dose: Any,
) -> dict[str, Any]:
    """Return an exercise of a program: three sets of ten every day unless said otherwise."""
    amounts = dose if dose.keys() & {"repetitions", "minutes", "hold_seconds"} else TEN | dose
    often = {"times_per_day": 1, "days_per_week": len(weekdays) or 7, "weekdays": list(weekdays)}
    whole = dict.fromkeys((*NULLS, "sets", "repetitions")) | often | amounts
    return {
        "exercise": exercise,
        "dose": whole,
        "priority": priority,
        "instructions": instructions,
    }


def prescribed(*exercises: dict[str, Any], **more: Any) -> Envelope:
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "site": SITE,
        "revision": 1,
        "effective": more.get("start", MONDAY),
        "start": MONDAY,
        "end": None,
        "title": TITLE,
        "diagnosis": {"code": "x", "system": "practice", "text": "4" * 32, "verified": False},
        "goals": [GOAL],
        "phase": {"number": 1, "name": PHASE},
        "exercises": list(exercises) or [asks()],
        "source": None,
    } | more
    stream = f"program-{data['program']}"
    return event("prescription.program.prescribed", stream, plain(data))


def revised(*exercises: dict[str, Any], revision: int = 2, **more: Any) -> Envelope:
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "revision": revision,
        "effective": MONDAY,
        "reason": "progressed",
        "note": None,
        "end": None,
        "phase": {"number": 2, "name": PHASE},
        "exercises": list(exercises) or [asks()],
    } | more
    stream = f"program-{data['program']}"
    return event("prescription.program.revised", stream, plain(data), sequence=revision)


def ended(on: date, sequence: int = 2, program: str = PROGRAM) -> Envelope:
    data = {"program": program, "patient": ANA_ID, "date": on, "reason": "goals_met"}
    return event("prescription.program.ended", f"program-{program}", plain(data), sequence=sequence)


def settled(outcome: str, proposal: str = "f" * 32, sequence: int = 1) -> Envelope:
    """Return the therapist's word on a proposal, as prescription publishes it."""
    data = {"program": PROGRAM, "patient": ANA_ID, "proposal": proposal}
    name = f"hep.prescription.proposal.{outcome}.v1"
    stream = f"proposal-{proposal}"
    found = event("prescription.patient.erased", stream, {"patient": ANA_ID}, sequence=sequence)
    return replace(found, type=name, data=data)


def paused(on: date, sequence: int = 2) -> Envelope:
    data = {"program": PROGRAM, "patient": ANA_ID, "date": on, "reason": "illness", "note": None}
    stream = f"program-{PROGRAM}"
    return event("prescription.program.paused", stream, plain(data), sequence=sequence)


def resumed(on: date, sequence: int = 3) -> Envelope:
    data = {"program": PROGRAM, "patient": ANA_ID, "date": on}
    stream = f"program-{PROGRAM}"
    return event("prescription.program.resumed", stream, plain(data), sequence=sequence)


def registered(patient: str = ANA_ID, zone: str = MADRID.key, site: str = SITE) -> Envelope:
    data = {"patient": patient, "site": site, "zone": zone, "language": "en", "therapist": None}
    return event("prescription.patient.registered", f"patient-{patient}", data)


def updated(site: str) -> Envelope:
    data = {"patient": ANA_ID, "site": site, "zone": MADRID.key, "language": "en"}
    return event("prescription.patient.updated", f"patient-{ANA_ID}", data, sequence=2)


def erased(patient: str = ANA_ID) -> Envelope:
    data = {"patient": patient}
    return event("prescription.patient.erased", f"patient-{patient}", data, sequence=2)


def published(exercise: str = BRIDGE, name: str = "Bridge", **more: Any) -> Envelope:
    data = {
        "exercise": exercise,
        "name": name,
        "plain_name": name,
        "kind": "strength",
        "steps": ["Lie on your back.", "Lift your hips.", "Lower them slowly."],
        "stop_if": ["The pain is sharp."],
        "source": None,
    } | more
    return event("prescription.exercise.published", f"exercise-{exercise}", data)


# What the catalogue says of an exercise besides, in Spanish that a machine wrote.
GUIDE: dict[str, Any] = {
    "muscles": [],
    "equipment": [],
    "mistakes": [],
    "contraindications": [],
    "precautions": [],
    "easier": [],
    "purpose": "Strong hips.",
    "region": "hip",
    "position": "lying",
    "space": "bed",
    "supervision": "alone",
    "sides": "both",
    "usual": None,
    "verified": False,
    "wordings": [
        {
            "language": "es",
            "machine": True,
            "name": "Puente",
            "plain_name": "Levantar la cadera",
            "purpose": "Caderas fuertes.",
            "steps": ["Túmbese boca arriba."],
            "mistakes": [],
            "stop_if": ["Le duele mucho."],
            "contraindications": [],
            "precautions": [],
        }
    ],
}


def plain(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in data.items()
    }


def program(
    *exercises: dict[str, Any],
    revisions: Sequence[Envelope] = (),
    ended: date | None = None,
    zone: str | None = MADRID.key,
    **more: Any,
) -> Program:
    """Return a program as this service folds it from its events."""
    first = prescribed(*exercises, **more).data
    end = revisions[-1].data["end"] if revisions else first["end"]
    document = {
        **first,
        "end": end,
        "ended": ended and ended.isoformat(),
        "revisions": [first, *(one.data for one in revisions)],
    }
    return read(document, zone)


def desk(found: Program, now: datetime | None = None) -> Desk:
    return Desk(found, now or evening(MONDAY), rules())


def evening(day: date, zone: ZoneInfo = MADRID) -> datetime:
    """Return five in the afternoon where Ana lives."""
    return datetime.combine(day, time(17), zone)


def entered(exercise: str = BRIDGE, sets: int | None = 3, repetitions: int | None = 10) -> Entered:
    return Entered(exercise, Done(sets, repetitions))


def tells(day: date, *entries: Entered, **more: Any) -> Told:
    """Return what is told in the evening of a day, by a device whose clock is right."""
    moment = evening(day)
    fields = {
        "occurred": moment,
        "device_now": moment,
        "entries": entries or (entered(),),
        "pain": None,
        "effort": None,
        "difficulty": None,
        "note": None,
        "mode": "as_prescribed",
        "evidence": "tap",
    } | more
    return Told(**fields)


def logs(day: date, *entries: Entered, revision: int = 1, **more: Any) -> LogSession:
    return LogSession(PROGRAM, revision, day, tells(day, *entries, **more))


def corrects(
    day: date, *entries: Entered, kept: frozenset[Any] = frozenset(), **more: Any
) -> AmendSession:
    """Return a correction; it names no exercise where none is given."""
    told = tells(day, **{"entries": entries} | more)
    return AmendSession(PROGRAM, day.isoformat(), "correction", told, kept=kept)


def after(diary: Diary, events: Decided) -> Diary:
    for found in events:
        diary = evolve(diary, found)
    return diary


def logged(
    found: Program,
    *commands: LogSession | AmendSession,
    now: datetime | None = None,
    before: Diary | None = None,
) -> tuple[Diary, Decided]:
    """Return the diary after these commands, each at the moment that its device says."""
    diary, events = before or Diary(), []
    for command in commands:
        at = desk(found, now or command.told.device_now)
        if isinstance(command, LogSession):
            decided = log(diary, command, at)
        else:
            decided = amend(diary, command, at)
        diary, events = after(diary, decided), [*events, *decided]
    return diary, events


def done(
    found: Program, *dates: date, now: datetime | None = None, before: Diary | None = None
) -> tuple[Diary, Decided]:
    """Return the diary after a session as prescribed on each of these dates, in this order."""
    return logged(
        found, *(logs(day, device_now=now or evening(day)) for day in dates), before=before
    )


def names(found: Sequence[object]) -> list[str]:
    """Return what kinds of events these are."""
    return [type(one).__name__ for one in found]


def milestones(events: Decided) -> list[tuple[str, int]]:
    return [(one.milestone, one.count) for one in events if isinstance(one, MilestoneReached)]


def session_of(diary: Diary, day: date = MONDAY) -> Session:
    return diary.sessions[day]
