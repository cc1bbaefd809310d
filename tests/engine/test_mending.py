"""Each fault that `verify` knows is planted, found, and mended by the command that it names."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared import generation, mongo
from shared.verify import Moving, verify
from shared.verify.faults import FAULTS
from shared.verify.report import Finding
from tests.engine.counting import (
    POISON,
    CommandLine,
    Counting,
    commanded,
    fill,
    open_counting,
    working,
)
from tests.waiting import eventually

ALL = ("relay", "consume", "clock", "send")
Plant = Callable[[Counting], object]


def hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def collection(counting: Counting, name: str) -> Any:
    return counting.service.database[name]


def unsent(counting: Counting) -> list[Any]:
    """Count what the relay passes over: its checkpoint is behind it, and it is not of lately."""
    with collection(counting, "commits").watch() as changes:
        events = counting.count("a", 4, hour_ago)
        while changes.try_next() is None:
            continue
        token = changes.resume_token
    collection(counting, "checkpoints").update_one({"_id": "relay"}, {"$set": {"token": token}})
    return events


def read_to_the_end(counting: Counting) -> None:
    """Put the positions where the topic ends, whatever was applied."""
    for finding in verify(counting.definition, counting.service).findings:
        assert finding.name == "position-behind"
        number, end = finding.where.rsplit(" ", 1)[1], finding.what.split()[2]
        collection(counting, "positions").update_one(
            {"_id": {"$regex": rf"\|{number}$"}}, {"$set": {"offset": int(end)}}
        )


def plant_behind(counting: Counting) -> None:
    counting.send(*unsent(counting))
    read_to_the_end(counting)


def plant_waiting(counting: Counting) -> None:
    plant_behind(counting)
    (head,) = [found for found in ledgers(counting) if "counter-a" in found["streams"]]
    seen = {"counter-a": head["streams"]["counter-a"] + 1}
    waiting = {"state": "waiting", "since": hour_ago(), "seen": seen}
    collection(counting, "ledgers").update_one({"_id": head["_id"]}, {"$set": waiting})


def plant_beyond(counting: Counting) -> None:
    (head,) = [found for found in ledgers(counting) if "counter-b" in found["streams"]]
    beyond = {"$inc": {"streams.counter-b": 5}}
    collection(counting, "ledgers").update_one({"_id": head["_id"]}, beyond)


def ledgers(counting: Counting) -> list[Any]:
    consumer = generation.live(counting.service.database, counting.definition.projections[0])
    return list(collection(counting, "ledgers").find({"consumer": consumer.consumer}))


def plant_parked(counting: Counting) -> None:
    POISON.add(13)
    counting.count("a", 13)
    with working(counting):
        eventually(lambda: any(found["state"] == "parked" for found in ledgers(counting)))
    POISON.clear()


def plant_unlisted(counting: Counting) -> None:
    plant_parked(counting)
    collection(counting, "parked").delete_many({})


def change(name: str, changes: Any, **chosen: Any) -> Plant:
    """Return what changes one document."""
    return lambda counting: collection(counting, name).update_one(chosen, changes)


def put(**fields: Any) -> Any:
    return {"$set": fields}


def lose(name: str) -> Plant:
    return lambda counting: collection(counting, name).delete_one({})


def documents(counting: Counting) -> Any:
    (projection,) = counting.definition.projections
    live = generation.live(counting.service.database, projection)
    return counting.service.database[live.collection("totals")]


def plant_old(counting: Counting) -> None:
    begin(counting)
    before = number(counting)
    with working(counting):
        eventually(lambda: number(counting) > before)


def begin(counting: Counting) -> None:
    (projection,) = counting.definition.projections
    generation.begin(counting.service.database, projection, counting.service.clock())


def number(counting: Counting) -> int:
    (projection,) = counting.definition.projections
    return generation.live(counting.service.database, projection).generation


def plant_undecodable(counting: Counting) -> None:
    counting.send_raw((b"north|counter-a", b"{"))
    with working(counting):
        eventually(lambda: collection(counting, "undecodable").find_one({}))


def plant_unread(counting: Counting) -> None:
    counting.send(*counting.count("b", 4))


MENDED: dict[str, Plant] = {
    "relay-none": lose("checkpoints"),
    "relay-topic": change("checkpoints", put(topic_id="another")),
    "relay-ahead": change("checkpoints", put(**{"acknowledged.0": 1000})),
    "topic-lacks": unsent,
    "position-none": lambda counting: collection(counting, "positions").delete_one(
        {"offset": {"$gt": 0}}
    ),
    "position-beyond": change("positions", put(offset=1000), offset={"$gt": 0}),
    "position-behind": plant_unread,
    "ledger-waiting": plant_waiting,
    "ledger-parked": plant_parked,
    "ledger-unlisted": plant_unlisted,
    "ledger-behind": plant_behind,
    "ledger-beyond": plant_beyond,
    "document-lost": lambda counting: documents(counting).delete_one({}),
    "document-foreign": lambda counting: documents(counting).insert_one({"_id": "north|c"}),
    "document-differs": lambda counting: documents(counting).update_one({}, put(total=-1)),
    "generation-building": begin,
    "generation-old": plant_old,
    "intent-lost": lose("intents"),
    "intent-stuck": change("intents", put(due_at=hour_ago(), state="sending"), state="open"),
    "due-lost": lose("due"),
    "undecodable": plant_undecodable,
    "due-failed": change("due", put(state="failed", reason="Broken"), state="open"),
    "due-overdue": change("due", put(due_at=hour_ago()), state="open"),
    "lease-free": lambda _: None,
}


@pytest.fixture(scope="module")
def counting(mongodb: str, kafka: str) -> Iterator[Counting]:
    """One service for all: what is mended is whole again."""
    with mongo.connect(mongodb, "tests") as client:
        name = "test_mending"
        client.drop_database(name)
        found = open_counting(client[name], kafka)
        with working(found):
            fill(found)
        yield found
        client.drop_database(name)


@pytest.fixture
def command(counting: Counting, mongodb: str, tmp_path: Path) -> Iterator[CommandLine]:
    with commanded(counting, mongodb, tmp_path) as found:
        yield found


def found(counting: Counting, fault: str) -> list[Finding]:
    report = verify(counting.definition, counting.service)
    return [finding for finding in report.findings + report.notes if finding.name == fault]


def is_mended(counting: Counting, fault: str) -> bool:
    try:
        return not found(counting, fault)
    except Moving:
        return False


def is_whole(counting: Counting) -> bool:
    try:
        return counting.findings() == []
    except Moving:
        return False


@pytest.mark.parametrize("fault", MENDED)
def test_the_command_that_a_fault_names_mends_it(
    counting: Counting, command: CommandLine, fault: str
) -> None:
    assert counting.findings() == []
    MENDED[fault](counting)

    commands = {finding.command for finding in found(counting, fault)}

    assert commands
    for verb, *rest in commands:
        with working(counting, *(rest[1:] if verb == "work" else ALL)):
            if verb != "work":
                code, shown = command(verb, *rest)
                assert code == (verb == "verify"), shown
            eventually(lambda: is_mended(counting, fault) or len(commands) > 1)
    with working(counting, *ALL):
        eventually(lambda: is_whole(counting))


def test_every_fault_that_a_command_mends_is_planted_here() -> None:
    # A pause lasts only as long as its consumer: see test_pause.py.
    mended = {*MENDED, "partition-paused"}

    assert mended == {name for name, fault in FAULTS.items() if fault.command}
