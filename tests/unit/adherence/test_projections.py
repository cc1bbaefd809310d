"""What is kept of programs, people and sessions, whatever order their streams come in."""

import pytest

from adherence.policies import REACH_PHASE
from adherence.projections import PROGRAMS
from adherence.published import PUBLISHED
from adherence.rules import rules
from adherence.signals.policies import SETTLE, WATCH
from shared.due import DUE
from shared.envelope import Envelope
from shared.mongo import Document
from shared.views import Views
from tests.events import NOON, documents, event, fold, interleavings
from tests.people import ANA_ID
from tests.unit.adherence.facts import (
    BRIDGE,
    DAY,
    GUIDE,
    MONDAY,
    PROGRAM,
    asks,
    corrects,
    ended,
    erased,
    logged,
    logs,
    paused,
    prescribed,
    program,
    published,
    registered,
    resumed,
    revised,
    settled,
    updated,
)

COLLECTIONS = ("patients", "exercises", "programs", "sessions", "milestones")
STREAM = f"program-{PROGRAM}"
ID = f"north|{PROGRAM}"


def told() -> list[Envelope]:
    """What this service published of three sessions, the last of which was corrected."""
    days = [MONDAY + DAY * number for number in range(3)]
    _, events = logged(program(), *(logs(day, pain=2) for day in days), corrects(days[2], pain=0))
    found = []
    for number, one in enumerate(events, 1):
        publication = PUBLISHED[type(one)]
        name = f"adherence.{publication.name}"
        found.append(event(name, STREAM, publication.dump(one), sequence=number))
    return found


def invited() -> Envelope:
    data = {
        "invitation": "d" * 32,
        "patient": ANA_ID,
        "supporter": None,
        "way": "link",
        "expires": "2026-09-14T12:00:00+00:00",
    }
    return event("adherence.invitation.issued", f"invitation-{ANA_ID}", data)


def decided(events: list[Envelope], kind: str) -> list[Document]:
    """Return what these events give to decide, of one kind."""
    return [one for one in fold(PROGRAMS, events).pending[DUE] if one["kind"] == kind]


FACTS = [
    registered(),
    updated("south"),
    published(),
    prescribed(asks(BRIDGE)),
    revised(asks(BRIDGE, sets=4), effective=MONDAY + DAY, reason="phase_completed"),
    paused(MONDAY + DAY * 7, sequence=3),
    resumed(MONDAY + DAY * 14, sequence=4),
    ended(MONDAY + DAY * 20, sequence=5),
    *told(),
]


def pending(views: Views) -> dict[str, list[Document]]:
    """Return what is due and to be sent, in no order."""
    return {
        name: sorted(found, key=lambda one: (str(one["_id"]), one["causation"]))
        for name, found in views.pending.items()
    }


@pytest.mark.invariant(n=10)
def test_every_order_of_the_streams_gives_the_same() -> None:
    first, *others = (fold(PROGRAMS, found) for found in interleavings([*FACTS, invited()]))

    for views in others:
        for name in COLLECTIONS:
            assert documents(views, name) == documents(first, name)
        assert pending(views) == pending(first)
    assert all(documents(first, name) for name in COLLECTIONS)


def test_a_program_is_kept_with_all_its_revisions_and_its_end() -> None:
    found = documents(fold(PROGRAMS, FACTS), "programs")[ID]

    assert [one["revision"] for one in found["revisions"]] == [1, 2]
    assert (found["end"], found["ended"]) == (None, "2026-09-27")


def test_an_exercise_is_kept_in_the_languages_that_it_is_said_in() -> None:
    (kept,) = documents(fold(PROGRAMS, [published(guide=GUIDE)]), "exercises").values()
    (bare,) = documents(fold(PROGRAMS, [published()]), "exercises").values()

    assert kept["wordings"] == [
        {
            "language": "es",
            "machine": True,
            "plain_name": "Levantar la cadera",
            "steps": ["Túmbese boca arriba."],
            "stop_if": ["Le duele mucho."],
        }
    ]
    assert bare["wordings"] == []


def test_a_pause_is_kept_with_its_dates() -> None:
    found = documents(fold(PROGRAMS, FACTS), "programs")[ID]

    assert found["pauses"] == [{"first": "2026-09-14", "until": "2026-09-21"}]


def test_a_session_is_kept_as_it_was_told_last() -> None:
    found = documents(fold(PROGRAMS, FACTS), "sessions")

    assert [one["pain"] for one in found.values()] == [2, 2, 0]


def test_milestones_are_kept_in_the_order_in_which_they_were_reached() -> None:
    items = documents(fold(PROGRAMS, FACTS), "milestones")[ID]["items"]

    assert [(one["kind"], one["count"]) for one in items] == [("first_session", 1), ("streak", 3)]
    assert items[0]["reached"] == NOON.isoformat()


def test_a_completed_phase_is_decided_upon_once_and_names_the_phase_before() -> None:
    (due,) = decided(FACTS, REACH_PHASE)

    assert (due["data"]["phase"], due["stream"]) == (1, STREAM)
    assert due["_id"] == decided(FACTS, REACH_PHASE)[0]["_id"]


def test_another_revision_decides_nothing() -> None:
    assert decided([prescribed(), revised()], REACH_PHASE) == []


def test_what_was_recorded_before_the_service_acts_decides_nothing() -> None:
    assert fold(PROGRAMS, FACTS, since=NOON + DAY * 60).pending[DUE] == []


def test_a_program_is_looked_at_some_days_after_its_start_and_after_each_session() -> None:
    noon = [NOON + DAY * ahead for ahead in rules().signals.watch.after_days]

    start = decided([prescribed()], WATCH)
    sessions = decided(FACTS, WATCH)

    assert [one["due_at"] for one in start] == noon
    assert all(one["stream"] == STREAM for one in sessions)
    # Each date is looked at once, whatever asks for it.
    dates = {one["_id"]: one["due_at"] for one in sessions}
    assert len(set(dates.values())) == len(dates) < len(sessions)


@pytest.mark.parametrize(("ahead", "first"), [(5, 5), (0, 0), (-4, 0), (-400, 0)])
def test_what_comes_late_is_looked_at_from_when_it_came(ahead: int, first: int) -> None:
    start = MONDAY + DAY * ahead

    found = decided([prescribed(start=start, effective=start)], WATCH)

    days = [first + after for after in rules().signals.watch.after_days]
    assert [one["due_at"] for one in found] == [NOON + DAY * number for number in days]


@pytest.mark.parametrize("outcome", ["accepted", "declined"])
def test_the_therapists_word_on_a_proposal_is_decided_upon(outcome: str) -> None:
    (due,) = decided([settled(outcome)], SETTLE)

    assert due["data"] == {"program": PROGRAM, "proposal": "f" * 32, "outcome": outcome}
    assert due["stream"] == STREAM


def test_who_moved_is_reached_from_the_new_site() -> None:
    found = documents(fold(PROGRAMS, FACTS), "patients")[f"north|{ANA_ID}"]

    assert (found["site"], found["erased"]) == ("south", False)


def test_an_erased_patient_is_remembered() -> None:
    views = fold(PROGRAMS, [registered(), erased()])

    assert documents(views, "patients")[f"north|{ANA_ID}"]["erased"]
