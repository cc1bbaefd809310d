"""Leases on the server's clock."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from shared import lease as kept
from shared.lease import Lease, lead
from shared.mongo import Database
from tests.waiting import eventually


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


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SECONDS", 1)
    monkeypatch.setattr(kept, "RENEW_SECONDS", 0.2)


@pytest.mark.usefixtures("short")
def test_a_long_step_does_not_lose_the_lease(leases: tuple[Lease, Lease]) -> None:
    first, second = leases
    stop, began, tries = threading.Event(), threading.Event(), threading.Event()

    def step() -> int:
        began.set()
        tries.wait(30)
        return 1

    leader = threading.Thread(target=lead, args=(first, step, stop))
    leader.start()
    began.wait(30)
    until = lease_until(first)
    eventually(lambda: lease_until(first) > until + timedelta(seconds=2))
    taken = second.acquire()
    stop.set()
    tries.set()
    leader.join(30)

    assert not taken


@pytest.mark.invariant(n=6)
@pytest.mark.usefixtures("short")
def test_a_leader_that_is_deposed_begins_no_further_step(leases: tuple[Lease, Lease]) -> None:
    first, second = leases
    stop, steps = threading.Event(), []

    def step() -> int:
        steps.append(first.token)
        expire(first)
        second.acquire()
        eventually(lambda: first.token == 0)
        return 1

    leader = threading.Thread(target=lead, args=(first, step, stop))
    leader.start()
    eventually(lambda: steps and first.token == 0)
    stop.set()
    leader.join(30)

    assert steps == [1]


def lease_until(lease: Lease) -> datetime:
    found = lease.database["leases"].find_one({"_id": lease.name})
    assert found is not None
    until: datetime = found["until"]
    return until
