"""`GET /reporting/v1/programs/{id}/timeline` over the real store."""

import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from reporting.app import DEFINITION, TEMPLATES
from reporting.projections import TIMELINE
from reporting.queries import joined
from reporting.schemas import TimelineSchema
from shared import kafka as broker
from shared.consume import Consumer
from shared.envelope import encode
from shared.ledger import ledger_id
from shared.mongo import Database
from shared.position import Position
from shared.privacy import ErasureCompleted
from shared.publication import topic_name
from shared.stream import Streams
from tests.engine.pipeline import running
from tests.events import LONG_AGO, documents, fold
from tests.given import given_service
from tests.people import ADA, ANA, ANA_ID, BO, CY, DEE, SERVICE
from tests.services.reporting.desk import fill, held, read
from tests.unit.reporting.diary import (
    BRIDGE,
    DAY,
    MONDAY,
    PROGRAM,
    asks,
    days,
    logged,
    patient,
    prescribed,
    reached,
    revised,
    sessions,
    told,
)
from tests.waiting import eventually

YEAR = 365
BOB = "b0b" + "0" * 29


def week() -> list[Any]:
    return [
        patient(),
        prescribed(),
        *sessions(days("3 h - ")),
        reached("first_session", 1, MONDAY, sequence=3),
        revised(asks(repetitions=12, sets=3), effective=MONDAY + 2 * DAY),
    ]


def test_a_timeline_tells_what_was_asked_for_done_and_felt(client: FlaskClient) -> None:
    fill(client, week())

    answer = read(client)

    assert answer.status_code == 200
    body = answer.json
    assert (body["program"], body["patient"], body["unit"]) == (PROGRAM, ANA_ID, "repetitions")
    assert (body["start"], body["end"], body["today"]) == ("2026-09-07", None, "2026-09-10")
    assert [day["status"] for day in body["days"]] == [
        "done", "partial", "missed", "open", "ahead", "ahead", "ahead",
    ]  # fmt: skip
    first = body["days"][0]
    assert first["prescribed"] == [{"exercise": BRIDGE, "dose": asks()["dose"]}]
    assert (first["prescribed_amount"], first["done_amount"]) == (30.0, 30.0)
    assert (first["pain"], body["days"][1]["pain"]) == (3, None)
    assert body["milestones"] == [{"kind": "first_session", "count": 1, "local_date": "2026-09-07"}]
    assert body["revisions"][1] == {
        "revision": 2,
        "effective": "2026-09-09",
        "reason": "progressed",
        "phase": 1,
    }
    assert body["summary"]["week"] == {
        "start": "2026-09-07",
        "end": "2026-09-13",
        "asked": 7,
        "kept": 2,
    }


def test_the_answer_keeps_the_promise_of_the_contract(client: FlaskClient) -> None:
    fill(client, week())

    assert TimelineSchema().validate(read(client).json) == {}


@pytest.mark.parametrize(
    ("person", "status"),
    [(BO, 200), (DEE, 200), (ANA, 200), (ADA, 403), (SERVICE, 403), (CY, 404), ("nobody", 401)],
)
def test_a_timeline_is_for_the_therapist_the_lead_and_the_patient_of_the_tenant(
    client: FlaskClient, person: str, status: int
) -> None:
    fill(client, week())

    assert read(client, person).status_code == status


def test_another_patients_timeline_is_not_there(client: FlaskClient) -> None:
    fill(client, [prescribed(patient=BOB)])

    assert read(client, BO).status_code == 200
    assert read(client, ANA).json["type"] == "/problems/not-found"


def test_a_program_of_which_only_a_milestone_has_come_is_not_there_yet(
    client: FlaskClient,
) -> None:
    fill(client, [reached("first_session", 1, MONDAY, sequence=1)])

    assert read(client).status_code == 404


@pytest.mark.parametrize(
    ("zone", "today"),
    [("Pacific/Auckland", "2026-09-08"), ("America/Los_Angeles", "2026-09-07"), ("", "2026-09-07")],
)
def test_today_is_the_patients_own_date(database: Database, zone: str, today: str) -> None:
    evening = datetime(2026, 9, 7, 23, 30, tzinfo=UTC)
    with given_service(DEFINITION, database, TEMPLATES, lambda: evening) as client:
        fill(client, [prescribed(), *([patient(zone)] if zone else [])])

        assert read(client).json["today"] == today


def test_a_read_waits_for_what_the_asker_has_seen_and_says_if_it_has_not_come(
    client: FlaskClient,
) -> None:
    fill(client, week())
    key, stream = f"north|{ANA_ID}", f"program-{PROGRAM}"
    seen = Position("hep.adherence.v1", 1, key, stream, 3)

    early = read(client, **{"Hep-Min-Position": seen.token()})
    held(client).database["ledgers"].insert_one(
        {
            "_id": ledger_id(TIMELINE.consumer, seen.topic, 1, key),
            "state": "open",
            "streams": {stream: 3},
        }
    )
    late = read(client, **{"Hep-Min-Position": seen.token()})

    assert early.headers["Hep-Stale"] == "true"
    assert early.status_code == 200
    assert "Hep-Stale" not in late.headers


def test_the_consumer_makes_the_same_documents_from_the_topic(
    client: FlaskClient, kafka: str
) -> None:
    names = {owner: f"{owner}{uuid.uuid4().hex[:8]}" for owner in TIMELINE.services}
    producer = broker.producer(kafka, "test")
    for found in week():
        topic = topic_name(names[found.source[1:]])
        broker.ensure_topic(kafka, topic)
        producer.send(topic, key=found.key.encode(), value=encode(found))
    producer.flush()
    producer.close()
    projection = replace(TIMELINE, services=tuple(names.values()))

    with running(Consumer(projection, held(client).database, kafka, LONG_AGO, "c1")):
        eventually(lambda: stored(client) == folded(week()))


def stored(client: FlaskClient) -> dict[str, Any]:
    database = held(client).database
    return {
        name: {one["_id"]: one for one in database[TIMELINE.collection(name)].find({})}
        for name in ("programs", "months", "patients")
    }


def folded(events: list[Any]) -> dict[str, Any]:
    views = fold(TIMELINE, events)
    return {name: documents(views, name) for name in ("programs", "months", "patients")}


def test_a_year_is_joined_in_fifty_milliseconds_of_the_processor() -> None:
    ten = [asks(f"{number:032x}") for number in range(10)]
    entries = [logged(told(MONDAY + DAY * n, pain=n % 11), n + 1) for n in range(YEAR)]
    turns = [revised(*ten, revision=n, effective=MONDAY + 30 * n * DAY) for n in range(2, 8)]
    views = fold(TIMELINE, [prescribed(*ten), *turns, *entries])
    (program,) = documents(views, "programs").values()
    months = documents(views, "months").values()

    def spent() -> float:
        began = time.process_time()
        line = joined(program, months, MONDAY + YEAR * DAY)
        assert len(line.days) >= YEAR
        return time.process_time() - began

    assert min(spent() for _ in range(5)) < timedelta(milliseconds=50).total_seconds()


def test_nothing_can_be_written_here(client: FlaskClient) -> None:
    assert isinstance(held(client).streams, Streams)
    assert DEFINITION.handlers == {}
    assert tuple(DEFINITION.published) == DEFINITION.events == (ErasureCompleted,)
    writing = {
        rule.rule.split("/")[-1]
        for rule in client.application.url_map.iter_rules()
        if {"POST", "PUT", "DELETE"} & (rule.methods or set())
    }
    # What operators decide about parked keys changes no event.
    assert writing == {"drain", "discard"}
