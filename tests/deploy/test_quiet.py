"""When the platform is at rest, judged over the real store."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from deploy.local.quiet import Watch
from deploy.local.stack import StackError
from shared.due import DUE, Due, Timer
from shared.generation import GENERATIONS
from shared.ledger import LEDGERS, ledger_id
from shared.mongo import Database
from shared.peers import Away
from shared.publication import topic_name
from shared.send import INTENTS, Intent, Later, Sender
from shared.store import Commit, MongoStore, Stored
from shared.views import Projection

NOW = datetime(2026, 10, 1, 18, tzinfo=UTC)
DIARY = Projection("diary", 1, ("adherence",), {})


@pytest.fixture
def watch(database: Database) -> Watch:
    MongoStore(database).prepare()
    return Watch({"adherence": database}, {"adherence": (DIARY,)}, lambda: NOW)


def commit(database: Database, version: int, *, published: bool = True) -> None:
    sequence = version if published else None
    stored = Stored("SessionLogged", 1, NOW, {}, sequence)
    MongoStore(database).append(
        Commit(
            tenant="north",
            stream="program-1",
            version=version,
            events=(stored,),
            sequence=sequence or version - 1,
            command=f"c{version}",
            fingerprint="f",
            key="north|patient-1",
            recorded=NOW,
        )
    )


def apply(database: Database, sequence: int) -> None:
    identity = ledger_id(DIARY.consumer, topic_name("adherence"), 1, "north|patient-1")
    ledger: dict[str, Any] = {"_id": identity, "streams": {"program-1": sequence}}
    database[LEDGERS].replace_one({"_id": identity}, ledger, upsert=True)


def test_a_platform_without_a_commit_is_at_rest(watch: Watch) -> None:
    assert watch.restless(NOW) == ""


def test_it_is_not_at_rest_until_the_last_event_is_applied(
    watch: Watch, database: Database
) -> None:
    commit(database, 1)
    commit(database, 2)
    apply(database, 1)

    assert watch.restless(NOW) == "adherence's diary@1 is behind adherence"

    apply(database, 2)
    assert watch.restless(NOW) == ""


def test_what_comes_after_a_look_is_seen_by_the_next(watch: Watch, database: Database) -> None:
    commit(database, 1)
    apply(database, 1)
    assert watch.restless(NOW) == ""

    commit(database, 2)

    assert watch.restless(NOW) == "adherence's diary@1 is behind adherence"


def test_the_generation_that_is_read_is_waited_for(watch: Watch, database: Database) -> None:
    database[GENERATIONS].insert_one({"_id": DIARY.name, "live": 2})
    commit(database, 1)
    apply(database, 1)

    assert watch.restless(NOW) == "adherence's diary@2 is behind adherence"


def test_a_private_event_need_not_be_applied(watch: Watch, database: Database) -> None:
    commit(database, 1, published=False)

    assert watch.restless(NOW) == ""


@pytest.mark.parametrize(
    ("collection", "state", "what"),
    [
        (DUE, "open", "adherence has something due"),
        (INTENTS, "open", "adherence has something to send"),
        (INTENTS, "sending", "adherence has something to send"),
        (INTENTS, "closing", "adherence has something to send"),
    ],
)
def test_what_is_owed_by_now_keeps_it_from_rest(
    watch: Watch, database: Database, collection: str, state: str, what: str
) -> None:
    database[collection].insert_one({"_id": "1", "state": state, "due_at": NOW})

    assert watch.restless(NOW) == what
    assert watch.restless(NOW - timedelta(seconds=1)) == ""


@pytest.mark.parametrize(
    ("until", "what"),
    [(None, "adherence has something to send"), (NOW + timedelta(seconds=30), "")],
)
def test_what_is_between_two_tries_keeps_it_from_rest_and_what_waits_for_its_hour_does_not(
    watch: Watch, database: Database, until: datetime | None, what: str
) -> None:
    def later(_: Intent) -> str:
        raise Later("not yet", until=until)

    intent = Intent("i", "post", "north", NOW, NOW + timedelta(days=1), {})
    database[INTENTS].insert_one(intent.document())
    Sender(database, {"post": later}, lambda *_: None, lambda: NOW, "s1").step()

    assert watch.restless(NOW) == what


def test_due_work_between_two_tries_keeps_it_from_rest(watch: Watch, database: Database) -> None:
    def away(_: Due) -> None:
        raise Away("adherence")

    database[DUE].insert_one(Due("d", "erase", "north", "s", NOW, 1, {}).document())
    Timer(database, {"erase": away}, lambda: NOW, "c1").step()

    assert watch.restless(NOW) == "adherence has something due"


def test_whoever_waits_too_long_learns_what_moved(watch: Watch, database: Database) -> None:
    commit(database, 1)

    with pytest.raises(StackError, match="in 0 s: adherence's diary@1 is behind adherence"):
        watch.settle(0)


def test_what_falls_due_while_it_waits_is_waited_for(database: Database) -> None:
    MongoStore(database).prepare()
    times = count()

    def clock() -> datetime:
        now = NOW + timedelta(seconds=next(times))
        if now > NOW:
            late = {"_id": "1", "state": "open", "due_at": NOW + timedelta(seconds=1)}
            database[INTENTS].replace_one({"_id": "1"}, late, upsert=True)
            apply(database, 1)
        return now

    watch = Watch({"adherence": database}, {"adherence": (DIARY,)}, clock)
    commit(database, 1)

    with pytest.raises(StackError, match="adherence has something to send"):
        watch.settle(0.2)
