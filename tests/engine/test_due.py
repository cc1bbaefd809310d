"""Due work over the real store: decided once, refused with the reason, failed visibly."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from shared import due
from shared.due import Due, Timer
from shared.errors import NotYet, Refusal
from shared.mongo import Database
from shared.peers import Away

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Time:
    """A clock that a test moves."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Decisions:
    made: list[str] = field(default_factory=list)
    fault: Exception | None = None

    def decide(self, work: Due) -> None:
        if self.fault:
            raise self.fault
        self.made.append(work.id)


@dataclass
class Given:
    database: Database
    time: Time
    decisions: Decisions
    timer: Timer

    def schedule(
        self,
        name: str,
        at: datetime = NOON,
        stream: str = "s",
        sequence: int = 1,
        kind: str = "remind",
    ) -> None:
        work = Due(name, kind, "north", stream, at, sequence, {})
        self.database["due"].insert_one(work.document())

    def state(self, name: str) -> dict[str, object]:
        found = self.database["due"].find_one({"_id": name})
        assert found is not None
        return found


@pytest.fixture
def given(database: Database) -> Given:
    due.prepare(database)
    time, decisions = Time(), Decisions()
    timer = Timer(database, {"remind": decisions.decide}, time, "t1")
    return Given(database, time, decisions, timer)


@pytest.mark.invariant(n=14)
def test_what_is_due_is_decided_once_and_in_order(given: Given) -> None:
    given.schedule("later", NOON - timedelta(minutes=1))
    given.schedule("second", NOON - timedelta(hours=1), sequence=2)
    given.schedule("first", NOON - timedelta(hours=1), sequence=1)

    assert given.timer.step() == 3
    assert given.timer.step() == 0
    assert given.decisions.made == ["first", "second", "later"]
    assert given.state("first")["state"] == "done"


def test_what_is_not_due_waits_for_its_time(given: Given) -> None:
    given.schedule("evening", NOON + timedelta(hours=6))

    assert given.timer.step() == 0
    given.time.now += timedelta(hours=6)
    assert given.timer.step() == 1
    assert given.decisions.made == ["evening"]


def test_what_a_rule_refuses_is_closed_with_the_refusal(given: Given) -> None:
    given.schedule("one")
    given.decisions.fault = Refusal("no")

    given.timer.step()

    assert (given.state("one")["state"], given.state("one")["reason"]) == ("refused", "refused")
    assert given.timer.step() == 0


def test_a_failure_backs_off_and_is_listed_after_five_tries(given: Given) -> None:
    given.schedule("one")
    given.decisions.fault = ValueError("broken")

    for tries in range(1, 6):
        assert given.timer.step() == 1
        assert given.state("one")["tries"] == tries
        assert given.timer.step() == 0
        given.time.now += timedelta(minutes=1)

    assert (given.state("one")["state"], given.state("one")["reason"]) == ("failed", "ValueError")


@pytest.mark.parametrize("fault", [NotYet("on its way"), Away("prescription")])
def test_what_is_only_away_is_waited_for_however_long(given: Given, fault: Exception) -> None:
    given.schedule("one")
    given.decisions.fault = fault
    for _ in range(20):
        assert given.timer.step() == 1
        assert given.timer.step() == 0
        given.time.now += timedelta(minutes=5)

    given.decisions.fault = None
    given.timer.step()

    assert (given.state("one")["state"], given.decisions.made) == ("done", ["one"])


@pytest.mark.invariant(n=14)
def test_what_waits_for_another_try_holds_back_nothing_of_its_stream(given: Given) -> None:
    given.schedule("first", NOON - timedelta(hours=1))
    given.decisions.fault = Away("prescription")
    given.timer.step()
    given.decisions.fault = None
    given.schedule("second", sequence=2)

    given.timer.step()
    given.time.now += timedelta(minutes=1)
    given.timer.step()

    assert given.decisions.made == ["second", "first"]
    assert given.timer.step() == 0


def test_what_this_code_does_not_know_is_left_to_code_that_does(given: Given) -> None:
    newer = Timer(given.database, {"new": given.decisions.decide}, given.time, "t2")
    given.schedule("one", kind="new")

    for _ in range(6):
        assert given.timer.step() == 0
        given.time.now += timedelta(minutes=1)

    assert newer.step() == 1
    assert given.decisions.made == ["one"]
