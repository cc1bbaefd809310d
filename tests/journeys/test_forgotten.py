"""A patient's whole story through the four services, the erasure, and nothing of it on any disk."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.local.people import Person
from deploy.local.quiet import settled
from deploy.local.stack import SERVICES
from tests.clinic import DONE, DOSE, PRESCRIPTION, Clinic, open_clinic
from tests.privacy.canary import documents, files, held, records, searched, spellings
from tests.running import HEP, Platform, running
from tests.waiting import eventually

ZONE = ZoneInfo("Europe/Madrid")
FIRST = date(2026, 9, 7)
# No word of these stands anywhere else.
NAME, EMAIL, PHONE = "Zenobia Quirkewell", "zenobia@quirkewell.example", "600717171"
GOAL, NOTE, JOURNAL = "Yolandastairs", "Tamsinworries", "Wilhelminaknee"
CANARY = ("Zenobia", "Quirkewell", EMAIL, PHONE, GOAL, NOTE, JOURNAL)


@dataclass(frozen=True)
class Story:
    """A patient on a platform of her own."""

    clinic: Clinic
    patient: str
    program: str

    @property
    def platform(self) -> Platform:
        return self.clinic.platform

    @property
    def lead(self) -> str:
        return f"lea-{self.clinic.tenant}"

    def left(self) -> dict[str, list[str]]:
        """Return where on the disk words of the patient stand: engines' files, logs, all else."""
        stack = self.platform.stack
        data = stack.data
        around = [path for path in data.iterdir() if path.name != "mail"]
        return {
            **searched(CANARY, files(*around, data.with_suffix(".out"))),
            **searched(CANARY, records(data / "kafka" / "log")),
            **searched(CANARY, documents(stack.mongodb)),
        }

    def certificate(self) -> Any:
        return self.platform.get(
            self.lead, f"{PRESCRIPTION}/patients/{self.patient}/erasure"
        ).json()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """What a patient's months leave: a card, a program with words, a diary, mails."""
    with running(tmp_path_factory.mktemp("forgotten") / "data", "", "") as platform:
        platform.set_clock(datetime.combine(FIRST, time(9), ZONE))
        clinic = open_clinic(platform, ZONE.key, FIRST)
        told = Story(clinic, *_prescribed(clinic))
        _log(told)
        settled(platform.stack)
        yield told


def _prescribed(clinic: Clinic) -> tuple[str, str]:
    platform = clinic.platform
    platform.enroll(Person(f"lea-{clinic.tenant}", "Lea", clinic.tenant, ("lead",)))
    card = {"name": NAME, "email": EMAIL, "phone": PHONE, "birth_year": 1950}
    place = {"zone": clinic.zone, "language": "en", "site": clinic.site}
    body = {**card, **place, "precautions": f"{NOTE} about falls"}
    patient = platform.create(clinic.bo, f"{PRESCRIPTION}/patients", body).json()["id"]
    zoe = Person(f"zoe-{clinic.tenant}", "Zoe", clinic.tenant, ("patient",), patient=patient)
    platform.enroll(zoe)
    program = {
        "patient": patient,
        "title": f"{GOAL} again",
        "diagnosis": {"code": "x", "system": "practice", "text": NOTE, "verified": False},
        "goals": [f"Climb the {GOAL}"],
        "start": FIRST.isoformat(),
        "end": None,
        "phase": {"number": 1, "name": NOTE},
        "exercises": [{"exercise": clinic.exercise, "dose": DOSE, "instructions": NOTE}],
    }
    answer = platform.create(clinic.bo, f"{PRESCRIPTION}/programs", program)
    return patient, answer.json()["id"]


def _log(story: Story) -> None:
    moment = datetime.combine(FIRST, time(17), ZONE)
    story.platform.set_clock(moment)
    body = {
        "revision": 1,
        "local_date": FIRST.isoformat(),
        "occurred": moment.isoformat(),
        "device_now": moment.isoformat(),
        "entries": [{"exercise": story.clinic.exercise, "done": DONE}],
        "note": f"{JOURNAL} hurts on stairs",
        "mode": "as_prescribed",
        "evidence": "tap",
    }
    path, key = f"/adherence/v1/programs/{story.program}/sessions", uuid.uuid4().hex
    who = f"zoe-{story.clinic.tenant}"

    def accepted() -> bool:
        # Adherence may not have seen the program yet.
        return bool(story.platform.post(who, path, body, key).status_code == 201)

    eventually(accepted)


@pytest.mark.parametrize("form", sorted(spellings("Quirkewell")))
def test_the_search_finds_a_word_however_it_is_written(tmp_path: Path, form: bytes) -> None:
    (tmp_path / "planted").write_bytes(b"\x00before" + form + b"after\xff")

    assert searched(CANARY, files(tmp_path)) == {str(tmp_path / "planted"): ["Quirkewell"]}


def test_while_she_is_in_care_she_is_read_where_she_may_be_and_nowhere_else(story: Story) -> None:
    path = f"{PRESCRIPTION}/patients/{story.patient}/export"
    everything = story.platform.get(story.lead, path).content

    assert held(CANARY, everything) == list(CANARY)
    assert story.platform.mails(EMAIL)
    assert list(records(story.platform.stack.data / "kafka" / "log"))
    assert story.left() == {}


@pytest.mark.invariant(n=13)
def test_after_the_erasure_nothing_on_any_disk_holds_a_word_and_all_is_built_anew(
    story: Story,
) -> None:
    path = f"{PRESCRIPTION}/patients/{story.patient}/erasure"
    assert story.platform.post(story.lead, path, None).status_code == 200

    eventually(lambda: story.certificate()["outstanding"] == [])

    told = {one["service"]: one["sealed"] for one in story.certificate()["completed"]}
    assert told["prescription"] >= 5
    assert told["adherence"] == 1
    assert "engine_log" in {one["name"] for one in story.certificate()["outlives"]}
    assert story.left() == {}
    settled(story.platform.stack)
    for service in SERVICES:
        for projection in import_module(f"{service}.app").DEFINITION.projections:
            _rebuild(story.platform, service, projection.name)
    settled(story.platform.stack)
    command = [HEP, "verify", "--data", story.platform.stack.data]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert story.left() == {}


def _rebuild(platform: Platform, service: str, projection: str) -> None:
    environment = {**os.environ, **platform.stack.environment(f"{service}-work")}
    command = [sys.executable, "-m", service, "rebuild", projection]
    subprocess.run(command, env=environment, check=True, capture_output=True)
