"""A practice group that imports much at once is told to wait; nobody else is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from shared.mongo import Database
from shared.web.admission import SECONDS_HELD, TENANTS, Admission
from tests.given import given_service
from tests.people import BO
from tests.web.test_kit import DEFINITION, get, post

RATE = 5


@pytest.fixture
def client(database: Database) -> Iterator[FlaskClient]:
    with given_service(DEFINITION, database, templates=Path(__file__).parent) as client:
        yield client


def test_a_busy_moment_is_admitted_and_then_what_the_rate_allows() -> None:
    admission = Admission(RATE)

    assert [admission.take("north", 0.0) for _ in range(RATE * SECONDS_HELD)] == [0.0] * 20
    assert admission.take("north", 0.0) == pytest.approx(1 / RATE)
    assert admission.take("north", 0.1) == pytest.approx(0.1)
    assert admission.take("north", 0.2) == 0.0


def test_who_waits_for_long_has_no_more_than_a_busy_moment() -> None:
    admission = Admission(RATE)

    taken = [admission.take("north", 3600.0) for _ in range(RATE * SECONDS_HELD + 1)]

    assert [wait > 0 for wait in taken] == [False] * 20 + [True]


def test_each_tenant_has_a_share_of_its_own() -> None:
    admission = Admission(RATE)
    while not admission.take("north", 0.0):
        pass

    assert admission.take("south", 0.0) == 0.0


def test_tenants_that_are_quiet_are_forgotten() -> None:
    admission = Admission(RATE)

    for number in range(TENANTS + 5):
        admission.take(f"t{number}", 0.0)

    assert len(admission.left) == TENANTS


def test_what_is_not_admitted_says_when_to_send_it_again_and_changes_nothing(
    client: FlaskClient,
) -> None:
    client.application.extensions["hep.admission"] = Admission(rate=0.25)
    assert post(client, {"amount": 3}, key="first").status_code == 201

    held = post(client, {"amount": 3}, key="second")

    assert held.status_code == 429
    assert held.json["type"] == "/problems/too-many"
    assert held.headers["Retry-After"] == "4"
    service = client.application.extensions["hep"]
    assert service.database["commits"].count_documents({}) == 1
    assert get(client, "/counting/v1/counters", BO).status_code == 200
