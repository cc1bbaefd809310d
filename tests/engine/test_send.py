"""Sending over the real store: once, unless it was cut off; told, when it was."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from shared import send
from shared.errors import Refusal
from shared.mongo import Database
from shared.send import Intent, Interrupted, Later, Outcome, Sender, Unsendable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class CutOff(BaseException):
    """The process ends here, as a kill would end it."""


@dataclass
class Channel:
    """A provider that a test breaks."""

    delivered: list[str] = field(default_factory=list)
    recorded: list[tuple[str, str, str]] = field(default_factory=list)
    now: datetime = NOON
    before: BaseException | None = None
    after: BaseException | None = None
    record_fault: BaseException | None = None

    def clock(self) -> datetime:
        return self.now

    def deliver(self, intent: Intent) -> str:
        if self.before:
            raise self.before
        self.delivered.append(intent.id)
        if self.after:
            raise self.after
        return "post"

    def record(self, intent: Intent, outcome: Outcome) -> None:
        if self.record_fault:
            raise self.record_fault
        self.recorded.append((intent.id, outcome.state, outcome.detail))


@dataclass
class Given:
    database: Database
    channel: Channel
    sender: Sender

    def intent(self) -> dict[str, object]:
        found = self.database["intents"].find_one({})
        assert found is not None
        return found


@pytest.fixture
def given(database: Database) -> Given:
    send.prepare(database)
    channel = Channel()
    sender = Sender(database, {"email": channel.deliver}, channel.record, channel.clock, "s1")
    intent = Intent("i1", "email", "north", NOON, NOON + timedelta(days=3), {})
    database["intents"].insert_one(intent.document())
    return Given(database, channel, sender)


def test_an_intent_is_sent_once_and_its_outcome_recorded(given: Given) -> None:
    given.sender.step()
    given.sender.step()

    assert given.channel.delivered == ["i1"]
    assert given.channel.recorded == [("i1", "sent", "post")]
    assert given.intent()["state"] == "sent"


def test_nothing_is_sent_before_it_is_due(given: Given) -> None:
    given.channel.now = NOON - timedelta(minutes=1)

    assert given.sender.step() == 0
    assert given.channel.delivered == []


def test_what_is_useful_no_longer_expires_unsent(given: Given) -> None:
    given.channel.now = NOON + timedelta(days=4)

    given.sender.step()

    assert given.channel.delivered == []
    assert given.channel.recorded == [("i1", "expired", "")]


def test_what_expires_tells_what_kept_it(given: Given) -> None:
    given.channel.before = Later("away")
    given.sender.step()

    given.channel.now = NOON + timedelta(days=4)
    given.sender.step()

    assert given.channel.recorded == [("i1", "expired", "away")]


@pytest.mark.parametrize("fault", [Later("away"), ValueError("a fault of ours")])
def test_a_channel_that_fails_is_tried_again(given: Given, fault: Exception) -> None:
    given.channel.before = fault
    given.sender.step()
    assert given.sender.step() == 0

    given.channel.before = None
    given.channel.now += timedelta(minutes=1)
    given.sender.step()

    assert given.channel.delivered == ["i1"]
    assert given.intent()["interrupted"] == 0


def test_a_delivery_that_its_channel_lost_sight_of_is_counted_as_cut_off(given: Given) -> None:
    given.channel.after = Interrupted("away")
    given.sender.step()

    given.channel.after = None
    given.channel.now += timedelta(minutes=1)
    given.sender.step()

    assert given.channel.delivered == ["i1", "i1"]
    assert given.intent()["interrupted"] == 1


def test_what_cannot_be_sent_is_closed_with_the_reason(given: Given) -> None:
    given.channel.before = Unsendable("no such address")

    given.sender.step()

    assert (given.intent()["state"], given.intent()["reason"]) == ("failed", "no such address")
    assert given.channel.recorded == [("i1", "failed", "no such address")]


def test_a_delivery_that_was_cut_off_repeats_and_is_counted(given: Given) -> None:
    given.channel.after = CutOff()
    with pytest.raises(CutOff):
        given.sender.step()

    given.channel.after = None
    given.sender.step()

    assert given.channel.delivered == ["i1", "i1"]
    assert given.intent()["interrupted"] == 1
    assert given.channel.recorded == [("i1", "sent", "post")]


def test_a_delivery_whose_outcome_was_not_recorded_does_not_repeat(given: Given) -> None:
    given.channel.record_fault = CutOff()
    with pytest.raises(CutOff):
        given.sender.step()

    given.channel.record_fault = None
    given.sender.step()

    assert given.channel.delivered == ["i1"]
    assert given.channel.recorded == [("i1", "sent", "post")]


def test_what_waits_for_a_moment_is_tried_again_at_that_moment(given: Given) -> None:
    morning = NOON + timedelta(hours=20)
    given.channel.before = Later("people sleep", morning)
    given.sender.step()
    given.channel.before = None
    given.channel.now = morning - timedelta(seconds=1)
    early = given.sender.step()
    given.channel.now = morning
    given.sender.step()

    assert early == 0
    assert given.channel.delivered == ["i1"]


@pytest.mark.invariant(n=6)
def test_a_sender_that_was_overtaken_sends_nothing_more_and_overwrites_nothing(
    given: Given,
) -> None:
    second = Intent("i2", "email", "north", NOON, NOON + timedelta(days=3), {})
    given.database["intents"].insert_one(second.document())
    delivered: list[tuple[str, str]] = []

    def overtaken(intent: Intent) -> str:
        delivered.append(("first", intent.id))
        other.step()
        raise Unsendable("too late")

    def deliver(intent: Intent) -> str:
        delivered.append(("other", intent.id))
        return "post"

    first, other = (
        Sender(given.database, {"email": way}, given.channel.record, given.channel.clock, "s")
        for way in (overtaken, deliver)
    )

    assert first.step() == 2
    assert sorted(delivered) == [("first", "i1"), ("other", "i1"), ("other", "i2")]
    assert sorted(given.channel.recorded) == [("i1", "sent", "post"), ("i2", "sent", "post")]
    assert {found["state"] for found in given.database["intents"].find({})} == {"sent"}


def test_an_outcome_that_cannot_be_recorded_now_is_recorded_later(given: Given) -> None:
    given.channel.record_fault = ValueError("a fault of ours")
    given.sender.step()
    assert given.sender.step() == 0

    given.channel.record_fault = None
    given.channel.now += timedelta(minutes=1)
    given.sender.step()

    assert given.channel.delivered == ["i1"]
    assert given.channel.recorded == [("i1", "sent", "post")]
    assert given.intent()["state"] == "sent"


def test_an_outcome_that_a_rule_refuses_is_not_recorded_again(given: Given) -> None:
    given.channel.record_fault = Refusal("known")

    given.sender.step()

    assert given.intent()["state"] == "sent"
    assert given.sender.step() == 0
