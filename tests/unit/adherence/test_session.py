"""What may be logged, what a second log of a date adds, what an amendment changes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from adherence.commands import ANSWERS, Entered
from adherence.diary import Diary
from adherence.entry import Unfitting
from adherence.events import Done, SessionAmended, SessionLogged
from adherence.session import Ended, NotStarted, amend, log
from shared.errors import NotFound, NotYet, Refusal
from tests.unit.adherence.facts import (
    ANA_ID,
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    PROGRAM,
    WALK,
    asks,
    corrects,
    desk,
    done,
    entered,
    evening,
    logged,
    logs,
    milestones,
    program,
    revised,
    session_of,
)


def refused(kind: type[Refusal], *args: object) -> list[str]:
    with pytest.raises(kind) as refusal:
        log(*args)  # type: ignore[arg-type]
    return [fault.pointer for fault in refusal.value.faults]


def test_a_log_is_a_session_beside_what_was_prescribed() -> None:
    _, events = logged(program(), logs(MONDAY, pain=0))

    session = events[0]
    assert isinstance(session, SessionLogged)
    assert (session.program, session.patient, session.session) == (PROGRAM, ANA_ID, "2026-09-07")
    assert (session.revision, session.due, session.late) == (1, True, False)
    assert (session.completion, session.partial) == (1.0, False)
    assert (session.pain, session.effort, session.note) == (0, None, None)
    assert session.entries[0].prescribed.repetitions == 10


def test_less_than_asked_for_is_a_partial_session() -> None:
    diary, _ = logged(program(), logs(MONDAY, entered(sets=2)))

    assert (session_of(diary).completion, session_of(diary).partial) == (0.6667, True)


def test_an_exercise_left_out_is_told_with_its_reason_and_counts_as_nothing_done() -> None:
    diary, events = logged(program(), logs(MONDAY, Entered(BRIDGE, skipped="pain")))

    assert session_of(diary).completion == 0
    assert session_of(diary).entries[0].skipped == "pain"
    assert diary.done_on() == {}
    assert milestones(events) == []


def test_a_day_off_may_have_a_session_that_was_not_due() -> None:
    off = program(asks(weekdays=[2]))

    diary, _ = logged(off, logs(MONDAY))

    assert (session_of(diary).due, session_of(diary).completion) == (False, 1.0)


def test_a_second_log_of_a_date_adds_to_its_session() -> None:
    diary, events = logged(
        program(asks(), asks(WALK, minutes=20)),
        logs(MONDAY, entered(), pain=2, effort=5, note="n"),
        logs(MONDAY, Entered(WALK, Done(minutes=20.0)), pain=4, effort=None),
    )

    amended = events[-1]
    assert isinstance(amended, SessionAmended)
    assert amended.reason == "added"
    assert len(diary.sessions) == 1
    assert [entry.exercise for entry in amended.entries] == [BRIDGE, WALK]
    assert (amended.completion, amended.pain, amended.effort) == (1.0, 4, 5)


def test_two_goes_of_a_day_add_up_to_its_dose() -> None:
    twice = program(asks(times_per_day=2))

    diary, _ = logged(twice, logs(MONDAY), logs(MONDAY))

    assert session_of(diary).entries[0].done == Done(6, 10)
    assert session_of(diary).completion == 1


def test_a_go_after_one_that_was_left_out_was_done() -> None:
    diary, _ = logged(program(), logs(MONDAY, Entered(BRIDGE, skipped="tired")), logs(MONDAY))

    assert (session_of(diary).entries[0].skipped, session_of(diary).completion) == (None, 1)


def test_adding_keeps_whether_the_session_was_told_late() -> None:
    diary, _ = logged(
        program(),
        logs(MONDAY, device_now=evening(MONDAY + 3 * DAY)),
        logs(MONDAY, device_now=evening(MONDAY + 3 * DAY)),
    )

    assert session_of(diary).late


def test_the_note_of_an_added_go_stands_and_without_one_the_earlier_stands() -> None:
    desk_ = desk(program())
    first = log(Diary(), logs(MONDAY), desk_, "n1")
    diary = Diary({MONDAY: first[0]})  # type: ignore[dict-item]

    assert log(diary, logs(MONDAY), desk_, None)[0].note == "n1"  # type: ignore[union-attr]
    assert log(diary, logs(MONDAY), desk_, "n2")[0].note == "n2"  # type: ignore[union-attr]


def test_a_correction_replaces_what_it_names_and_lets_the_rest_stand() -> None:
    both = program(asks(), asks(WALK, minutes=20))
    first = logs(MONDAY, entered(), Entered(WALK, Done(minutes=20.0)), pain=6)

    diary, events = logged(both, first, corrects(MONDAY, entered(sets=1), kept=ANSWERS))

    session = session_of(diary)
    assert isinstance(events[-1], SessionAmended)
    assert [entry.done for entry in session.entries] == [Done(1, 10), Done(minutes=20.0)]
    assert (session.completion, session.pain) == (0.6667, 6)


def test_a_correction_may_take_an_answer_back() -> None:
    diary, _ = logged(program(), logs(MONDAY, pain=6, effort=5), corrects(MONDAY, effort=2))

    assert (session_of(diary).pain, session_of(diary).effort) == (None, 2)


def test_answers_alone_change_nothing_of_what_was_done() -> None:
    diary, _ = logged(program(), logs(MONDAY), corrects(MONDAY, pain=3, mode="edited"))

    before, _ = logged(program(), logs(MONDAY))
    assert session_of(diary).pain == 3
    assert replace(session_of(diary), pain=None) == SessionAmended(
        **{name: getattr(session_of(before), name) for name in SessionLogged.__dataclass_fields__},
        reason="correction",
    )


def test_a_correction_may_lower_a_session_to_nothing_without_revoking_what_was_reached() -> None:
    nothing = corrects(MONDAY, Entered(BRIDGE, skipped="pain"))

    diary, events = logged(program(), logs(MONDAY), nothing, logs(MONDAY))

    assert diary.milestones == {("first_session", 1)}
    assert milestones(events) == [("first_session", 1)]


def test_an_amendment_needs_its_session() -> None:
    with pytest.raises(NotFound):
        amend(Diary(), corrects(MONDAY), desk(program()))


def test_an_amendment_is_about_the_date_of_its_session() -> None:
    diary, _ = logged(program(), logs(MONDAY))
    later = corrects(MONDAY, occurred=evening(MONDAY + DAY), device_now=evening(MONDAY + DAY))

    with pytest.raises(Unfitting) as refusal:
        amend(diary, later, desk(program(), evening(MONDAY + DAY)))

    assert [fault.pointer for fault in refusal.value.faults] == ["/occurred"]


def test_an_exercise_of_another_program_is_refused() -> None:
    assert refused(Unfitting, Diary(), logs(MONDAY, entered(CALF)), desk(program())) == [
        "/entries/0/exercise"
    ]


def test_an_exercise_that_stands_twice_is_refused() -> None:
    twice = logs(MONDAY, entered(), entered())

    assert refused(Unfitting, Diary(), twice, desk(program())) == ["/entries/1/exercise"]


def test_an_amount_that_nobody_can_know_is_refused() -> None:
    nothing = logs(MONDAY, Entered(BRIDGE, Done(load_kg=2.0)))

    assert refused(Unfitting, Diary(), nothing, desk(program())) == ["/entries/0/done/repetitions"]


def test_a_session_without_exercises_is_refused() -> None:
    nothing = logs(MONDAY, entries=())

    assert refused(Unfitting, Diary(), nothing, desk(program())) == ["/entries"]


def test_an_exercise_that_an_earlier_revision_had_is_taken() -> None:
    eased = program(asks(), revisions=[revised(asks(WALK, minutes=20), effective=MONDAY)])

    diary, _ = logged(eased, logs(MONDAY, entered()))

    assert session_of(diary).entries[0].exercise == BRIDGE


def test_a_revision_that_has_not_come_yet_is_asked_for_again() -> None:
    assert refused(NotYet, Diary(), logs(MONDAY, revision=2), desk(program())) == ["/revision"]


def test_a_session_is_measured_by_the_revision_in_force_on_its_date() -> None:
    harder = revised(asks(sets=4), effective=MONDAY + DAY)
    found = program(revisions=[harder])

    diary, _ = done(found, MONDAY, MONDAY + DAY)

    assert (session_of(diary).revision, session_of(diary).completion) == (1, 1)
    tuesday = session_of(diary, MONDAY + DAY)
    assert (tuesday.revision, tuesday.completion) == (2, 0.75)


def test_a_device_that_shows_an_older_revision_is_taken_by_the_one_in_force() -> None:
    found = program(revisions=[revised(asks(sets=4), effective=MONDAY)])

    diary, _ = logged(found, logs(MONDAY, revision=1))

    assert (session_of(diary).revision, session_of(diary).completion) == (2, 0.75)


def test_a_session_before_the_program_is_refused() -> None:
    early = logs(MONDAY - DAY, device_now=evening(MONDAY))

    assert refused(NotStarted, Diary(), early, desk(program(), evening(MONDAY))) == ["/local_date"]


@pytest.mark.parametrize("ends", [{"end": MONDAY}, {"ended": MONDAY}])
def test_a_session_after_the_programs_end_is_refused_and_one_on_its_last_date_is_not(
    ends: dict[str, object],
) -> None:
    found = program(**ends)  # type: ignore[arg-type]
    late = desk(found, evening(MONDAY + 2 * DAY))
    after = logs(MONDAY + DAY, device_now=evening(MONDAY + 2 * DAY))
    last = logs(MONDAY, device_now=evening(MONDAY + 2 * DAY))

    assert refused(Ended, Diary(), after, late) == ["/local_date"]
    assert log(Diary(), last, late)


def test_a_wrong_clock_moves_the_date_before_the_programs_end_is_judged() -> None:
    behind = timedelta(days=1)
    told = logs(MONDAY, occurred=evening(MONDAY), device_now=evening(MONDAY))

    assert refused(Ended, Diary(), told, desk(program(end=MONDAY), evening(MONDAY) + behind)) == [
        "/local_date"
    ]
