"""A practice group of its own for a test, made through the HTTP API: Ada, Bo, and patients."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from deploy.local.people import Person
from tests.running import Platform

PRESCRIPTION = "/prescription/v1"
DOSE = {"sets": 3, "repetitions": 10, "side": "each", "times_per_day": 1, "days_per_week": 7}
DONE = {"sets": 3, "repetitions": 10}


@dataclass(frozen=True, slots=True)
class Clinic:
    """One practice with a site and an exercise; the platform's time is its first day."""

    platform: Platform
    tenant: str
    zone: str
    first: date
    site: str
    exercise: str

    @property
    def bo(self) -> str:
        """Return the therapist."""
        return f"bo-{self.tenant}"


@dataclass(frozen=True, slots=True)
class Prescribed:
    """A patient and the program prescribed for her; `position` is where that was committed."""

    person: str
    patient: str
    program: str
    position: str

    @property
    def address(self) -> str:
        """Return the patient's e-mail address."""
        return f"{self.person}@example.org"


def open_clinic(platform: Platform, zone: str, first: date) -> Clinic:
    """Make a practice whose programs begin on this day."""
    tenant = f"t{uuid.uuid4().hex[:10]}"
    ada, bo = f"ada-{tenant}", f"bo-{tenant}"
    platform.enroll(
        Person(ada, "Ada", tenant, ("administrator",)), Person(bo, "Bo", tenant, ("therapist",))
    )
    platform.create(ada, f"{PRESCRIPTION}/practice", {"name": "North", "language": "en"})
    site = {"name": "North clinic", "zone": zone, "language": "en"}
    exercise = {
        "name": "Sit to stand",
        "plain_name": "Stand up from a chair",
        "kind": "strength",
        "steps": ["Sit tall.", "Stand up.", "Sit down slowly."],
    }
    return Clinic(
        platform,
        tenant,
        zone,
        first,
        platform.create(ada, f"{PRESCRIPTION}/sites", site).json()["id"],
        platform.create(bo, f"{PRESCRIPTION}/exercises", exercise).json()["id"],
    )


def register(clinic: Clinic, person: str) -> str:
    """Register a patient who can sign in as this person, and return her id."""
    platform = clinic.platform
    patient = {
        "name": "Ana Ruiz",
        "email": f"{person}@example.org",
        "birth_year": 1950,
        "zone": clinic.zone,
        "language": "en",
        "site": clinic.site,
    }
    patient_id = platform.create(clinic.bo, f"{PRESCRIPTION}/patients", patient).json()["id"]
    platform.enroll(Person(person, "Ana", clinic.tenant, ("patient",), patient=patient_id))
    return str(patient_id)


def prescribe(clinic: Clinic, name: str = "ana") -> Prescribed:
    """Register a patient who can sign in, and prescribe her a program."""
    platform, person = clinic.platform, f"{name}-{clinic.tenant}"
    patient_id = register(clinic, person)
    program = {
        "patient": patient_id,
        "title": "Stronger legs",
        "diagnosis": {"code": "x", "system": "practice", "text": "Weak legs", "verified": False},
        "goals": ["Climb the stairs at home"],
        "start": clinic.first.isoformat(),
        "end": None,
        "phase": {"number": 1, "name": "Begin"},
        "exercises": [{"exercise": clinic.exercise, "dose": DOSE, "priority": 1}],
    }
    answer = platform.create(clinic.bo, f"{PRESCRIPTION}/programs", program)
    return Prescribed(person, patient_id, answer.json()["id"], answer.headers["Hep-Position"])


def session(clinic: Clinic, day: date, moment: datetime) -> dict[str, Any]:
    """Return the body of a session done as prescribed, logged at once."""
    return {
        "revision": 1,
        "local_date": day.isoformat(),
        "occurred": moment.isoformat(),
        "device_now": moment.isoformat(),
        "entries": [{"exercise": clinic.exercise, "done": DONE}],
        "pain": 3,
        "effort": 4,
        "difficulty": None,
        "mode": "as_prescribed",
        "evidence": "tap",
    }
