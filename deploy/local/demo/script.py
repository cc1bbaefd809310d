"""The script: what is sent, by whom and when; made of the data alone, the same every time.

An id that is not known before its thing is made stands as a name with an `@`, `@patient:lucia`
say, in bodies and paths.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local.demo.habits import Go, Home
from deploy.local.demo.people import DAY, Amendment, Patient, Revision, cast
from deploy.local.demo.published import Published, published
from deploy.local.people import Person

TENANT = "riverside"
ADMINISTRATOR, LIBRARIAN = "ada", "bo"
PRESCRIPTION, ADHERENCE = "/prescription/v1", "/adherence/v1"
# The practice is set up on the working day before the first.
SETUP = timedelta(days=3)
MINUTE = timedelta(minutes=1)
# How long before the end everybody is sent a link.
INVITED = timedelta(minutes=10)
# At each of these local times something falls due or is about to: the quiet hours end, open
# sessions are reminded of, the quiet hours come near. They are those of the notifications' rules.
STOPS = (time(8, 0, 30), time(18, 0, 30), time(20, 58))


@dataclass(frozen=True, slots=True)
class Step:
    """One command.

    Attributes:
        moment: of the platform's time, in UTC.
        actor: who sends it, by the subject at the issuer.
        name: of what it makes; its idempotency key, too.
        path: with names for ids.
        body: with names for ids.
        read: path of what it changes, to be read first for its version.
        person: who can sign in from then on; as a patient, with the id that was made.
    """

    moment: datetime
    actor: str
    name: str
    path: str
    body: Mapping[str, Any]
    read: str = ""
    person: Person | None = None


@cache
def steps() -> tuple[Step, ...]:
    """Return all commands in order of time."""
    found = [*_practice(), *_library()]
    for number, patient in enumerate(cast().patients):
        found += _care(patient, number)
    return tuple(sorted(found, key=lambda step: step.moment))


def stops() -> list[datetime]:
    """Return when the clock stands still until the platform is at rest."""
    everybody = cast()
    zones = {patient.zone for patient in everybody.patients}
    first = everybody.first - SETUP
    days = [first + DAY * n for n in range((everybody.then.date() - first).days + 1)]
    found = {_at(day, at, zone) for day in days for at in STOPS for zone in zones}
    # A library is read from what was published of it, sites and staff likewise.
    begun = {_set_up(hour) for hour in (time(8, 45), time(9, 30))}
    return sorted(one for one in found | begun if one < everybody.then)


def resolve(value: Any, ids: Mapping[str, str]) -> Any:
    """Return a body or a path with ids in place of names."""
    if isinstance(value, Mapping):
        return {name: resolve(one, ids) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(one, ids) for one in value]
    if isinstance(value, str) and value.startswith("/"):
        return "/".join(resolve(part, ids) for part in value.split("/")[1:]).join(("/", ""))
    return ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value


def _practice() -> Iterator[Step]:
    everybody = cast()
    moment = _set_up(time(8, 30))
    yield Step(moment, ADMINISTRATOR, "practice", f"{PRESCRIPTION}/practice", everybody.practice)
    for key, site in everybody.sites.items():
        yield Step(moment, ADMINISTRATOR, f"site:{key}", f"{PRESCRIPTION}/sites", site)
    for key, staff in everybody.staff.items():
        body = {
            **staff,
            "email": f"{key}@example.org",
            "subject": key,
            "sites": [f"@site:{site}" for site in staff["sites"]],
        }
        where = ", ".join(everybody.sites[site]["name"] for site in staff["sites"])
        person = Person(key, staff["name"], TENANT, (staff["role"],), note=where)
        later = moment + 20 * MINUTE
        path = f"{PRESCRIPTION}/staff"
        yield Step(later, ADMINISTRATOR, f"staff:{key}", path, body, person=person)


def _library() -> Iterator[Step]:
    moment = _set_up(time(9))
    for program in published().values():
        for key, body in program.exercises():
            name = f"exercise:{program.key}:{key}"
            yield Step(moment, LIBRARIAN, name, f"{PRESCRIPTION}/exercises", body)


def _care(patient: Patient, number: int) -> Iterator[Step]:
    """Yield all about one patient."""
    everybody, program = cast(), published()[patient.program]
    registered = _at(everybody.first - SETUP, time(10), patient.zone) + 10 * MINUTE * number
    yield _registration(patient, registered)
    yield _prescription(patient, program, registered + 5 * MINUTE)
    for index, revision in enumerate(patient.revisions, 2):
        yield _revision(patient, program, revision, index)
    if patient.end:
        body = {"date": patient.end.on.isoformat(), "reason": patient.end.reason}
        moment = _at(patient.end.on, patient.end.at, patient.zone)
        yield _change(patient, moment, "end", body)
    last = min(one for one in (everybody.last, _end(patient, program), _ended(patient)) if one)
    home = Home(patient, program, everybody.first, last)
    for index, go in enumerate(home.goes(), 1):
        yield _session(patient, go, index)
    for amendment in patient.amendments:
        yield _amendment(patient, home.amended(amendment), amendment)
    yield _invitation(patient, everybody.then.astimezone(UTC) - INVITED)


def _registration(patient: Patient, moment: datetime) -> Step:
    body = {
        "name": patient.name,
        "email": patient.email,
        "subject": patient.key,
        "birth_year": patient.born,
        "zone": patient.zone.key,
        "language": patient.language,
        "site": f"@site:{patient.site}",
        "therapist": f"@staff:{patient.therapist}",
        "precautions": patient.precautions,
    }
    person = Person(patient.key, patient.name, TENANT, ("patient",), note=patient.about)
    name = f"patient:{patient.key}"
    path = f"{PRESCRIPTION}/patients"
    return Step(moment, patient.therapist, name, path, body, person=person)


def _invitation(patient: Patient, moment: datetime) -> Step:
    """Have a link sent at the end, so that it still holds when somebody reads the mails."""
    path = f"{ADHERENCE}/patients/@patient:{patient.key}/invitations"
    return Step(moment, patient.therapist, f"invitation:{patient.key}", path, {"way": "link"})


def _prescription(patient: Patient, program: Published, moment: datetime) -> Step:
    first = cast().first
    end = _last_of(first, program.weeks)
    body = {
        "patient": f"@patient:{patient.key}",
        "title": program.document["title"],
        "diagnosis": program.diagnosis(),
        "goals": program.document["goals"],
        "start": first.isoformat(),
        "end": end and end.isoformat(),
        "phase": program.phase(1),
        "exercises": program.doses(1, patient.side),
        "source": program.source,
        "reasons": program.reasons(1),
    }
    name = f"program:{patient.key}"
    return Step(moment, patient.therapist, name, f"{PRESCRIPTION}/programs", body)


def _revision(patient: Patient, program: Published, revision: Revision, number: int) -> Step:
    body: dict[str, Any] = {
        "reason": revision.reason,
        "note": revision.note,
        "effective": revision.starts.isoformat(),
        "phase": program.phase(revision.phase),
        "exercises": program.doses(revision.phase, patient.side),
    }
    if end := _last_of(cast().first, revision.weeks):
        body["end"] = end.isoformat()
    moment = _at(revision.on, revision.at, patient.zone)
    return _change(patient, moment, "revisions", body, f"revision:{patient.key}:{number}")


def _change(
    patient: Patient, moment: datetime, what: str, body: Mapping[str, Any], name: str = ""
) -> Step:
    program = f"{PRESCRIPTION}/programs/@program:{patient.key}"
    return Step(
        moment,
        patient.therapist,
        name or f"{what}:{patient.key}",
        f"{program}/{what}",
        body,
        read=program,
    )


def _session(patient: Patient, go: Go, number: int) -> Step:
    revision, _ = patient.in_force(go.day)
    body = {"revision": revision, **_told(patient, go)}
    path = f"{ADHERENCE}/programs/@program:{patient.key}/sessions"
    name = f"session:{patient.key}:{number}"
    return Step(go.sent.astimezone(UTC), patient.key, name, path, body)


def _amendment(patient: Patient, go: Go, amendment: Amendment) -> Step:
    body = {"reason": amendment.reason, **_told(patient, go)}
    del body["local_date"]
    day = amendment.on.isoformat()
    path = f"{ADHERENCE}/programs/@program:{patient.key}/sessions/{day}/amendments"
    name = f"amendment:{patient.key}:{day}"
    return Step(amendment.at.astimezone(UTC), patient.key, name, path, body)


def _told(patient: Patient, go: Go) -> dict[str, Any]:
    """Return what the telephone sends, by its own clock."""
    over, sent = (_shown(moment, patient.fast) for moment in (go.over, go.sent))
    return {
        "local_date": over.date().isoformat(),
        "occurred": over.isoformat(),
        "device_now": sent.isoformat(),
        "entries": list(go.entries),
        "pain": go.pain,
        "effort": go.effort,
        "difficulty": go.difficulty,
        "note": go.note,
        "mode": "as_prescribed" if go.whole else "edited",
        "evidence": "tap",
    }


def _shown(moment: datetime, fast: int) -> datetime:
    """Return what a clock that is so many minutes fast shows; counted where hours never change."""
    return (moment.astimezone(UTC) + MINUTE * fast).astimezone(moment.tzinfo)


def _set_up(at: time) -> datetime:
    everybody = cast()
    return _at(everybody.first - SETUP, at, everybody.then.tzinfo)  # type: ignore[arg-type]


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _last_of(first: date, weeks: int | None) -> date | None:
    return first + timedelta(weeks=weeks) - DAY if weeks else None


def _end(patient: Patient, program: Published) -> date | None:
    weeks = [one.weeks for one in patient.revisions if one.weeks]
    return _last_of(cast().first, weeks[-1] if weeks else program.weeks)


def _ended(patient: Patient) -> date | None:
    return patient.end.on if patient.end else None
