"""Nobody is in an event: a whole story, and no word of it outside the vault."""

import logging
from collections.abc import Iterator

import bson
import pytest
import structlog

from shared import logs
from shared.envelope import encode
from shared.store import MongoStore
from shared.web import problems
from tests.people import ADA, SERVICE
from tests.services.prescription.conftest import Clinic

WORDS = {
    "name": "Zenobia Quirke",
    "email": "zenobia@quirke.example",
    "phone": "+34 600 717171",
    "subject": "subject-zq",
    "precautions": "Fragile hip, says her sister Wilhelmina",
    "title": "Back to the allotment",
    "diagnosis": "Knee sore since the Xanadu trip",
    "goal": "Carry Yolanda up the stairs",
    "phase": "Until the Vauxhall visit",
    "instructions": "Hold on to Uberto",
    "note": "Tamsin says it hurts less",
    "later": "After the Ruthin holiday",
    "staff": "Philippa Osgood",
    "wrong": "Nobody called Lysander",
}


@pytest.fixture
def told(clinic: Clinic) -> Clinic:
    """The story of a patient, refusals and erasure of another one included."""
    card = {name: WORDS[name] for name in ("name", "email", "phone", "subject", "precautions")}
    clinic.patient = clinic.create("/patients", clinic.patient_body(**card))
    staff = {"name": WORDS["staff"], "email": "po@example.org", "role": "lead", "sites": []}
    clinic.create("/staff", staff, ADA)
    program = clinic.prescribe(
        title=WORDS["title"],
        diagnosis={"code": "M17", "system": "ICD-10", "text": WORDS["diagnosis"]},
        goals=[WORDS["goal"]],
        phase={"number": 1, "name": WORDS["phase"]},
        exercises=[clinic.asked(instructions=WORDS["instructions"])],
    )
    assert clinic.revise(program, 1, note=WORDS["note"]).status_code == 201
    phase = {"number": 2, "name": WORDS["later"]}
    assert clinic.revise(program, 2, phase=phase).status_code == 201
    assert (
        clinic.post(
            "/programs", clinic.program_body(title=WORDS["wrong"], end="2020-01-01")
        ).status_code
        == 422
    )
    assert clinic.search(WORDS["name"]).status_code == 200
    assert clinic.get(f"/programs/{program}/history").status_code == 200
    assert clinic.end(program, 3).status_code == 201
    clinic.catch_up()
    return clinic


def held(data: bytes) -> list[str]:
    """Return which of the story's telling words stand in some bytes."""
    telling = {word for words in WORDS.values() for word in words.split() if word[0].isupper()}
    telling |= {WORDS["email"], WORDS["phone"], WORDS["subject"]}
    return sorted(word for word in telling - {"The", "Back"} if word.encode() in data)


def test_no_word_is_in_a_commit_a_record_or_a_list(told: Clinic) -> None:
    database = told.service.database
    outside = set(database.list_collection_names()) - {"sealed", "keys"}
    documents = [document for name in outside for document in database[name].find({})]

    assert {"commits", "lists.patients@1", "lists.programs@1"} <= outside
    assert held(b"".join(bson.encode(document) for document in documents)) == []
    assert held(b"".join(encode(event) for event in told.events())) == []


@pytest.mark.invariant(n=13)
def test_no_word_can_be_read_in_the_vault_at_rest(told: Clinic) -> None:
    database = told.service.database
    documents = [d for name in ("sealed", "keys") for d in database[name].find({})]

    assert len(documents) > len(WORDS)
    assert held(b"".join(bson.encode(document) for document in documents)) == []


@pytest.fixture
def logged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[pytest.CaptureFixture[str]]:
    """What is logged, as a deployed service logs it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("prescription", "serve")
    monkeypatch.setattr(problems, "log", structlog.get_logger("web"))
    yield capsys
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.invariant(n=15)
def test_no_word_is_in_what_is_logged_even_when_something_breaks(
    told: Clinic, monkeypatch: pytest.MonkeyPatch, logged: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(MongoStore, "append", broken)

    answer = told.post("/programs", told.program_body(title=WORDS["title"]))

    out, err = logged.readouterr()
    assert answer.status_code == 500
    assert "request_failed" in out + err
    assert held((out + err).encode()) == []


def test_every_text_that_an_event_names_can_be_opened_by_its_owner(told: Clinic) -> None:
    prescribed = next(e.data for e in told.events() if e.type.endswith("program.prescribed.v1"))
    named = {
        prescribed["title"]: WORDS["title"],
        prescribed["diagnosis"]["text"]: WORDS["diagnosis"],
        prescribed["goals"][0]: WORDS["goal"],
        prescribed["phase"]["name"]: WORDS["phase"],
        prescribed["exercises"][0]["instructions"]: WORDS["instructions"],
    }

    answer = told.get(f"/texts?ids={','.join(named)}", SERVICE, **{"Hep-Tenant": "north"})

    assert answer.json["items"] == named
