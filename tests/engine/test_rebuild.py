"""A projection is built anew beside the live one, sends nothing, and takes its place at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared import generation, kafka, lease, park, rebuild, waits
from shared.clock import system
from shared.consume import Consumer
from shared.envelope import Envelope
from shared.mongo import Database
from shared.publication import topic_name
from shared.rebuild import Builder
from shared.views import Projection, Views
from tests.engine.counting import POISON, Counting, fill, on_counted, open_counting, working
from tests.engine.pipeline import running, wipe
from tests.waiting import eventually


def on_counted_twice(event: Envelope, views: Views) -> None:
    """Another shape of the same document."""
    on_counted(event, views)
    identity = f"{event.tenant}|{event.identity}"
    total = views.get("totals", identity)
    assert total is not None
    views.put("totals", total | {"twice": 2 * total["total"]})


def upgraded(counting: Counting) -> Counting:
    """The same service with code whose documents have another shape."""
    (totals,) = counting.definition.projections
    handlers = dict.fromkeys(totals.handlers, on_counted_twice)
    definition = replace(
        counting.definition, projections=[replace(totals, version=2, handlers=handlers)]
    )
    return Counting(definition, counting.service)


@pytest.fixture
def counting(database: Database, kafka: str) -> Iterator[Counting]:
    found = open_counting(database, kafka)
    with working(found):
        fill(found)
    yield found
    POISON.clear()


def totals(counting: Counting) -> Projection:
    (found,) = counting.definition.projections
    return found


def begin(counting: Counting) -> None:
    generation.begin(counting.service.database, totals(counting), counting.service.clock())


def builder(counting: Counting) -> Builder:
    service = counting.service
    return Builder([totals(counting)], service.database, service.settings.kafka, "b1")


def is_live(counting: Counting, number: int) -> bool:
    found = generation.live(counting.service.database, totals(counting))
    return found.generation == number


def contents(counting: Counting, name: str) -> dict[str, Any]:
    return {found["_id"]: found for found in counting.service.database[name].find({})}


@pytest.mark.invariant(n=10)
def test_the_next_generation_equals_the_live_one_and_takes_its_place(counting: Counting) -> None:
    begin(counting)
    with working(counting):
        eventually(lambda: is_live(counting, 2))

    assert contents(counting, "totals.totals@2") == contents(counting, "totals.totals@1")


def test_what_was_sent_is_not_sent_again_and_what_is_new_is(counting: Counting) -> None:
    cheers = set(contents(counting, "intents"))
    begin(counting)
    with working(counting):
        eventually(lambda: is_live(counting, 2))
        rebuilt = set(contents(counting, "intents"))
        counting.count("a", 4)
        eventually(lambda: counting.total("a") == 10)

    assert rebuilt == cheers
    assert len(set(contents(counting, "intents")) - cheers) == 1
    assert counting.findings() == []


def test_a_build_sends_what_was_sent_no_second_time(counting: Counting) -> None:
    counting.service.database["intents"].delete_many({})
    begin(counting)
    with working(counting):
        eventually(lambda: is_live(counting, 2))

    assert contents(counting, "intents") == {}


@pytest.mark.invariant(n=7)
def test_what_the_live_generation_never_came_to_is_sent_by_the_next(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = len(contents(counting, "intents"))
    counting.count("a", 4)
    begin(counting)
    running = generation.running
    # As a deployment does that raises the version: the code that kept the live one is gone.
    monkeypatch.setattr(rebuild, "running", lambda *args: running(*args)[-1:])
    with working(counting):
        eventually(lambda: is_live(counting, 2))

    assert len(contents(counting, "intents")) == sent + 1


def test_a_raised_version_is_built_by_itself(counting: Counting) -> None:
    newer = upgraded(counting)
    with working(newer):
        eventually(lambda: is_live(newer, 2))

    twice = {found["twice"] for found in contents(newer, "totals.totals@2").values()}
    assert twice == {12}
    assert all("twice" not in found for found in contents(newer, "totals.totals@1").values())


def test_code_of_an_older_version_neither_writes_nor_replaces_what_is_built(
    counting: Counting,
) -> None:
    database, now = counting.service.database, counting.service.clock()
    newer = totals(upgraded(counting))

    begun = generation.running(database, [newer], now, now)
    older = generation.running(database, [totals(counting)], now, now)

    assert [found.generation for found, _ in begun] == [2]
    assert [found.generation for found, _ in older] == [1]
    assert generation.running(database, [newer], now, now) == begun


def test_a_build_that_was_cut_off_goes_on(counting: Counting) -> None:
    begin(counting)
    with working(counting):
        counting.count("a", 4)
    counting.count("b", 5)
    with working(counting):
        eventually(lambda: is_live(counting, 2))
        eventually(lambda: (counting.total("a"), counting.total("b")) == (10, 11))

    assert counting.findings() == []


def test_it_is_not_live_before_it_has_caught_up(counting: Counting) -> None:
    begin(counting)
    database, bootstrap = counting.service.database, counting.service.settings.kafka

    assert not rebuild.switch(database, bootstrap, totals(counting))
    assert counting.total("a") == 6


def test_progress_and_the_estimate_are_true(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, bootstrap = counting.service.database, counting.service.settings.kafka
    begin(counting)
    steps, now = read_by_hand(counting), [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if next(steps, None) is None:
            database["generations"].update_one({"_id": "totals"}, {"$set": {"live": 2}})

    monkeypatch.setattr(rebuild, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    lines = list(rebuild.watch(database, bootstrap, totals(counting), 2))

    assert lines == [
        "totals@2: 0 of 6 records",
        *(f"totals@2: {n} of 6 records, about {6 - n} s left" for n in range(1, 7)),
        "totals@2 is live.",
    ]


def read_by_hand(counting: Counting) -> Iterator[int]:
    """Move the positions of the next generation by one record a step."""
    database, bootstrap = counting.service.database, counting.service.settings.kafka
    topic = topic_name(counting.service.name)
    number = kafka.topic_ids(bootstrap, [topic])[topic]
    for partition, end in kafka.ends(bootstrap, topic).items():
        for offset in range(1, end + 1):
            place = {"_id": f"totals@2|{number}|{partition}"}
            database["positions"].update_one(place, {"$set": {"offset": offset}}, upsert=True)
            yield offset


def test_processes_share_the_partitions_of_a_build(counting: Counting) -> None:
    begin(counting)
    built = replace(totals(counting), generation=2)
    database, bootstrap = counting.service.database, counting.service.settings.kafka
    now = counting.service.clock()
    both = [Consumer(built, database, bootstrap, now, holder) for holder in ("one", "two")]

    with running(*both):
        eventually(lambda: [len(consumer.ready) for consumer in both] == [6, 6])
        shared = {partition for consumer in both for partition in consumer.ready}
        eventually(lambda: contents(counting, "totals.totals@2").keys() == {"north|a", "north|b"})

    assert len(shared) == kafka.PARTITIONS


def test_a_key_that_is_parked_in_the_live_one_too_keeps_no_build_back(counting: Counting) -> None:
    POISON.add(4)
    counting.count("a", 4)
    begin(counting)
    with working(counting):
        eventually(lambda: is_live(counting, 2))

    parked = {found["_id"].split("|")[0] for found in park.listed(counting.service.database)}
    assert parked == {"totals@1", "totals@2"}
    assert contents(counting, "totals.totals@2") == contents(counting, "totals.totals@1")


def test_a_key_that_only_the_next_one_parks_keeps_it_back(counting: Counting) -> None:
    database, bootstrap = counting.service.database, counting.service.settings.kafka
    POISON.add(2)
    begin(counting)
    with working(counting):
        eventually(lambda: len(park.listed(database)) == 2)
        done, total = rebuild.progress(database, bootstrap, replace(totals(counting), generation=2))

    # A relay that starts again may repeat a record.
    assert done == total >= 6
    assert not rebuild.switch(database, bootstrap, totals(counting))
    assert is_live(counting, 1)


def test_a_broker_that_shows_no_topic_makes_nothing_live(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(counting)
    monkeypatch.setattr(kafka, "topic_ids", lambda *_: {})

    with pytest.raises(kafka.Unknown):
        builder(counting).step()
    assert is_live(counting, 1)


def test_a_topic_that_was_made_anew_and_is_empty_makes_nothing_live(counting: Counting) -> None:
    bootstrap, topic = counting.service.settings.kafka, topic_name(counting.service.name)
    begin(counting)
    wipe(bootstrap, topic)

    assert builder(counting).step() == 0
    assert is_live(counting, 1)


@pytest.mark.invariant(n=10)
def test_a_topic_that_was_made_anew_is_read_by_a_build_to_its_end(counting: Counting) -> None:
    bootstrap, topic = counting.service.settings.kafka, topic_name(counting.service.name)
    begin(counting)
    wipe(bootstrap, topic)
    # What was committed this moment is missed by nobody: two minutes later it is.
    later = replace(counting.service, clock=lambda: system() + timedelta(minutes=2))
    with working(Counting(counting.definition, later)):
        eventually(lambda: is_live(counting, 2), 60)

    assert contents(counting, "totals.totals@2") == contents(counting, "totals.totals@1")


@pytest.mark.invariant(n=9)
def test_a_broker_that_is_away_ends_no_build(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def away(*asked: object) -> dict[str, str]:
        tries.append(asked)
        raise kafka.Fault

    begin(counting)
    with monkeypatch.context() as meanwhile, capture_logs() as logs:
        meanwhile.setattr(kafka, "topic_ids", away)
        meanwhile.setattr(lease, "RETRY_SECONDS", 0.01)
        with running(builder(counting)):
            eventually(lambda: len(tries) > 10)
            meanwhile_told = waits.told(counting.service.database)
    with working(counting):
        eventually(lambda: is_live(counting, 2))
        eventually(lambda: waits.told(counting.service.database) == "")

    assert meanwhile_told == "build waits for the broker: KafkaError\n"
    assert [found["event"] for found in logs] == ["waits"]


def test_one_is_built_at_a_time(counting: Counting) -> None:
    begin(counting)

    with pytest.raises(generation.Building):
        begin(counting)


def test_only_an_old_generation_can_be_dropped(counting: Counting) -> None:
    database = counting.service.database
    begin(counting)
    with working(counting):
        eventually(lambda: is_live(counting, 2))

    with pytest.raises(ValueError, match="not an old generation"):
        rebuild.drop(database, totals(counting), 2)
    rebuild.drop(database, totals(counting), 1)

    assert "totals.totals@1" not in database.list_collection_names()
    assert counting.total("a") == 6
    assert list(rebuild.old(database, totals(counting))) == []


def test_with_an_old_generation_its_parked_keys_are_gone(counting: Counting) -> None:
    database, parked = counting.service.database, "totals@1|hep.x.v1|1|north|a"
    database["parked"].insert_many([{"_id": parked}, {"_id": parked.replace("@1", "@2")}])
    begin(counting)
    with working(counting):
        eventually(lambda: is_live(counting, 2))

    rebuild.drop(database, totals(counting), 1)

    assert set(contents(counting, "parked")) == {parked.replace("@1", "@2")}
    assert all("@1|" not in name for name in contents(counting, "comparisons"))
