"""A handler that fails parks its key: others go on, and a person has the last word."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from shared import mongo, park
from shared.envelope import Envelope
from shared.mongo import transaction
from shared.park import NotParked
from shared.views import Views
from tests.engine import pipeline
from tests.engine.pipeline import POISON, Bench, running
from tests.waiting import eventually


def parked(bench: Bench) -> str:
    """Return the one parked key."""
    (found,) = park.listed(bench.database)
    return str(found["_id"])


@pytest.fixture
def stuck(bench: Bench) -> Bench:
    """Stream a fails at its second commit and has a third; stream b goes on."""
    POISON.add(13)
    for amounts in ([1], [2, 13], [3]):
        bench.count("a", *amounts)
    bench.count("b", 7)
    with running(bench.relay(), bench.consumer()):
        eventually(lambda: bench.amounts("b") == [7])
        eventually(lambda: bench.ledger("a") and bench.ledger("a")["seen"].get("counter-a") == 4)
    return bench


@pytest.mark.invariant(n=8)
def test_a_parked_key_applies_nothing_more_and_others_go_on(stuck: Bench) -> None:
    assert stuck.amounts("a") == [1]
    assert stuck.ledger("a")["state"] == "parked"
    assert stuck.ledger("a")["streams"] == {"counter-a": 1}


def test_the_failing_record_is_kept_as_received_and_its_fault_without_data(stuck: Bench) -> None:
    (record,) = stuck.database["parked"].find({})

    assert b'"amount":13' in record["raw"]
    assert record["error"].startswith("Broken in on_counted, line ")
    assert (record["subject"], record["sequence"]) == ("counter-a", 3)


@pytest.mark.invariant(n=8)
def test_draining_applies_in_order_all_that_came_since(stuck: Bench) -> None:
    POISON.clear()
    park.drain(stuck.database, parked(stuck))
    with running(stuck.relay(), stuck.consumer("c2"), stuck.healer()):
        stuck.count("a", 4)
        eventually(lambda: stuck.amounts("a") == [1, 2, 13, 3, 4])

    assert stuck.ledger("a")["state"] == "open"
    assert park.listed(stuck.database) == []


def test_a_key_that_fails_again_is_parked_again(stuck: Bench) -> None:
    park.drain(stuck.database, parked(stuck))

    stuck.healer().step()

    assert stuck.amounts("a") == [1]
    assert stuck.ledger("a")["state"] == "parked"
    assert parked(stuck)


def test_discarding_leaves_out_the_commit_that_fails_and_keeps_why(stuck: Bench) -> None:
    park.discard(stuck.database, parked(stuck), "counted twice by hand", "ada")

    stuck.healer().step()

    assert stuck.amounts("a") == [1, 3]
    (kept,) = stuck.database["discarded"].find({})
    assert (kept["reason"], kept["actor"]) == ("counted twice by hand", "ada")


def test_what_is_not_parked_can_be_neither_drained_nor_discarded(stuck: Bench) -> None:
    key = parked(stuck)
    park.drain(stuck.database, key)

    for again in (
        lambda: park.drain(stuck.database, key),
        lambda: park.discard(stuck.database, key, "why", "ada"),
    ):
        with pytest.raises(NotParked):
            again()


def test_a_key_that_a_consumer_is_at_is_drained_once_it_is_done(
    stuck: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = parked(stuck)
    consumer = transaction(stuck.database)
    session = consumer.__enter__()
    stuck.database["ledgers"].update_one({"_id": key}, {"$set": {"x": 1}}, session=session)
    waits = SimpleNamespace(sleep=lambda _: consumer.__exit__(None, None, None))
    monkeypatch.setattr(mongo, "time", waits)

    park.drain(stuck.database, key)

    assert park.listed(stuck.database) == []


def test_a_document_that_cannot_be_written_parks_the_key_whose_event_made_it(bench: Bench) -> None:
    made = bench.published(bench.count("a", 1)) + bench.published(bench.count("a", 666))
    bench.apply(*made, *bench.published(bench.count("b", 7)))

    assert (bench.amounts("a"), bench.amounts("b")) == ([1], [7])
    assert bench.ledger("a")["state"] == "parked"


def test_what_a_handler_did_to_the_data_of_an_event_is_not_there_when_it_runs_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(event: Envelope, views: Views) -> None:
        kept = views.get("totals", event.subject) or {"_id": event.subject, **event.data}
        kept["words"].append("more")
        views.put("totals", kept)
        pipeline.on_counted(replace(event, subject="other"), views)

    good, bad = (bench.published(bench.count(name, n)) for name, n in (("a", 1), ("b", 13)))
    worded = [replace(event, data={**event.data, "words": []}) for event in good + bad]
    handlers = dict.fromkeys(bench.projection.handlers, keep)
    monkeypatch.setattr(
        Bench, "projection", replace(bench.projection, handlers=handlers, documents=lambda _: ())
    )
    POISON.add(13)

    bench.apply(*worded)

    kept = bench.database["totals.totals@1"].find_one({"_id": "counter-a"})
    assert kept is not None
    assert kept["words"] == ["more"]
