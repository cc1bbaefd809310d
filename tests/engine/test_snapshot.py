"""A long stream is read from its snapshot, which may be wrong about nothing."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from shared.codec import Codec
from shared.mongo import Database
from shared.snapshot import SNAPSHOTS, Snapshots
from shared.store import Commit, MongoStore, Repeated
from shared.stream import Cause, Kind, Streams


@dataclass(frozen=True, slots=True)
class Added:
    """A word was added."""

    word: str


@dataclass(frozen=True, slots=True)
class Said:
    """What was said so far."""

    words: tuple[str, ...] = ()


NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
KIND = Kind("talk", Said(), lambda said, event: Said((*said.words, event.word)), shape=1)
EVERY = 3


@pytest.fixture
def streams(database: Database) -> Streams:
    store = MongoStore(database)
    store.prepare()
    return Streams(store, Codec([Added]), {Added}, lambda: NOON, Snapshots(database, EVERY))


def cause(word: str) -> Cause:
    return Cause("north", "ada", f"command-{word}", site="s1" if word == "a" else "s2")


def say(streams: Streams, words: str, kind: Kind[Said] = KIND) -> list[Commit]:
    """Add each letter by a command of its own."""
    return [
        streams.append(streams.load(kind, cause(word), "t"), [Added(word)], cause(word))
        for word in words
    ]


def test_a_load_begins_at_the_snapshot_and_gives_what_the_whole_stream_gives(
    streams: Streams,
) -> None:
    say(streams, "abcdefg")

    loaded = streams.peek(KIND, "north", "t")

    whole = replace(streams, snapshots=Snapshots(streams.snapshots.database)).peek(
        replace(KIND, shape=0), "north", "t"
    )
    assert loaded.state == Said(tuple("abcdefg"))
    assert len(loaded.commits) < len(whole.commits) == 7
    assert replace(loaded, commits=()) == replace(whole, commits=())


def test_a_short_stream_has_no_snapshot(streams: Streams, database: Database) -> None:
    say(streams, "abc")

    assert database[SNAPSHOTS].count_documents({}) == 0


def test_a_command_from_before_the_snapshot_has_its_old_answer(streams: Streams) -> None:
    first, *_ = say(streams, "abcdefg")

    with pytest.raises(Repeated) as repeated:
        streams.load(KIND, cause("a"), "t")

    assert repeated.value.commit == first


def test_a_state_of_another_shape_is_folded_anew(streams: Streams, database: Database) -> None:
    say(streams, "abcdefg")
    shouting = Kind("talk", Said(), lambda said, e: Said((*said.words, e.word.upper())), shape=2)

    say(streams, "h", shouting)

    assert streams.peek(shouting, "north", "t").state == Said(tuple("ABCDEFGH"))
    kept = database[SNAPSHOTS].find_one({})
    assert kept is not None
    assert (kept["shape"], kept["state"]["words"]) == (2, list("ABCDEFG"))


def test_a_process_of_the_old_shape_does_not_replace_the_new_one(
    streams: Streams, database: Database
) -> None:
    say(streams, "abcd", replace(KIND, shape=2))

    say(streams, "efghijk")

    kept = database[SNAPSHOTS].find_one({})
    assert kept is not None
    assert kept["shape"] == 2


def test_a_snapshot_of_a_stream_that_went_another_way_is_not_used(
    streams: Streams, database: Database
) -> None:
    """As after a restore from a copy that is older than the snapshot."""
    say(streams, "abcd")
    database["commits"].delete_many({"from": {"$gt": 2}})

    say(streams, "xyz")

    assert streams.peek(KIND, "north", "t").state == Said(tuple("abxyz"))


def test_a_long_stream_is_loaded_in_the_time_of_a_short_one(
    streams: Streams, database: Database
) -> None:
    """Counted in documents read, since the machine's time is nobody's promise."""
    streams = replace(streams, snapshots=Snapshots(database))
    say(streams, "a")
    one = database["commits"].find_one({})
    assert one is not None
    database["commits"].insert_many(
        {
            **one,
            "_id": f"north|talk-t|{number:010d}",
            "from": number,
            "to": number,
            "sequence": number,
            "command": f"c{number}",
        }
        for number in range(2, 10001)
    )
    counting = replace(KIND, initial=0, evolve=lambda total, _: total + 1)

    streams.load(counting, cause("b"), "t")

    loaded = streams.peek(counting, "north", "t")
    assert (loaded.state, loaded.version, len(loaded.commits)) == (10_000, 10_000, 1)
