"""Facts that notifications hears of: Ana in Madrid, her program, what she did, what was decided."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.envelope import Envelope
from tests.events import event
from tests.people import ANA_ID

SITE, PROGRAM, EXERCISE = "5" * 32, "b" * 32, "e" * 32
INVITATION = "d" * 32
MONDAY = date(2026, 9, 7)
MADRID = "Europe/Madrid"
# Recorded at half past five in the afternoon where Ana lives.
MOMENT = datetime(2026, 9, 7, 15, 30, tzinfo=UTC)
NULLS = ("hold_seconds", "minutes", "load_kg", "band", "side", "effort", "rest_seconds", "tempo")


def days(count: int, first: date = MONDAY) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def exercise(weekdays: Sequence[int] = (), days_per_week: int = 7) -> dict[str, Any]:
    dose = {
        **dict.fromkeys(NULLS),
        "sets": 3,
        "repetitions": 10,
        "times_per_day": 1,
        "days_per_week": len(weekdays) or days_per_week,
        "weekdays": list(weekdays),
    }
    return {"exercise": EXERCISE, "dose": dose, "priority": 1, "instructions": None}


def site_registered() -> Envelope:
    data = {"site": SITE, "name": "North clinic", "zone": MADRID, "language": "en"}
    return event("prescription.site.registered", f"site-{SITE}", data)


def registered(zone: str = MADRID, language: str = "en", patient: str = ANA_ID) -> Envelope:
    data = {
        "patient": patient,
        "site": SITE,
        "zone": zone,
        "language": language,
        "therapist": None,
    }
    return event("prescription.patient.registered", f"patient-{patient}", data, moment=MOMENT)


def updated(zone: str = MADRID, language: str = "en", site: str = SITE) -> Envelope:
    data = {"patient": ANA_ID, "site": site, "zone": zone, "language": language}
    return event("prescription.patient.updated", f"patient-{ANA_ID}", data, sequence=2)


def erased() -> Envelope:
    stream = f"patient-{ANA_ID}"
    return event("prescription.patient.erased", stream, {"patient": ANA_ID}, sequence=2)


def issued(way: str = "link", supporter: str | None = None) -> Envelope:
    """An invitation of Ana's, which holds for a week."""
    data = {
        "invitation": INVITATION,
        "patient": ANA_ID,
        "supporter": supporter,
        "way": way,
        "expires": (MOMENT + timedelta(days=7)).isoformat(),
    }
    return event("adherence.invitation.issued", f"invitation-{ANA_ID}", data, moment=MOMENT)


def prescribed(
    start: date = MONDAY,
    end: date | None = None,
    program: str = PROGRAM,
    moment: datetime = MOMENT,
    exercises: Sequence[dict[str, Any]] = (exercise(),),
) -> Envelope:
    data = {
        **_asked(program, 1, start, end, exercises),
        "site": SITE,
        "start": start.isoformat(),
        "title": "1" * 32,
        "diagnosis": {"code": "x", "system": "practice", "verified": False, "text": "2" * 32},
        "goals": ["3" * 32],
        "source": None,
    }
    return event("prescription.program.prescribed", f"program-{program}", data, moment=moment)


def revised(number: int, end: date | None, effective: date = MONDAY) -> Envelope:
    asked = _asked(PROGRAM, number, effective, end, (exercise(),))
    data = {**asked, "reason": "schedule", "note": None}
    stream = f"program-{PROGRAM}"
    return event("prescription.program.revised", stream, data, sequence=number, moment=MOMENT)


def ended(day: date, sequence: int = 2) -> Envelope:
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "date": day.isoformat(),
        "reason": "goals_met",
    }
    stream = f"program-{PROGRAM}"
    return event("prescription.program.ended", stream, data, sequence=sequence, moment=MOMENT)


def logged(
    day: date,
    *,
    sequence: int = 1,
    size: int = 1,
    done: bool = True,
    moment: datetime = MOMENT,
) -> Envelope:
    amounts = {"sets": 3, "repetitions": 10, "hold_seconds": None, "minutes": None}
    entry = {
        "exercise": EXERCISE,
        "prescribed": {**amounts, "times_per_day": 1},
        "done": {**amounts, "load_kg": None} if done else None,
        "skipped": None if done else "pain",
        "difficulty": None,
    }
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "session": day.isoformat(),
        "local_date": day.isoformat(),
        "revision": 1,
        "due": True,
        "late": False,
        "occurred": moment.isoformat(),
        "entries": [entry],
        "completion": float(done),
        "partial": not done,
        "pain": 3,
        "effort": 4,
        "difficulty": None,
        "note": None,
        "mode": "as_prescribed",
        "evidence": "tap",
    }
    return event(
        "adherence.session.logged",
        f"program-{PROGRAM}",
        data,
        sequence=sequence,
        size=size,
        moment=moment,
    )


def reached(
    kind: str,
    count: int,
    day: date = MONDAY,
    *,
    sequence: int = 2,
    index: int = 1,
    size: int = 2,
    moment: datetime = MOMENT,
) -> Envelope:
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "milestone": kind,
        "count": count,
        "local_date": day.isoformat(),
        "session": day.isoformat(),
    }
    return event(
        "adherence.milestone.reached",
        f"program-{PROGRAM}",
        data,
        sequence=sequence,
        index=index,
        size=size,
        moment=moment,
    )


def decided(
    day: date,
    next_date: date | None,
    *,
    sequence: int = 1,
    revision: int = 1,
    reason: str = "due",
) -> Envelope:
    data = {
        "program": PROGRAM,
        "patient": ANA_ID,
        "local_date": day.isoformat(),
        "zone": MADRID,
        "revision": revision,
        "open": reason == "due",
        "reason": reason,
        "next_date": next_date and next_date.isoformat(),
    }
    return event(
        "notifications.reminder.decided",
        f"patient-{ANA_ID}",
        data,
        sequence=sequence,
        moment=MOMENT,
    )


def sent(
    message: str,
    kind: str,
    milestones: Sequence[tuple[str, int]] = (),
    *,
    sequence: int = 1,
    channel: str = "email",
) -> Envelope:
    data = _told(message, kind, milestones, channel)
    stream = f"patient-{ANA_ID}"
    return event("notifications.message.sent", stream, data, sequence=sequence, moment=MOMENT)


def failed(message: str, kind: str, reason: str, *, sequence: int = 1) -> Envelope:
    data = {**_told(message, kind, (), "email"), "reason": reason}
    stream = f"patient-{ANA_ID}"
    return event("notifications.message.failed", stream, data, sequence=sequence, moment=MOMENT)


def _told(
    message: str, kind: str, milestones: Sequence[tuple[str, int]], channel: str
) -> dict[str, Any]:
    return {
        "message": message,
        "patient": ANA_ID,
        "program": None if kind == "invitation" else PROGRAM,
        "kind": kind,
        "channel": channel,
        "local_date": MONDAY.isoformat(),
        "milestones": [{"kind": name, "count": count} for name, count in milestones],
    }


def _asked(
    program: str,
    revision: int,
    effective: date,
    end: date | None,
    exercises: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "program": program,
        "patient": ANA_ID,
        "revision": revision,
        "effective": effective.isoformat(),
        "end": end and end.isoformat(),
        "phase": {"number": 1, "name": "4" * 32},
        "exercises": list(exercises),
    }
