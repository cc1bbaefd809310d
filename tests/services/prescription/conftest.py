"""One practice over the real store, asked through the HTTP API as the cast would."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import prescription
from prescription.app import DEFINITION
from prescription.flags.questions import screen
from prescription.projections import LISTS
from prescription.protocol import projections as templating
from shared.envelope import Envelope, publish
from shared.mongo import Database
from shared.service import Service
from shared.store import from_document
from shared.views import Views
from tests.given import given_service
from tests.people import ADA, ANA, BO, IDENTITIES

TEMPLATES = Path(prescription.__file__).parent / "templates"
NOW = datetime(2026, 9, 7, 9, tzinfo=UTC)
V1 = "/prescription/v1"
SITE = {"name": "North clinic", "zone": "Europe/Madrid", "language": "en"}
EXERCISE = {
    "name": "Sit to stand",
    "plain_name": "Stand up from a chair",
    "kind": "strength",
    "steps": ["Sit tall.", "Stand up."],
}
TEMPLATE = {"name": "Legs", "condition": "Sore knee", "title": "Stronger legs"}
DOSE = {"sets": 3, "repetitions": 10, "side": "each", "times_per_day": 1, "days_per_week": 7}


PLAN = {
    "diagnosis": {"code": "M17.1", "system": "ICD-10", "text": "Sore knee", "verified": True},
    "goals": ["Climb the stairs at home"],
    "first": "2026-09-01",
    "last": "2026-11-30",
    "authorised": [{"first": "2026-09-01", "last": "2026-10-31", "visits": 6}],
}
SCREEN = {
    "edition": screen().edition,
    "region": "lower_back",
    "positive": [],
    "asked": True,
}
VISIT = {"day": "2026-09-07", "kind": "in_person", "minutes": 30, "done": ["exercises_practised"]}


@dataclass
class Clinic:
    """A practice with a site, an exercise and a patient; every call is an API call."""

    client: FlaskClient
    site: str = ""
    exercise: str = ""
    patient: str = ""

    @property
    def service(self) -> Service:
        found: Service = self.client.application.extensions["hep"]
        return found

    def post(self, path: str, body: Any, person: str = BO, key: str = "", **headers: str) -> Any:
        headers |= {"Authorization": f"Bearer {person}", "Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(V1 + path, json=body, headers=headers)

    def get(self, path: str, person: str = BO, **headers: str) -> Any:
        return self.client.get(V1 + path, headers={"Authorization": f"Bearer {person}", **headers})

    def search(self, words: str, person: str = BO) -> Any:
        return self.post("/patients/search", {"q": words}, person)

    def create(self, path: str, body: Any, person: str = BO) -> str:
        answer = self.post(path, body, person)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def patient_body(self, **other: Any) -> dict[str, Any]:
        return {
            "name": "Ana Ruiz",
            "email": "ana@example.org",
            "birth_year": 1950,
            "zone": "Europe/Madrid",
            "language": "en",
            "site": self.site,
        } | other

    def program_body(self, **other: Any) -> dict[str, Any]:
        return {
            "patient": self.patient,
            "title": "Stronger legs",
            "diagnosis": {
                "code": "M17.1",
                "system": "ICD-10",
                "text": "Sore knee",
                "verified": True,
            },
            "goals": ["Climb the stairs at home"],
            "start": "2026-09-07",
            "end": "2026-10-18",
            "phase": {"number": 1, "name": "Begin"},
            "exercises": [self.asked()],
        } | other

    def asked(self, dose: Any = None, **other: Any) -> dict[str, Any]:
        return {"exercise": self.exercise, "dose": DOSE | (dose or {})} | other

    def template_body(self, **other: Any) -> dict[str, Any]:
        phase = {
            "name": "Begin",
            "exit": [{"measure": "time", "at_least": 6}, {"measure": "therapist"}],
            "exercises": [self.asked()],
        }
        return TEMPLATE | {"phases": [phase]} | other

    def revision_body(self, **other: Any) -> dict[str, Any]:
        return {
            "reason": "progressed",
            "effective": "2026-09-14",
            "phase": {"number": 1, "name": "Begin"},
            "exercises": [self.asked({"repetitions": 12})],
        } | other

    def prescribe(self, **other: Any) -> str:
        return self.create("/programs", self.program_body(**other))

    def revise(self, program: str, version: int, **other: Any) -> Any:
        path = f"/programs/{program}/revisions"
        return self.post(path, self.revision_body(**other), **{"If-Match": f'"{version}"'})

    def end(self, program: str, version: int, **body: Any) -> Any:
        body = {"date": "2026-09-20", "reason": "goals_met"} | body
        return self.post(f"/programs/{program}/end", body, **{"If-Match": f'"{version}"'})

    def begin_plan(self, person: str = BO, **other: Any) -> str:
        return self.create(f"/patients/{self.patient}/plans", PLAN | other, person)

    def record_visit(self, plan: str, person: str = BO, **other: Any) -> str:
        answer = self.care(f"plans/{plan}/visits", VISIT | other, person)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def answer_screen(self, person: str = BO, **other: Any) -> str:
        answer = self.care("screens", SCREEN | other, person)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def care(self, what: str, body: Any, person: str = BO, version: str = "") -> Any:
        """Say something of the patient's care or screens, at the version in which they are."""
        about = "screens" if what.startswith("screens") else "care"
        read = self.get(f"/patients/{self.patient}/{about}", person).headers.get("ETag", '"0"')
        path = f"/patients/{self.patient}/{what}"
        return self.post(path, body, person, **{"If-Match": version or read})

    def events(self) -> list[Envelope]:
        """Return all that was published, stream by stream."""
        commits = self.service.database["commits"].find({}).sort("_id", 1)
        return [
            event
            for document in commits
            for event in publish(
                from_document(document), "prescription", DEFINITION.codec, DEFINITION.published
            )
        ]

    def catch_up(self) -> None:
        """Apply what was published to the lists, as the consumers do."""
        for projection in (LISTS, *templating.PROJECTIONS):
            views = Views(NOW)
            for event in self.events():
                if event.type in projection.handlers:
                    projection.handlers[event.type](event, views)
            client = self.service.database.client
            with client.start_session() as session, session.start_transaction():
                views.flush(projection, self.service.database, session)


@pytest.fixture
def clinic(database: Database) -> Iterator[Clinic]:
    with given_service(DEFINITION, database, TEMPLATES, clock=lambda: NOW) as client:
        found = Clinic(client)
        found.site = found.create("/sites", SITE, ADA)
        found.exercise = found.create("/exercises", EXERCISE)
        found.patient = found.create("/patients", found.patient_body())
        yield found


@pytest.fixture
def ana(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> str:
    """A patient of the clinic, as whom the token `ana` speaks."""
    found = clinic.create("/patients", clinic.patient_body(name="Ana Torres"))
    monkeypatch.setitem(IDENTITIES, ANA, replace(IDENTITIES[ANA], patient=found))
    return found


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """A therapist of the practice whose sites are others."""
    monkeypatch.setitem(IDENTITIES, "fay", replace(IDENTITIES[BO], sites=("f" * 32,)))
    return "fay"
