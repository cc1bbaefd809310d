"""The projection: the same documents, intents and due work in whatever order the facts come."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifications.hours import end_of, moment
from notifications.projections import MESSAGES
from notifications.rules import rules
from shared.commands import identify
from shared.envelope import Envelope
from shared.mongo import Document
from shared.send import INTENTS
from shared.views import Views
from tests.events import LONG_AGO, documents, fold, interleavings
from tests.people import ANA_ID
from tests.unit.notifications.facts import (
    MADRID,
    MOMENT,
    PROGRAM,
    days,
    decided,
    ended,
    erased,
    failed,
    issued,
    logged,
    prescribed,
    reached,
    registered,
    revised,
    sent,
    site_registered,
    updated,
)

ZONE = ZoneInfo(MADRID)
FIRST, SECOND, THIRD, *_ = WEEK = days(7)
CELEBRATION = identify("north", f"program-{PROGRAM}", "1", "celebration")
REMINDER = identify(decided(FIRST, SECOND).id, "reminder")
INVITED = identify(issued().id, "invitation")
COLLECTIONS = ("people", "programs", "months", "sites", "messages")


def due_id(day: date) -> str:
    return identify("north", PROGRAM, "remind", day.isoformat())


def due(views: Views) -> dict[str, datetime]:
    return {document["_id"]: document["due_at"] for document in views.pending["due"]}


def intents(views: Views) -> dict[str, Document]:
    return {document["_id"]: document for document in views.pending[INTENTS]}


def seen(views: Views) -> dict[str, Any]:
    """What must not depend on the order: documents whole, and what is sent and decided by id."""
    found: dict[str, Any] = {name: documents(views, name) for name in COLLECTIONS}
    return {**found, "due": due(views), "intents": intents(views)}


def message(views: Views, identity: str = CELEBRATION) -> Document:
    return documents(views, "messages")[f"north|{identity}"]


STORY = [
    site_registered(),
    registered(),
    updated("America/New_York", site="south"),
    prescribed(end=SECOND),
    revised(2, THIRD),
    revised(3, SECOND),
    ended(THIRD, sequence=4),
    logged(FIRST, sequence=1, size=3),
    reached("first_session", 1, sequence=2, index=1, size=3),
    reached("streak", 3, THIRD, sequence=3, index=2, size=3),
    logged(SECOND, sequence=4, done=False),
    decided(FIRST, SECOND, sequence=1),
    sent(REMINDER, "reminder", sequence=2),
    decided(SECOND, None, sequence=3, revision=1, reason="done"),
    failed(CELEBRATION, "celebration", "smtp_550", sequence=4),
    decided(THIRD, None, sequence=5, revision=3, reason="ended"),
    issued(),
    sent(INVITED, "invitation", sequence=6),
]


@pytest.mark.invariant(n=10)
def test_every_order_of_the_streams_gives_the_same() -> None:
    expected = seen(fold(MESSAGES, STORY))

    assert set(expected["due"]) == {due_id(day) for day in (FIRST, SECOND, THIRD)}
    assert set(expected["intents"]) == {CELEBRATION, REMINDER, INVITED}
    for order in interleavings(STORY, orders=200):
        assert seen(fold(MESSAGES, order)) == expected


def test_milestones_of_one_commit_share_one_celebration() -> None:
    views = fold(
        MESSAGES,
        [
            logged(FIRST, size=3),
            reached("first_week", 1, FIRST, sequence=2, index=1, size=3),
            reached("streak", 7, SECOND, sequence=3, index=2, size=3),
        ],
    )

    found = message(views)
    assert found["milestones"] == [
        {"kind": "first_week", "count": 1},
        {"kind": "streak", "count": 7},
    ]
    assert (found["state"], found["local_date"]) == ("planned", SECOND.isoformat())
    assert list(intents(views)) == [CELEBRATION]


def test_each_milestone_is_in_exactly_one_celebration() -> None:
    views = fold(
        MESSAGES,
        [
            logged(FIRST, size=2),
            reached("first_session", 1),
            logged(SECOND, sequence=3, size=2),
            reached("total", 10, SECOND, sequence=4),
        ],
    )

    told = [m for found in documents(views, "messages").values() for m in found["milestones"]]
    assert sorted((m["kind"], m["count"]) for m in told) == [("first_session", 1), ("total", 10)]
    assert len(intents(views)) == 2


def test_a_celebration_is_of_use_for_days_counted_from_when_it_was_recorded() -> None:
    views = fold(MESSAGES, [logged(FIRST, size=2), reached("first_session", 1)])

    (found,) = intents(views).values()
    assert found["due_at"] == MOMENT
    assert found["useful_until"] == MOMENT + rules().celebrated_within


def test_what_was_recorded_before_the_service_acts_is_shown_and_not_sent() -> None:
    events = [logged(FIRST, size=2), reached("first_session", 1)]

    views = fold(MESSAGES, events, since=MOMENT + timedelta(seconds=1))

    assert (message(views)["state"], message(views)["reason"]) == ("expired", "earlier")
    assert intents(views) == {}


def test_the_outcome_of_a_message_is_shown_with_what_it_is_about() -> None:
    facts = [logged(FIRST, size=2), reached("first_session", 1)]

    views = fold(MESSAGES, [*facts, sent(CELEBRATION, "celebration", [("first_session", 1)])])

    found = message(views)
    assert (found["state"], found["channel"], found["sent_at"]) == ("sent", "email", MOMENT)
    assert found["milestones"] == [{"kind": "first_session", "count": 1}]


@pytest.mark.parametrize("facts", [[registered(), prescribed()], [prescribed(), registered()]])
def test_the_first_reminder_waits_for_the_program_and_the_zone(facts: list[Envelope]) -> None:
    assert due(fold(MESSAGES, facts[:1])) == {}
    assert due(fold(MESSAGES, facts)) == {due_id(FIRST): moment(FIRST, rules().remind_at, ZONE)}


def test_each_program_of_a_patient_has_a_chain_of_its_own() -> None:
    views = fold(MESSAGES, [prescribed(), prescribed(program="c" * 32), registered()])

    assert len(due(views)) == 2


@pytest.mark.parametrize(
    ("since", "first"),
    [
        (datetime(2026, 9, 10, 15, 59, tzinfo=UTC), WEEK[3]),
        (datetime(2026, 9, 10, 16, 0, tzinfo=UTC), WEEK[3]),
        (datetime(2026, 9, 10, 16, 1, tzinfo=UTC), WEEK[4]),
    ],
)
def test_a_service_that_begins_later_begins_the_chain_there(since: datetime, first: date) -> None:
    views = fold(MESSAGES, [registered(), prescribed()], since=since)

    assert list(due(views)) == [due_id(first)]


def test_a_chain_interrupted_by_a_restore_goes_on_from_there() -> None:
    facts = [registered(), prescribed(), decided(FIRST, SECOND)]

    views = fold(MESSAGES, facts, since=datetime(2026, 9, 12, 7, tzinfo=UTC))

    assert list(due(views))[-1:] == [due_id(WEEK[5])]


def test_an_open_date_gives_a_reminder_that_is_of_use_while_it_lasts() -> None:
    views = fold(MESSAGES, [decided(FIRST, SECOND)])

    assert message(views, REMINDER)["kind"] == "reminder"
    assert intents(views)[REMINDER]["useful_until"] == end_of(FIRST, ZONE)
    assert due(views) == {due_id(SECOND): moment(SECOND, rules().remind_at, ZONE)}


def test_a_date_that_is_not_open_gives_none_and_the_chain_goes_on() -> None:
    views = fold(MESSAGES, [decided(FIRST, SECOND, reason="done")])

    assert documents(views, "messages") == {}
    assert list(due(views)) == [due_id(SECOND)]


def test_an_ended_chain_stays_ended_by_itself() -> None:
    views = fold(MESSAGES, [registered(), prescribed(end=FIRST), decided(FIRST, None)])

    assert list(due(views)) == [due_id(FIRST)]


@pytest.mark.parametrize("end", [THIRD, None])
def test_a_revision_with_later_dates_takes_up_an_ended_chain(end: date | None) -> None:
    facts = [registered(), prescribed(end=FIRST), decided(FIRST, None), revised(2, end)]

    assert list(due(fold(MESSAGES, facts)))[-1:] == [due_id(SECOND)]


@pytest.mark.parametrize("end", [FIRST, FIRST - timedelta(days=1)])
def test_a_revision_without_later_dates_does_not(end: date) -> None:
    facts = [registered(), prescribed(end=FIRST), decided(FIRST, None), revised(2, end)]

    assert list(due(fold(MESSAGES, facts))) == [due_id(FIRST)]


def test_a_chain_that_ended_knowing_the_revision_is_not_taken_up() -> None:
    facts = [registered(), prescribed(end=FIRST), revised(2, THIRD)]

    views = fold(MESSAGES, [*facts, decided(FIRST, None, revision=2, reason="erased")])

    assert list(due(views)) == [due_id(FIRST)]


def test_the_newest_message_comes_first_in_the_order_of_pages() -> None:
    later = MOMENT + timedelta(milliseconds=1)
    views = fold(
        MESSAGES,
        [
            logged(FIRST, size=2),
            reached("first_session", 1),
            logged(SECOND, sequence=3, size=2, moment=later),
            reached("streak", 3, SECOND, sequence=4, moment=later),
        ],
    )

    newest = sorted(documents(views, "messages").values(), key=lambda found: found["order"])
    assert [found["milestones"][0]["kind"] for found in newest] == ["streak", "first_session"]


def test_documents_hold_ids_and_facts_and_nobodys_words() -> None:
    views = fold(MESSAGES, [registered(), erased(), prescribed(), logged(FIRST)])

    assert documents(views, "people")[f"north|{ANA_ID}"] == {
        "_id": f"north|{ANA_ID}",
        "tenant": "north",
        "patient": ANA_ID,
        "zone": MADRID,
        "language": "en",
        "site": "5" * 32,
        "erased": True,
        "programs": {PROGRAM: FIRST.isoformat()},
    }


def test_a_correction_is_what_counts_of_a_date() -> None:
    facts: Sequence[Envelope] = [logged(FIRST), logged(FIRST, sequence=2, done=False)]

    (month,) = documents(fold(MESSAGES, facts), "months").values()

    assert month["days"] == {FIRST.isoformat(): False}


def test_months_stay_bounded() -> None:
    views = fold(
        MESSAGES,
        [logged(day, sequence=number) for number, day in enumerate(days(100), 1)],
        since=LONG_AGO,
    )

    months = documents(views, "months")
    assert [len(month["days"]) for month in months.values()] == [24, 31, 30, 15]
