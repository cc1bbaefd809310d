"""Who needs a therapist: what opens a task, what closes it, and why, in any order of events."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import prescription
from prescription.events import ProgramRevised
from prescription.labels import CODES
from prescription.program import ProgramImpossible
from prescription.task import board, proposal
from prescription.task.board import Board, NothingToDo, Standing, TaskNotOpen
from prescription.task.commands import AcceptProposal, CloseTask, DeclineProposal, OpenTask, Value
from prescription.task.events import (
    Offer,
    ProposalAccepted,
    ProposalDeclined,
    TaskClosed,
    TaskOpened,
)
from prescription.task.policies import CLOSE, OPEN, REVIEW
from prescription.task.projections import TASKS
from prescription.task.rules import kinds
from prescription.task.telling import english
from shared.due import DUE
from shared.envelope import Envelope
from shared.language import catalogue
from shared.views import Views
from tests.events import NOON, documents, event, fold, interleavings
from tests.unit.prescription.asked import DESK, DOSE, keep, pointers, prescribed
from tests.unit.prescription.test_lists import ANA, ended
from tests.unit.prescription.test_lists import prescribed as asked_for

RAISED = datetime(2026, 9, 20, 18, tzinfo=UTC)
PAIN = OpenTask("t1", "ana", "p", "pain", RAISED, day=date(2026, 9, 20), number=7, of=5)
OFFER = Offer("sit", "repetitions", 10, 12)
MORE = replace(PAIN, task="t2", kind="progress", proposal="x", offers=(OFFER,))
WELL = Standing(True, {}, frozenset(), None, frozenset())


def opened(*commands: OpenTask, standing: Standing = WELL) -> Board:
    found = Board()
    for command in commands:
        for told in board.open_task(found, command, standing):
            found = board.evolve(found, told)
    return found


def test_a_task_says_what_it_is_about() -> None:
    (task,) = board.open_task(Board(), PAIN, WELL)

    assert isinstance(task, TaskOpened)
    assert (task.kind, task.number, task.of, task.raised) == ("pain", 7, 5, RAISED)


@pytest.mark.parametrize(
    "standing",
    [
        replace(WELL, here=False),
        replace(WELL, now=frozenset({"paused"})),
        replace(WELL, now=frozenset({"ended"})),
        replace(WELL, facts={"reviewed": RAISED}),
        replace(WELL, facts={"revised": RAISED + timedelta(hours=1)}),
    ],
)
def test_what_was_looked_at_since_opens_nothing(standing: Standing) -> None:
    with pytest.raises(NothingToDo):
        board.open_task(Board(), PAIN, standing)


def test_what_was_looked_at_before_opens_a_task_all_the_same() -> None:
    before = {"reviewed": RAISED - timedelta(seconds=1), "logged": RAISED + timedelta(days=1)}

    assert board.open_task(Board(), PAIN, replace(WELL, facts=before))


def test_one_task_of_a_kind_is_open_for_a_program() -> None:
    again = replace(PAIN, task="t3", raised=RAISED + timedelta(days=1))

    with pytest.raises(NothingToDo):
        board.open_task(opened(PAIN), again, WELL)
    assert board.open_task(opened(PAIN), replace(again, program="q"), WELL)
    assert board.open_task(opened(PAIN), replace(again, kind="too_hard"), WELL)


def test_a_review_is_asked_for_only_where_it_is_still_the_one() -> None:
    review = replace(PAIN, kind="review")

    with pytest.raises(NothingToDo):
        board.open_task(Board(), review, replace(WELL, review=date(2026, 10, 4)))
    assert board.open_task(Board(), review, replace(WELL, review=review.day))


def test_an_answered_proposal_opens_nothing_and_a_newer_one_takes_an_older_ones_place() -> None:
    newer = replace(MORE, task="t3", proposal="y")

    with pytest.raises(NothingToDo):
        board.open_task(Board(), MORE, replace(WELL, answered=frozenset({"x"})))
    closed, task = board.open_task(opened(MORE), newer, WELL)
    assert closed == TaskClosed("t2", "ana", "p", "progress", "newer", None)
    assert isinstance(task, TaskOpened)


def test_a_proposal_about_another_exercise_stands_beside() -> None:
    other = replace(MORE, task="t3", proposal="y", offers=(replace(OFFER, exercise="bridge"),))

    assert set(opened(MORE, other).open) == {"t2", "t3"}


def test_a_task_is_closed_once_with_a_word() -> None:
    command = CloseTask("t1", "ana", "by_hand", "I called. 📞")

    (closed,) = board.close_task(opened(PAIN), command, keep)

    assert closed == TaskClosed("t1", "ana", "p", "pain", "by_hand", "id of I called. 📞")
    with pytest.raises(TaskNotOpen):
        board.close_task(board.evolve(opened(PAIN), closed), command, keep)


ACCEPT = AcceptProposal("p", 1, "x", ())


def task(command: OpenTask = MORE) -> TaskOpened:
    (found,) = opened(command).open.values()
    return found


def test_a_proposal_is_taken_over_as_it_is_in_one_revision() -> None:
    revised, answer = proposal.accept(prescribed(), task(), ACCEPT, DESK)

    assert isinstance(revised, ProgramRevised)
    assert revised.exercises[0].dose == replace(DOSE, repetitions=12)
    assert revised.reason == "progressed"
    assert answer == ProposalAccepted("p", "ana", "x", 2, edited=False)


def test_a_proposal_is_taken_over_with_another_number() -> None:
    command = replace(ACCEPT, values=(Value("sit", 11.0),))

    revised, answer = proposal.accept(prescribed(), task(), command, DESK)

    assert isinstance(revised, ProgramRevised)
    assert isinstance(answer, ProposalAccepted)
    assert (revised.exercises[0].dose.repetitions, answer.edited) == (11, True)


@pytest.mark.parametrize(
    ("values", "offer", "pointer"),
    [
        ((Value("sit", 11.5),), OFFER, "/exercises/sit/repetitions"),
        ((Value("sit", 0.0),), OFFER, "/exercises/sit/repetitions"),
        ((Value("sit", 1e300),), OFFER, "/exercises/sit/repetitions"),
        ((Value("bridge", 11.0),), OFFER, "/values/0/exercise"),
        ((), replace(OFFER, exercise="bridge"), "/proposal"),
    ],
)
def test_a_proposal_that_cannot_be_taken_over_is_told_by_field(
    values: tuple[Value, ...], offer: Offer, pointer: str
) -> None:
    found = task(replace(MORE, offers=(offer,)))

    with pytest.raises(ProgramImpossible) as refused:
        proposal.accept(prescribed(), found, replace(ACCEPT, values=values), DESK)

    assert pointers(refused) == [pointer]


def test_a_declined_proposal_changes_nothing_else() -> None:
    (told,) = proposal.decline(prescribed(), DeclineProposal("p", "x", "Too soon."), keep)

    assert told == ProposalDeclined("p", "ana", "x", "id of Too soon.")


STREAM = "program-first"
OWN: dict[str, Any] = {"program": "first", "patient": "ana"}
NOTICED: dict[str, Any] = {**OWN, "local_date": "2026-09-20", "revision": 1, "rule": "2026-12"}
OFFERED: dict[str, Any] = {"exercise": "e1", "measure": "repetitions", "before": 10, "after": 12}
LATER = NOON + timedelta(days=1)


def flagged(sequence: int = 1, moment: datetime = NOON) -> Envelope:
    told = {"session": "2026-09-20", "late": False, "pain": 7, "limit": 5}
    return event("adherence.pain.flagged", STREAM, NOTICED | told, sequence=sequence, moment=moment)


def proposed(sequence: int = 2) -> Envelope:
    told = {"proposal": "x", "move": "progress", "reason": "two_for_two", "sessions": []}
    offers = {"exercises": [OFFERED | {"dose": {}}], "pain": 0, "effort": 3}
    return event("adherence.dose.proposed", STREAM, NOTICED | told | offers, sequence=sequence)


def session(sequence: int, day: str, moment: datetime = NOON, pain: int = 2) -> Envelope:
    prescription = {"sets": 3, "repetitions": 10, "hold_seconds": None, "minutes": None}
    done = {"sets": 3, "repetitions": 10, "hold_seconds": None, "minutes": None, "load_kg": None}
    entry = {"exercise": "e1", "prescribed": prescription | {"times_per_day": 1}, "done": done}
    told = {"session": day, "local_date": day, "revision": 1, "due": True, "late": False}
    told |= {"occurred": NOON.isoformat(), "completion": 1, "partial": False, "pain": pain}
    told |= {"entries": [entry | {"skipped": None, "difficulty": None}], "note": None}
    told |= {"effort": 4, "difficulty": None, "mode": "as_prescribed", "evidence": "tap"}
    return event("adherence.session.logged", STREAM, OWN | told, sequence=sequence, moment=moment)


def task_opened(identity: str, kind: str, sequence: int, **more: Any) -> Envelope:
    told = {"task": identity, "kind": kind, "raised": NOON.isoformat(), "day": "2026-09-20"}
    told |= {"number": 7, "of": 5, "proposal": None, "offers": []}
    return event("prescription.task.opened", "tasks-ana", OWN | told | more, sequence=sequence)


def task_closed(identity: str, sequence: int) -> Envelope:
    told = {"task": identity, "kind": "pain", "reason": "by_hand", "word": None}
    return event("prescription.task.closed", "tasks-ana", OWN | told, sequence=sequence)


def answered(outcome: str, sequence: int) -> Envelope:
    more = {"accepted": {"revision": 2, "edited": False}, "declined": {"word": None}}[outcome]
    data = OWN | {"proposal": "x"} | more
    return event(f"prescription.proposal.{outcome}", STREAM, data, sequence=sequence)


def reviewed(sequence: int, moment: datetime = LATER) -> Envelope:
    data = OWN | {"local_date": "2026-09-21", "review": "2026-10-05"}
    name = "prescription.program.reviewed"
    return event(name, STREAM, data, sequence=sequence, moment=moment)


REGISTERED = event("prescription.patient.registered", "patient-ana", ANA)
STORY = [
    REGISTERED,
    asked_for("first", "2026-09-07"),
    session(3, "2026-09-08"),
    session(4, "2026-09-09", LATER),
    flagged(5),
    proposed(6),
    task_opened("t1", "pain", 1),
    task_opened("t2", "progress", 2, proposal="x", offers=[OFFERED]),
    task_opened("t3", "lapsed", 3),
    task_opened("t4", "too_hard", 4),
    task_closed("t4", 5),
    answered("declined", 2),
    reviewed(3),
    ended("first", 4),
]


@pytest.mark.invariant(n=10)
def test_the_queue_does_not_depend_on_the_order_of_streams() -> None:
    first, *others = (fold(TASKS, found) for found in interleavings(STORY))

    for views in others:
        assert documents(views, "desks") == documents(first, "desks")
        assert asks(views) == asks(first)


def asks(views: Views) -> set[str]:
    """Return the due work that opens tasks and closes them."""
    return {one["_id"] for one in views.pending[DUE]}


def desk(*events: Envelope) -> Any:
    return documents(fold(TASKS, [*STORY[:2], *events]), "desks")["north|ana"]


def test_the_most_urgent_of_what_is_open_places_a_patient() -> None:
    found = desk(task_opened("t3", "lapsed", 1), task_opened("t1", "pain", 2))

    assert found["waiting"]
    assert found["order"] == f"00|{NOON.isoformat()}|ana"


@pytest.mark.parametrize("kind", list(kinds()))
def test_a_task_waits_until_one_of_its_facts_is_recorded(kind: str) -> None:
    waits = task_opened("t1", kind, 1, proposal="x" if kind == "progress" else None)
    early = reviewed(2, NOON - timedelta(hours=1))

    assert desk(waits, early)["waiting"]
    closed = desk(waits, reviewed(2))["waiting"]
    assert closed is ("reviewed" not in kinds()[kind].closed)
    assert not desk(waits, ended("first", 2))["waiting"]


def test_a_session_settles_what_was_about_none_and_nothing_else() -> None:
    lapsed, hurts = task_opened("t1", "lapsed", 1), task_opened("t2", "pain", 2)
    found = fold(TASKS, [*STORY[:2], session(3, "2026-09-09", LATER), lapsed, hurts])

    closes = {one["_id"]: one["data"] for one in found.pending[DUE] if one["kind"] == CLOSE}
    assert [*closes.values()] == [{"task": "t1", "patient": "ana", "reason": "logged"}]


def test_what_adherence_notices_has_a_task_opened() -> None:
    found = fold(TASKS, STORY).pending[DUE]

    opens = [one["data"] for one in found if one["kind"] == OPEN]
    raised = NOON.isoformat()
    assert opens[0] == OWN | {"kind": "pain", "day": "2026-09-20", "number": 7, "of": 5} | {
        "raised": raised
    }
    assert (opens[1]["kind"], opens[1]["proposal"]) == ("progress", "x")
    assert opens[1]["offers"] == [OFFERED]


def test_what_was_recorded_before_the_policy_began_opens_nothing_that_is_not_due_any_more() -> None:
    since = NOON + timedelta(days=3)

    found = [one["kind"] for one in fold(TASKS, STORY, since).pending[DUE]]

    assert set(found) == {REVIEW}


def test_a_review_falls_due_when_its_date_is_over_everywhere() -> None:
    found = [one for one in fold(TASKS, STORY).pending[DUE] if one["kind"] == REVIEW]

    assert [one["due_at"] for one in found] == [
        datetime(2026, 9, 22, 12, tzinfo=UTC),
        datetime(2026, 10, 6, 12, tzinfo=UTC),
    ]


def test_a_review_on_the_last_date_that_there_is_breaks_nothing() -> None:
    last = event("prescription.program.reviewed", STREAM, OWN | LAST, sequence=2)

    found = fold(TASKS, [*STORY[:2], last]).pending[DUE]

    assert found[-1]["due_at"] == datetime(9999, 12, 31, 12, tzinfo=UTC)


LAST = {"local_date": "2026-09-21", "review": "9999-12-31"}


def test_nobody_who_was_erased_waits() -> None:
    erased = event("prescription.patient.erased", "patient-ana", {"patient": "ana"}, sequence=2)

    assert not desk(task_opened("t1", "pain", 1), erased)["waiting"]


def test_the_latest_sessions_are_kept_to_be_talked_about() -> None:
    days = [f"2026-09-{number:02d}" for number in range(1, 21)]
    told = [session(number + 1, day, pain=number % 5) for number, day in enumerate(days)]

    log = desk(*told)["programs"]["first"]["log"]

    assert sorted(log) == days[-14:]
    assert log["2026-09-20"]["pain"] == 4


def test_each_kind_has_a_reason_in_one_sentence_in_both_languages() -> None:
    spanish = catalogue("es", Path(prescription.__file__).parent / "words")
    about = {"day": "2026-09-20", "number": 7, "of": 5, "offers": [OFFERED]}

    for kind in kinds().values():
        says = english({"kind": kind.kind, **about}, {"e1": "Sit to stand"})
        assert "%(" not in says
        assert says[-1] in ".?"
        assert kind.reason in spanish
    assert english({"kind": "pain", **about}, {}) == (
        "Pain of 7 of 10 on 2026-09-20: the program allows 5."
    )


def test_the_kinds_have_an_order_and_a_source() -> None:
    assert [kind.rank for kind in kinds().values()] == list(range(len(kinds())))
    assert next(iter(kinds())) == "pain"
    assert set(proposal.REASONS.values()) <= CODES.keys()
