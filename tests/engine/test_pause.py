"""Too many parked keys pause a partition instead of filling the disk; others go on."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from shared import park
from shared.health import readiness
from shared.metrics import REGISTRY
from shared.verify import ledgers
from tests.engine.pipeline import POISON, Bench, running
from tests.waiting import eventually

MOST = 2


@pytest.fixture
def full(bench: Bench) -> Iterator[tuple[Bench, str]]:
    """Two keys are parked and a third fails, whose partition stands still."""
    POISON.add(13)
    last = "abcdefghijkl"
    for stream in last:
        bench.count(stream, 1)
    with running(bench.relay(), bench.consumer(most=MOST)):
        eventually(lambda: all(bench.amounts(stream) == [1] for stream in last))
        for stream in "ab":
            bench.count(stream, 13)
        eventually(lambda: len(park.listed(bench.database)) == MOST)
        bench.count("c", 13)
        bench.count("c", 2)
        eventually(lambda: park.told(bench.database))
        yield bench, "c"


def paused() -> float:
    return REGISTRY.get_sample_value("hep_paused_partitions", {"consumer": "totals@1"}) or 0


def positions(bench: Bench) -> dict[str, int]:
    return {found["_id"]: found["offset"] for found in bench.database["positions"].find({})}


def test_no_more_is_parked_and_its_position_does_not_move(full: tuple[Bench, str]) -> None:
    bench, stream = full

    (standing,) = bench.database["paused"].find({})

    assert len(park.listed(bench.database)) == MOST
    assert bench.amounts(stream) == [1]
    assert bench.ledger(stream)["state"] == "open"
    assert standing["_id"] in positions(bench)


def test_work_is_not_ready_and_a_metric_says_so(full: tuple[Bench, str]) -> None:
    bench, _ = full

    service: Any = SimpleNamespace(database=bench.database)
    said = "too many keys are parked, partitions are paused: totals@1\n"
    assert readiness(service, park.told)() == said
    assert paused() == 1


def test_verify_tells_it_with_the_command_that_mends_it(full: tuple[Bench, str]) -> None:
    bench, _ = full

    (finding,) = ledgers.paused(bench.database)

    assert (finding.name, finding.command) == ("partition-paused", ("parked", "drain"))


def test_other_partitions_go_on(full: tuple[Bench, str]) -> None:
    bench, _ = full
    (standing,) = bench.database["paused"].find({})
    before = positions(bench)

    for stream in "defghijkl":
        bench.count(stream, 2)

    eventually(lambda: sum(bench.amounts(stream) == [1, 2] for stream in "defghijkl") > 2)
    assert positions(bench)[standing["_id"]] == before[standing["_id"]]


def test_it_goes_on_by_itself_once_keys_were_drained(full: tuple[Bench, str]) -> None:
    bench, stream = full
    POISON.clear()

    for key in park.listed(bench.database):
        park.drain(bench.database, key["_id"])

    eventually(lambda: bench.amounts(stream) == [1, 13, 2])
    assert park.told(bench.database) == ""
    assert paused() == 0


def test_a_key_that_fails_while_it_is_healed_waits_where_no_more_may_be_parked(
    full: tuple[Bench, str],
) -> None:
    bench, stream = full
    bench.database["ledgers"].update_one(
        {"_id": bench.ledger(stream)["_id"]},
        {
            "$set": {
                "state": "waiting",
                "since": bench.ledger("a")["since"],
                "seen": {"counter-c": 3},
            }
        },
    )
    healer = bench.healer()
    healer.most = MOST

    healer.step()

    assert bench.ledger(stream)["state"] == "waiting"
    assert len(park.listed(bench.database)) == MOST
