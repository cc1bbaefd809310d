"""The store's conformance suite: what every implementation of `Store` promises."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.mongo import Database
from shared.store import Commit, Conflict, MongoStore, Repeated, Store, Stored, TooLarge
from tests.fakes import MemoryStore

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def commit(
    version: int = 1, *, command: str = "c1", events: int = 1, stream: str = "program-1"
) -> Commit:
    return Commit(
        tenant="north",
        stream=stream,
        version=version,
        events=tuple(
            Stored("SessionLogged", 1, NOW, {"pain": 2}, sequence=version + n)
            for n in range(events)
        ),
        sequence=version + events - 1,
        command=command,
        fingerprint="f",
        key="north|patient-1",
        recorded=NOW,
    )


@pytest.fixture(params=["memory", "engine"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    database: Database = request.getfixturevalue("database")
    store = MongoStore(database)
    store.prepare()
    return store


def test_a_stream_that_has_no_commits_is_empty(store: Store) -> None:
    assert store.load("north", "program-1") == []


def test_commits_come_back_as_written_in_order(store: Store) -> None:
    first, second = commit(1, events=2), commit(3, command="c2")

    store.append(first)
    store.append(second)

    assert store.load("north", "program-1") == [first, second]
    assert store.load("north", "program-1", after=1) == [second]


@pytest.mark.invariant(n=1)
def test_a_commit_without_events_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="one event or more"):
        store.append(commit(1, events=0))

    store.append(commit(1))
    assert store.load("north", "program-1") == [commit(1)]


@pytest.mark.invariant(n=12)
def test_streams_and_tenants_do_not_mix(store: Store) -> None:
    store.append(commit(1))
    store.append(commit(1, stream="program-10"))
    store.append(replace(commit(1), tenant="south"))

    assert [c.tenant for c in store.load("north", "program-1")] == ["north"]
    assert store.load("west", "program-1") == []


@pytest.mark.invariant(n=2)
def test_a_version_is_taken_once(store: Store) -> None:
    store.append(commit(1))

    with pytest.raises(Conflict):
        store.append(commit(1, command="c2"))

    assert [c.command for c in store.load("north", "program-1")] == ["c1"]


@pytest.mark.invariant(n=4)
def test_a_repeated_command_answers_with_what_it_wrote(store: Store) -> None:
    store.append(commit(1))
    store.append(commit(2, command="c2"))

    with pytest.raises(Repeated) as repeated:
        store.append(commit(3, command="c1"))

    assert repeated.value.commit == commit(1)


def test_a_repeated_command_wins_over_a_taken_version(store: Store) -> None:
    store.append(commit(1))

    with pytest.raises(Repeated):
        store.append(commit(1))


def test_too_many_events_in_one_commit_are_refused(store: Store) -> None:
    with pytest.raises(TooLarge):
        store.append(commit(1, events=501))

    assert store.load("north", "program-1") == []


def test_too_many_bytes_in_one_commit_are_refused(store: Store) -> None:
    large = replace(commit(1), events=(Stored("Note", 1, NOW, {"text": "x" * 600_000}),))

    with pytest.raises(TooLarge):
        store.append(large)


@pytest.mark.invariant(n=2)
def test_of_rivals_for_one_version_exactly_one_commits(database: Database) -> None:
    store = MongoStore(database)
    store.prepare()
    won: list[str] = []
    start = threading.Barrier(8)

    def rival(name: str) -> None:
        start.wait()
        try:
            store.append(commit(1, command=name))
        except Conflict:
            return
        won.append(name)

    threads = [threading.Thread(target=rival, args=(f"c{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [c.command for c in store.load("north", "program-1")] == won
    assert len(won) == 1


@pytest.mark.invariant(n=4)
def test_of_one_command_sent_at_once_exactly_one_commits(database: Database) -> None:
    store = MongoStore(database)
    store.prepare()
    repeated: list[Commit] = []
    start = threading.Barrier(8)

    def rival(version: int) -> None:
        start.wait()
        try:
            store.append(commit(version, command="same"))
        except Repeated as earlier:
            repeated.append(earlier.commit)

    threads = [threading.Thread(target=rival, args=(1 + n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    written = store.load("north", "program-1")
    assert len(written) == 1
    assert repeated == written * 7
