"""The chain of reminders over a real store: one link a date, whatever time does."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.envelope import Envelope
from tests.people import ANA_ID
from tests.services.notifications.world import World
from tests.unit.notifications.facts import (
    MADRID,
    MONDAY,
    days,
    decided,
    ended,
    exercise,
    logged,
    prescribed,
    registered,
    revised,
)

ZONE = ZoneInfo(MADRID)
WEEK = days(7)
BEFORE = datetime(2026, 9, 1, tzinfo=UTC)


def evening(day: date, zone: ZoneInfo = ZONE) -> datetime:
    """A minute after the time to remind."""
    return datetime.combine(day, time(18, 1), zone).astimezone(UTC)


def decisions(events: Iterable[Envelope]) -> list[tuple[str, str]]:
    return [
        (event.data["local_date"], event.data["reason"])
        for event in events
        if event.type == decided(MONDAY, None).type
    ]


def open_due(world: World) -> int:
    return world.service.database["due"].count_documents({"state": "open"})


def reminders(world: World) -> list[str]:
    found = (
        world.service.database["messages.messages@1"]
        .find({"kind": "reminder"})
        .sort("local_date", 1)
    )
    return [document["local_date"] for document in found]


@pytest.fixture
def given(world: World) -> World:
    """Ana has a program that asks for something every day; it begins on Monday."""
    world.time.now = BEFORE
    world.tell(registered(), prescribed())
    return world


def test_a_week_asks_once_each_day_and_reminds_of_those_that_are_open(given: World) -> None:
    happened = []
    for number, day in enumerate(WEEK):
        if day.isoweekday() in {2, 5}:
            given.tell(logged(day, sequence=number + 1))
        happened += given.pass_to(evening(day))
        assert open_due(given) == 1

    assert [reason for _, reason in decisions(happened)] == [
        "due", "done", "due", "due", "done", "due", "due"
    ]  # fmt: skip
    assert [day for day, _ in decisions(happened)] == [day.isoformat() for day in WEEK]
    assert len(given.catcher.mails) == len(reminders(given)) == 5


def test_nothing_is_decided_before_its_time(given: World) -> None:
    assert given.pass_to(evening(MONDAY) - timedelta(minutes=2)) == []

    happened = given.pass_to(evening(MONDAY))

    assert decisions(happened) == [(MONDAY.isoformat(), "due")]
    assert {event.key for event in happened} == {f"north|{ANA_ID}"}


def test_a_week_that_two_months_share_counts_what_was_done_in_both(world: World) -> None:
    week = days(7, date(2026, 9, 28))
    tuesday, thursday, friday = week[1], week[3], week[4]
    world.time.now = evening(week[0]) - timedelta(hours=6)
    world.tell(registered(), prescribed(start=week[0], exercises=[exercise(days_per_week=2)]))
    world.tell(logged(tuesday), logged(thursday, sequence=2))

    happened = world.pass_to(evening(friday))

    assert decisions(happened)[-1] == (friday.isoformat(), "off")


@pytest.mark.invariant(n=14)
@pytest.mark.parametrize("change", [date(2026, 10, 25), date(2027, 3, 28)])
def test_over_a_change_of_the_clocks_each_date_is_asked_for_once(
    world: World, change: date
) -> None:
    around = days(3, change - timedelta(days=1))
    world.time.now = evening(around[0]) - timedelta(hours=6)
    world.tell(registered(), prescribed(start=around[0]))

    # Every half hour of three days, as a clock that never rests would look.
    happened = []
    until = evening(around[2])
    while world.time.now < until:
        happened += world.pass_to(world.time.now + timedelta(minutes=30))

    assert Counter(decisions(happened)) == {(day.isoformat(), "due"): 1 for day in around}


def test_after_weeks_of_downtime_one_step_leads_to_today(given: World) -> None:
    later = MONDAY + timedelta(days=30)

    happened = given.pass_to(evening(later))

    assert decisions(happened) == [(MONDAY.isoformat(), "over"), (later.isoformat(), "due")]
    assert reminders(given) == [later.isoformat()]
    assert len(given.catcher.mails) == 1


def test_a_chain_ends_with_its_program_and_is_taken_up_when_it_is_prolonged(world: World) -> None:
    world.time.now = BEFORE
    world.tell(registered(), prescribed(end=WEEK[1]))
    for day in WEEK[:4]:
        world.pass_to(evening(day))
    assert (reminders(world), open_due(world)) == ([d.isoformat() for d in WEEK[:2]], 0)

    world.tell(revised(2, WEEK[5], effective=WEEK[4]))
    for day in WEEK[4:]:
        world.pass_to(evening(day))

    assert reminders(world) == [day.isoformat() for day in (*WEEK[:2], *WEEK[4:6])]
    assert open_due(world) == 0


def test_a_program_that_was_ended_asks_no_more(given: World) -> None:
    given.pass_to(evening(WEEK[0]))
    given.tell(ended(WEEK[0]))

    happened = given.pass_to(evening(WEEK[1]))

    assert decisions(happened) == [(WEEK[1].isoformat(), "ended")]
    assert open_due(given) == 0


@pytest.mark.invariant(n=14)
def test_a_due_reminder_that_was_decided_but_not_closed_is_decided_once(given: World) -> None:
    given.pass_to(evening(MONDAY))
    given.service.database["due"].update_many({"state": "done"}, {"$set": {"state": "open"}})

    assert given.pass_to(evening(MONDAY)) == []
    assert given.service.database["due"].count_documents({"state": "done"}) == 1


@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_reminders_come_in_the_evening_where_the_patient_lives(world: World, name: str) -> None:
    zone = ZoneInfo(name)
    world.time.now = BEFORE
    world.tell(registered(zone=name), prescribed(exercises=[exercise(weekdays=[1])]))

    happened = [event for day in WEEK for event in world.pass_to(evening(day, zone))]

    assert decisions(happened)[0] == (MONDAY.isoformat(), "due")
    assert {reason for _, reason in decisions(happened)[1:]} == {"off"}
    assert len(world.catcher.mails) == 1
