"""Pain above the zone is said at once, and once for a local date, whatever is told when."""

from collections.abc import Sequence

import pytest

from adherence.commands import ANSWERS, AmendSession, Entered, LogSession
from adherence.diary import Decided
from adherence.rules import rules
from adherence.signals.events import PainFlagged
from tests.unit.adherence.facts import (
    BRIDGE,
    DAY,
    MONDAY,
    asks,
    corrects,
    entered,
    evening,
    logged,
    logs,
    program,
    revised,
)

LIMIT = rules().signals.pain.limit
DAILY = program()
LATE = evening(MONDAY + DAY * 9)


def morning(pain: int) -> AmendSession:
    """Return the answer of the day after."""
    return corrects(
        MONDAY, next_morning=pain, device_now=evening(MONDAY + DAY), kept=ANSWERS - {"next_morning"}
    )


def flags(events: Decided) -> list[tuple[str, int]]:
    return [(one.session, one.pain) for one in events if isinstance(one, PainFlagged)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([logs(MONDAY, pain=None)], []),
        ([logs(MONDAY, pain=0)], []),
        ([logs(MONDAY, pain=LIMIT)], []),
        ([logs(MONDAY, pain=LIMIT + 1)], [LIMIT + 1]),
        # Of a date that has a flag, nothing makes a second one.
        ([logs(MONDAY, pain=8), logs(MONDAY, pain=9)], [8]),
        ([logs(MONDAY, pain=8), corrects(MONDAY, pain=10)], [8]),
        ([logs(MONDAY, pain=8), corrects(MONDAY, pain=1), corrects(MONDAY, pain=9)], [8]),
        # An amendment may be what says it first.
        ([logs(MONDAY), corrects(MONDAY, pain=7)], [7]),
        ([logs(MONDAY, pain=2), logs(MONDAY, pain=7)], [7]),
        # The morning after says it as well, and once in all.
        ([logs(MONDAY, pain=1), morning(LIMIT)], []),
        ([logs(MONDAY, pain=1), morning(6)], [6]),
        ([logs(MONDAY, pain=8), morning(9)], [8]),
        # A part of a session hurts as much, and so does one that was tried only.
        ([logs(MONDAY, entered(sets=1), pain=6)], [6]),
        ([logs(MONDAY, Entered(BRIDGE, skipped="pain"), pain=6)], [6]),
        # What is told late hurt all the same.
        ([logs(MONDAY, pain=6, device_now=LATE)], [6]),
    ],
)
def test_pain_above_the_zone_is_flagged_once_for_a_date(
    told: Sequence[LogSession | AmendSession], expected: list[int]
) -> None:
    _, events = logged(DAILY, *told)

    assert flags(events) == [(MONDAY.isoformat(), pain) for pain in expected]


def test_each_date_has_a_flag_of_its_own_in_whatever_order_they_are_told() -> None:
    second = MONDAY + DAY

    _, events = logged(DAILY, logs(second, pain=7), logs(MONDAY, pain=8, device_now=LATE))

    assert flags(events) == [(second.isoformat(), 7), (MONDAY.isoformat(), 8)]


def test_a_flag_lies_in_the_commit_of_its_session_and_names_what_decided_it() -> None:
    found = program(revisions=[revised(asks(sets=2), effective=MONDAY + DAY)])

    _, events = logged(found, logs(MONDAY + DAY, pain=7, revision=2, device_now=LATE))

    (flag,) = (one for one in events if isinstance(one, PainFlagged))
    assert (flag.revision, flag.late, flag.limit) == (2, True, LIMIT)
    assert flag.rule == rules().signals.versions["pain"]
    assert [type(one).__name__ for one in events[:1]] == ["SessionLogged"]


def test_thresholds_say_where_they_come_from() -> None:
    signals = rules().signals

    assert all(signals.versions.values())
    assert all(signals.sources.values())
    unseen = [name for name, seen in signals.verified.items() if not seen]
    assert all("HEP's own choice" in signals.sources[name] for name in unseen)
