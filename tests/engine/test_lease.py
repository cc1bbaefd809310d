"""Leases on the server's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.lease import Lease
from shared.mongo import Database


@pytest.fixture
def leases(database: Database) -> tuple[Lease, Lease]:
    first, second = Lease(database, "relay", "one"), Lease(database, "relay", "two")
    first.prepare()
    second.prepare()
    return first, second


def expire(lease: Lease) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    lease.database["leases"].update_one({"_id": lease.name}, {"$set": {"until": past}})


def test_one_holder_at_a_time(leases: tuple[Lease, Lease]) -> None:
    first, second = leases

    assert first.acquire()
    assert not second.acquire()
    assert second.token == 0


def test_the_holder_renews_with_the_same_token(leases: tuple[Lease, Lease]) -> None:
    first, _ = leases
    first.acquire()
    token = first.token

    assert first.acquire()
    assert first.token == token


def test_an_expired_lease_is_taken_with_a_higher_token(leases: tuple[Lease, Lease]) -> None:
    first, second = leases
    first.acquire()
    before = first.token
    expire(first)

    assert second.acquire()
    assert second.token == before + 1
    assert not first.acquire()


def test_a_released_lease_is_free_and_its_token_still_grows(leases: tuple[Lease, Lease]) -> None:
    first, second = leases
    first.acquire()
    before = first.token
    first.release()

    assert second.acquire()
    assert second.token == before + 1
