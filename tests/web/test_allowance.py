"""What a practice group may ask for in a minute, whichever process answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from shared.mongo import Database
from shared.web.allowance import ALLOWANCES, Allowance
from tests.given import given_service
from tests.people import BO, CY
from tests.web.test_kit import DEFINITION, get

NOON = 1_800_000_000.0


@pytest.fixture
def client(database: Database) -> Iterator[FlaskClient]:
    with given_service(DEFINITION, database, templates=Path(__file__).parent) as client:
        yield client


def test_a_minute_holds_so_many_requests_and_the_next_as_many(database: Database) -> None:
    time = [NOON]
    allowance = Allowance(database, 10, lambda: time[0])

    assert [allowance.take("north") for _ in range(10)] == [0] * 10
    assert allowance.take("north") == 60
    time[0] += 59.5
    assert allowance.take("north") == 1
    time[0] += 0.5
    assert allowance.take("north") == 0


def test_processes_share_a_minute(database: Database) -> None:
    one, other = (Allowance(database, 1000, lambda: NOON) for _ in range(2))

    taken = [process.take("north") for process in (one, other) * 600]

    assert taken.count(0) == 1000


def test_a_process_whose_clock_is_behind_begins_no_minute_anew(database: Database) -> None:
    ahead = Allowance(database, 10, lambda: NOON)
    behind = Allowance(database, 10, lambda: NOON - 1)
    while not ahead.take("north"):
        pass

    assert behind.take("north") > 0


def test_each_tenant_has_its_own(database: Database) -> None:
    allowance = Allowance(database, 1, lambda: NOON)

    assert [allowance.take(tenant) for tenant in ("north", "north", "south")] == [0, 60, 0]


def test_many_requests_cost_one_write(database: Database) -> None:
    allowance = Allowance(database, 100_000, lambda: NOON)

    for _ in range(1000):
        allowance.take("north")

    assert database[ALLOWANCES].find_one({"_id": "north"})["drawn"] == 1000  # type: ignore[index]


def test_who_asks_for_too_much_is_told_when_to_ask_again(client: FlaskClient) -> None:
    database = client.application.extensions["hep"].database
    client.application.extensions["hep.allowance"] = Allowance(database, 1, lambda: NOON)

    assert get(client, "/counting/v1/counters", BO).status_code == 200
    refused = get(client, "/counting/v1/counters", BO)

    assert refused.status_code == 429
    assert refused.json["type"] == "/problems/too-many"
    assert refused.headers["Retry-After"] == "60"
    assert get(client, "/counting/v1/counters", CY).status_code == 200
