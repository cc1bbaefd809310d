"""The audit over the real store: written before the answer, and nothing of it changes unseen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Barrier
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from shared import seal
from shared.audit import AUDIT, Entry, Journal, looked, prepare
from shared.mongo import Database
from shared.seal import SEALS, Sealer
from shared.verify import audits

LOOK = Entry(
    "north", "bo", ("therapist",), "patient.read", ("ana",), "let_through", "GET", "/x", ""
)


@dataclass
class Watch:
    now: datetime = datetime(2026, 9, 7, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def journal(database: Database, watch: Watch) -> Journal:
    prepare(database)
    return Journal(database, watch)


@pytest.fixture
def sealer(database: Database, watch: Watch) -> Sealer:
    return Sealer(database, watch, "one")


def entries(database: Database) -> list[Any]:
    return list(database[AUDIT].find({}).sort("_id", 1))


def found(database: Database) -> list[str]:
    return [finding.name for finding in audits.held(database)]


def test_what_many_write_at_once_is_one_chain_in_few_writes(
    journal: Journal, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, writes, together = Collection.insert_many, [], Barrier(20)

    def counted(self: Any, documents: Any, **more: Any) -> Any:
        writes.append(len(documents))
        return insert(self, documents, **more)

    def write(number: int) -> None:
        together.wait()
        journal.write(replace(LOOK, actor=str(number)))

    monkeypatch.setattr(Collection, "insert_many", counted)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))

    assert {entry["actor"] for entry in entries(database)} == {str(n) for n in range(20)}
    assert sum(writes) == 20
    assert len(writes) < 20
    assert found(database) == []


@pytest.mark.parametrize("reached", [True, False])
def test_a_write_that_was_not_answered_fails_its_request_and_leaves_no_hole(
    journal: Journal, database: Database, monkeypatch: pytest.MonkeyPatch, reached: bool
) -> None:
    insert = Collection.insert_many

    def cut(self: Any, documents: Any, **more: Any) -> Any:
        monkeypatch.undo()
        if reached:
            insert(self, documents, **more)
        raise AutoReconnect

    monkeypatch.setattr(Collection, "insert_many", cut)
    with pytest.raises(AutoReconnect):
        journal.write(LOOK)
    journal.write(replace(LOOK, actor="dee"))

    assert [entry["actor"] for entry in entries(database)] == ["bo", "dee"]
    assert found(database) == []


def test_a_store_that_is_away_is_waited_for_with_nothing_in_the_hand(
    journal: Journal, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise AutoReconnect

    monkeypatch.setattr(Collection, "insert_many", away)
    for _ in range(5):
        with pytest.raises(AutoReconnect):
            journal.write(LOOK)
    assert (len(journal.unsure), len(journal.waiting)) == (1, 0)

    monkeypatch.undo()
    journal.write(replace(LOOK, actor="dee"))

    assert [entry["actor"] for entry in entries(database)] == ["bo", "dee"]
    assert found(database) == []


def test_who_looked_at_whom_is_told_newest_first(
    journal: Journal, database: Database, watch: Watch
) -> None:
    journal.write(LOOK)
    journal.write(replace(LOOK, patients=("eva",)))
    watch.now += timedelta(minutes=1)
    journal.write(replace(LOOK, actor="dee", patients=("eva", "ana")))
    journal.write(replace(LOOK, tenant="south"))

    assert [entry["actor"] for entry in looked(database, "north", "ana", 10)] == ["dee", "bo"]


def test_it_is_sealed_every_hour_and_each_entry_once(
    journal: Journal, database: Database, sealer: Sealer, watch: Watch
) -> None:
    journal.write(LOOK)
    other = Journal(database, watch)
    other.write(LOOK)

    assert sealer.step() == 2
    journal.write(LOOK)
    assert sealer.step() == 0
    watch.now += timedelta(hours=1)
    assert sealer.step() == 1
    watch.now += timedelta(hours=1)
    assert sealer.step() == 0

    seals = list(database[SEALS].find({}).sort("_id", 1))
    assert seals[0]["chains"] == sorted([[journal.writer, 1, 1], [other.writer, 1, 1]])
    assert seals[1]["chains"] == [[journal.writer, 2, 2]]
    assert found(database) == []


def change(database: Database, number: int, **fields: Any) -> None:
    identity = entries(database)[number]["_id"]
    database[AUDIT].update_one({"_id": identity}, {"$set": fields})


def rewrite(database: Database, number: int, **fields: Any) -> None:
    """Change an entry and its hash, as somebody would who knows how it is made."""
    change(database, number, **fields)
    change(database, number, hash=audits.digest(entries(database)[number]))


def remove(database: Database, number: int) -> None:
    database[AUDIT].delete_one({"_id": entries(database)[number]["_id"]})


TAMPERED: dict[str, tuple[Callable[[Database], None], str]] = {
    "an entry is changed": (lambda base: change(base, 1, actor="eve"), "audit-changed"),
    "and its hash too": (lambda base: rewrite(base, 1, actor="eve"), "audit-changed"),
    "the last one, with its hash": (lambda base: rewrite(base, 2, actor="eve"), "audit-seal"),
    "one is taken out": (lambda base: remove(base, 1), "audit-missing"),
    "the first is taken out": (lambda base: remove(base, 0), "audit-missing"),
    "the last is taken out": (lambda base: remove(base, 2), "audit-missing"),
    "all are taken out": (lambda base: base[AUDIT].drop(), "audit-missing"),
    "a seal is changed": (
        lambda base: base[SEALS].update_one({"_id": 1}, {"$set": {"root": "0" * 64}}),
        "audit-seal",
    ),
    "the first seal is taken out": (
        lambda base: base[SEALS].delete_one({"_id": 1}),
        "audit-seal",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_verify_finds_that(
    journal: Journal, database: Database, sealer: Sealer, watch: Watch, what: str
) -> None:
    tamper, name = TAMPERED[what]
    journal.write(LOOK)
    journal.write(LOOK)
    assert sealer.step() == 2
    watch.now += timedelta(hours=1)
    journal.write(LOOK)
    assert sealer.step() == 1
    assert found(database) == []

    tamper(database)

    assert name in found(database)


def test_the_root_is_that_of_the_tree_of_rfc_9162() -> None:
    """The tree over three leaves is ((0, 1), 2): hash(1, hash(1, a, b), c)."""
    leaves = [sha256(bytes([n])).digest() for n in range(3)]
    a, b, c = (sha256(b"\0" + leaf).digest() for leaf in leaves)
    expected = sha256(b"\1" + sha256(b"\1" + a + b).digest() + c).hexdigest()

    assert seal.root(leaf.hex() for leaf in leaves) == expected
    assert seal.root([]) == sha256(b"").hexdigest()
