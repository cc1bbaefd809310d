"""When the patient is reminded of a date, when not, and which date is decided upon next."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifications.commands import Remind
from notifications.events import ReminderDecided
from notifications.hours import moment
from notifications.mailbox import Mailbox, evolve
from notifications.reminder import AlreadyDecided, Desk, next_session, remind
from notifications.rules import rules
from shared.schedule import Pause, read
from tests.unit.notifications.facts import MONDAY, PROGRAM, days, exercise

SIX = rules().remind_at
SUNDAY = MONDAY + timedelta(days=6)
EMPTY = Mailbox()


def desk(
    *,
    today: date = MONDAY,
    zone: str = "Europe/Madrid",
    now: datetime | None = None,
    done: Iterable[date] = (),
    skipped: Iterable[date] = (),
    erased: bool = False,
    exercises: Iterable[dict[str, Any]] = (exercise(),),
    **ends: date,
) -> Desk:
    revision = {
        "revision": 3,
        "effective": MONDAY.isoformat(),
        "phase": {"number": 1},
        "exercises": list(exercises),
    }
    document = {
        "program": PROGRAM,
        "patient": "ana",
        "start": MONDAY.isoformat(),
        "end": None,
        "ended": None,
        **{name: day.isoformat() for name, day in ends.items()},
        "revisions": [revision],
    }
    return Desk(
        program=read(document, zone),
        zone=ZoneInfo(zone),
        done=frozenset(done),
        told=frozenset([*done, *skipped]),
        erased=erased,
        now=now or moment(today, SIX, ZoneInfo(zone)),
    )


def decide(desk: Desk, day: date = MONDAY, mailbox: Mailbox = EMPTY) -> ReminderDecided:
    (event,) = remind(mailbox, Remind(PROGRAM, "ana", day), desk)
    assert isinstance(event, ReminderDecided)
    return event


def test_a_date_that_is_asked_for_and_not_done_is_open() -> None:
    decided = decide(desk())

    assert (decided.open, decided.reason) == (True, "due")
    assert decided.next_date == MONDAY + timedelta(days=1)
    assert (decided.zone, decided.revision) == ("Europe/Madrid", 3)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (desk(done=[MONDAY]), "done"),
        (desk(skipped=[MONDAY]), "skipped"),
        (desk(exercises=[exercise(weekdays=[2, 4])]), "off"),
        (desk(end=MONDAY - timedelta(days=1)), "ended"),
        (desk(ended=MONDAY - timedelta(days=1)), "ended"),
        (desk(erased=True), "erased"),
        (desk(today=MONDAY + timedelta(days=1)), "over"),
    ],
)
def test_a_date_with_a_reason_not_to_is_not_reminded_of(known: Desk, reason: str) -> None:
    decided = decide(known)

    assert (decided.open, decided.reason) == (False, reason)


def test_nobody_is_reminded_of_a_program_that_rests() -> None:
    known = desk()
    resting = replace(known.program, pauses=(Pause(MONDAY, MONDAY + timedelta(days=7)),))

    decided = decide(replace(known, program=resting))

    assert (decided.open, decided.reason) == (False, "off")
    assert decided.next_date == MONDAY + timedelta(days=1)


def test_days_of_ones_own_choice_press_nobody_while_another_day_will_do() -> None:
    three = [exercise(days_per_week=3)]
    week = days(7)

    reasons = [decide(desk(today=day, exercises=three, done=week[:2]), day).reason for day in week]
    enough = decide(desk(today=week[6], exercises=three, done=week[:3]), week[6])

    assert reasons[2:] == ["later"] * 4 + ["due"]
    assert enough.reason == "off"


def test_after_a_downtime_all_dates_that_are_over_are_passed_in_one_step() -> None:
    later = MONDAY + timedelta(days=40)

    decided = decide(desk(today=later))

    assert (decided.reason, decided.next_date) == ("over", later)


def test_the_next_date_of_one_decided_late_in_the_day_is_tomorrow() -> None:
    decided = decide(desk(now=datetime(2026, 9, 7, 21, 30, tzinfo=UTC)))

    assert (decided.open, decided.next_date) == (True, MONDAY + timedelta(days=1))


@pytest.mark.parametrize("last", [{"end": SUNDAY}, {"ended": SUNDAY}])
def test_after_the_last_date_there_is_no_next_one(last: dict[str, date]) -> None:
    saturday = SUNDAY - timedelta(days=1)

    assert decide(desk(today=saturday, **last), saturday).next_date == SUNDAY
    assert decide(desk(today=SUNDAY, **last), SUNDAY).next_date is None
    assert decide(desk(today=SUNDAY + timedelta(days=9), **last)).next_date is None


def test_who_is_erased_has_no_next_date() -> None:
    assert decide(desk(erased=True)).next_date is None


@pytest.mark.parametrize(
    ("zone", "now"),
    [
        ("Pacific/Kiritimati", datetime(2026, 9, 7, 4, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 9, 8, 1, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 9, 8, 5, tzinfo=UTC)),
    ],
)
def test_the_date_is_that_of_the_patients_calendar(zone: str, now: datetime) -> None:
    assert moment(MONDAY, SIX, ZoneInfo(zone)) == now
    assert decide(desk(zone=zone, now=now)).reason == "due"


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_change_of_the_clocks_asks_for_each_date_once(change: date) -> None:
    zone = ZoneInfo("Europe/Madrid")
    around = days(3, change - timedelta(days=1))

    moments = [moment(day, SIX, zone) for day in around]

    assert [found.astimezone(zone).date() for found in moments] == around
    assert {found.astimezone(zone).time() for found in moments} == {SIX}
    assert moments[1] - moments[0] != timedelta(days=1)


def test_a_date_is_decided_upon_once() -> None:
    mailbox = evolve(EMPTY, decide(desk()))

    with pytest.raises(AlreadyDecided):
        decide(desk(), MONDAY, mailbox)
    assert decide(desk(), MONDAY + timedelta(days=1), mailbox)


def test_the_next_session_is_the_first_date_that_asks_for_one_and_is_not_told_of() -> None:
    fixed = [exercise(weekdays=[1, 4])]

    assert next_session(desk(exercises=fixed), 14) == MONDAY
    assert next_session(desk(exercises=fixed, done=[MONDAY]), 14) == MONDAY + timedelta(days=3)
    assert next_session(desk(exercises=fixed, done=[MONDAY], end=MONDAY), 14) is None
