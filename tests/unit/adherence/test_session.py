"""What may be told of a date, and what a second telling makes of the first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from adherence.commands import ANSWERS, AmendSession, Entered, LogSession
from adherence.entry import AlreadyTold, Unfitting
from adherence.events import Done, SessionAmended, SessionLogged
from adherence.session import Ended, NotStarted
from shared.errors import NotFound, NotYet, Refusal
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    PROGRAM,
    WALK,
    asks,
    corrects,
    done,
    entered,
    evening,
    logged,
    logs,
    program,
    revised,
    session_of,
    tells,
)

DAILY = program()
TWO = program(asks(BRIDGE), asks(CALF))


def adds(day: date, *entries: Entered, **more: object) -> AmendSession:
    told = tells(day, **{"entries": entries} | more)
    return AmendSession(PROGRAM, day.isoformat(), "added", told)


def refusal(found: object, *commands: LogSession | AmendSession) -> Refusal:
    with pytest.raises(Refusal) as refused:
        logged(found, *commands)  # type: ignore[arg-type]
    return refused.value


def pointers(refused: Refusal) -> list[str]:
    return [fault.pointer for fault in refused.faults]


def test_a_session_holds_what_was_done_beside_what_was_prescribed() -> None:
    _, (event, _) = logged(DAILY, logs(MONDAY, entered(sets=2), pain=0))

    assert type(event) is SessionLogged
    assert event.session == event.local_date.isoformat() == MONDAY.isoformat()
    assert (event.entries[0].prescribed.sets, event.entries[0].done) == (3, Done(2, 10))
    assert (event.pain, event.effort) == (0, None)
    assert (event.revision, event.due, event.late) == (1, True, False)


def test_several_logs_of_a_date_are_one_session_that_adds_up() -> None:
    diary, events = logged(
        program(asks(times_per_day=2)), logs(MONDAY), logs(MONDAY, mode="edited")
    )

    assert len(diary.sessions) == 1
    assert [type(event) for event in events if hasattr(event, "entries")] == [
        SessionLogged,
        SessionAmended,
    ]
    assert session_of(diary).entries[0].done == Done(6, 10)
    assert (session_of(diary).completion, session_of(diary).mode) == (1.0, "edited")


def test_of_two_answers_the_higher_stands_and_silence_says_nothing() -> None:
    diary, _ = logged(
        DAILY,
        logs(MONDAY, pain=4, effort=2, note="n1"),
        logs(MONDAY, pain=2, effort=None, difficulty=0),
    )

    found = session_of(diary)
    assert (found.pain, found.effort, found.difficulty) == (4, 2, 0)


def test_sets_of_different_lengths_add_up_to_one_sum() -> None:
    diary, _ = logged(DAILY, logs(MONDAY, entered(sets=1)), logs(MONDAY, entered(repetitions=5)))

    assert session_of(diary).entries[0].done == Done(None, 10 + 15)
    assert session_of(diary).completion == pytest.approx(25 / 30, abs=1e-4)


def test_what_was_left_out_first_and_done_later_was_done() -> None:
    diary, _ = logged(DAILY, logs(MONDAY, Entered(BRIDGE, skipped="tired")), logs(MONDAY))

    assert (session_of(diary).entries[0].skipped, session_of(diary).completion) == (None, 1.0)


def test_only_sets_are_told_in_the_prescribed_length() -> None:
    diary, _ = logged(DAILY, logs(MONDAY, entered(sets=2, repetitions=None)))

    assert session_of(diary).entries[0].done == Done(2, 10)


def test_a_session_of_which_nothing_was_done_is_kept_and_counts_for_nothing() -> None:
    diary, events = logged(DAILY, logs(MONDAY, Entered(BRIDGE, skipped="pain"), pain=4))

    assert len(events) == 1
    assert session_of(diary).completion == 0
    assert diary.done_on() == {}


def test_a_note_alone_is_no_session() -> None:
    assert pointers(refusal(DAILY, logs(MONDAY, entries=()))) == ["/entries"]


def test_an_addition_may_be_an_answer_alone() -> None:
    diary, _ = logged(DAILY, logs(MONDAY), adds(MONDAY, pain=5, mode="edited"))

    found = session_of(diary)
    assert (found.pain, found.completion, found.mode) == (5, 1.0, "as_prescribed")


def test_added_exercises_add_to_the_session() -> None:
    diary, _ = logged(TWO, logs(MONDAY), adds(MONDAY, entered(CALF)))

    assert session_of(diary).completion == 1.0


def test_a_correction_replaces_what_it_names_and_lowers_a_session() -> None:
    diary, events = logged(
        TWO,
        logs(MONDAY, entered(), entered(CALF), pain=6),
        corrects(MONDAY, entered(sets=1), pain=2),
    )

    found = session_of(diary)
    assert [entry.done for entry in found.entries] == [Done(1, 10), Done(3, 10)]
    assert (found.pain, found.partial) == (2, True)
    assert found.completion == pytest.approx(2 / 3, abs=1e-4)
    assert isinstance(events[-1], SessionAmended)
    assert events[-1].reason == "correction"


def test_a_correction_keeps_the_answers_that_it_does_not_name() -> None:
    diary, _ = logged(
        DAILY, logs(MONDAY, pain=6, effort=3), corrects(MONDAY, pain=None, kept=ANSWERS - {"pain"})
    )

    assert (session_of(diary).pain, session_of(diary).effort) == (None, 3)


def test_a_correction_that_leaves_everything_out_takes_the_date_off_those_done() -> None:
    left_out = Entered(BRIDGE, skipped="unwell")

    diary, events = logged(DAILY, logs(MONDAY), corrects(MONDAY, left_out))

    assert diary.done_on() == {}
    assert ("first_session", 1) in diary.milestones
    assert len(events) == 3


def test_an_amendment_later_does_not_make_the_session_late() -> None:
    later = evening(MONDAY + DAY * 5)

    diary, _ = logged(DAILY, logs(MONDAY), corrects(MONDAY, device_now=later))

    assert not session_of(diary).late


def test_there_is_no_amending_what_was_not_told() -> None:
    assert isinstance(refusal(DAILY, corrects(MONDAY)), NotFound)


def test_an_amendment_of_another_date_is_refused() -> None:
    tuesday = evening(MONDAY + DAY)

    refused = refusal(DAILY, logs(MONDAY), corrects(MONDAY, occurred=tuesday, device_now=tuesday))

    assert isinstance(refused, Unfitting)
    assert pointers(refused) == ["/occurred"]


def test_a_session_after_the_programs_end_is_refused_and_names_the_date() -> None:
    ending = program(end=MONDAY + DAY)

    assert logged(ending, logs(MONDAY + DAY))
    refused = refusal(ending, logs(MONDAY + DAY * 2))
    assert isinstance(refused, Ended)
    assert pointers(refused) == ["/local_date"]
    assert str(MONDAY + DAY) in refused.detail


def test_a_program_that_was_ended_early_takes_what_occurred_before() -> None:
    stopped = program(end=MONDAY + DAY * 20, ended=MONDAY + DAY)
    late = evening(MONDAY + DAY * 9)

    diary, _ = logged(stopped, logs(MONDAY + DAY, device_now=late))

    assert session_of(diary, MONDAY + DAY).late
    assert isinstance(refusal(stopped, logs(MONDAY + DAY * 2)), Ended)


def test_a_session_before_the_programs_start_is_refused() -> None:
    refused = refusal(DAILY, logs(MONDAY - DAY))

    assert isinstance(refused, NotStarted)
    assert pointers(refused) == ["/local_date"]


def test_a_revision_that_has_not_come_here_is_waited_for() -> None:
    assert isinstance(refusal(DAILY, logs(MONDAY, revision=2)), NotYet)
    ahead = replace(corrects(MONDAY), revision=2)
    assert isinstance(refusal(DAILY, logs(MONDAY), ahead), NotYet)


def test_each_date_is_measured_by_the_revision_in_force_on_it() -> None:
    harder = revised(asks(sets=6), effective=MONDAY + DAY)
    changed = program(revisions=[harder])
    evening_after = evening(MONDAY + DAY * 2)

    diary, _ = logged(
        changed,
        logs(MONDAY, device_now=evening_after),
        logs(MONDAY + DAY, revision=1, device_now=evening_after),
    )

    assert [(one.revision, one.completion) for one in diary.sessions.values()] == [
        (1, 1.0),
        (2, 0.5),
    ]


def test_an_exercise_of_another_revision_may_be_told_and_one_of_none_may_not() -> None:
    changed = program(revisions=[revised(asks(CALF), effective=MONDAY + DAY)])

    diary, _ = logged(changed, logs(MONDAY, entered(CALF)))
    refused = refusal(changed, logs(MONDAY, entered(), entered(WALK)))

    assert session_of(diary).completion == 0
    assert pointers(refused) == ["/entries/1/exercise"]


def test_an_exercise_stands_once() -> None:
    assert pointers(refusal(DAILY, logs(MONDAY, entered(), entered()))) == ["/entries/1/exercise"]


def test_what_was_done_in_no_amount_names_the_amount() -> None:
    nothing = Entered(BRIDGE, Done(load_kg=5))

    assert pointers(refusal(DAILY, logs(MONDAY, nothing))) == ["/entries/0/done/repetitions"]


def test_a_session_on_a_day_off_is_kept_and_is_not_due() -> None:
    mondays = program(asks(weekdays=[1]))

    diary, _ = done(mondays, MONDAY, MONDAY + DAY)

    assert [found.due for found in diary.sessions.values()] == [True, False]


def test_a_correction_may_take_an_answer_back() -> None:
    diary, _ = logged(DAILY, logs(MONDAY, pain=6, effort=5), corrects(MONDAY, effort=2))

    assert (session_of(diary).pain, session_of(diary).effort) == (None, 2)


def test_answers_alone_change_nothing_of_what_was_done() -> None:
    first = logs(MONDAY, entered(sets=2))

    before, _ = logged(DAILY, first)
    after, _ = logged(DAILY, first, corrects(MONDAY, pain=3, mode="edited", evidence="device"))

    told = {name: getattr(session_of(before), name) for name in SessionLogged.__dataclass_fields__}
    assert session_of(after) == SessionAmended(**told | {"pain": 3}, reason="correction")


def test_a_device_that_shows_an_older_revision_is_measured_by_the_one_in_force() -> None:
    found = program(revisions=[revised(asks(sets=4), effective=MONDAY)])

    diary, _ = logged(found, logs(MONDAY, revision=1))

    assert (session_of(diary).revision, session_of(diary).completion) == (2, 0.75)


def test_the_programs_end_is_judged_by_the_corrected_date() -> None:
    told = logs(MONDAY, device_now=evening(MONDAY))

    with pytest.raises(Ended):
        logged(program(end=MONDAY), told, now=evening(MONDAY + DAY))


def test_every_exercise_says_what_it_rests_on_and_the_session_what_the_weakest_does() -> None:
    timed = replace(entered(BRIDGE), evidence="timed")

    diary, _ = logged(TWO, logs(MONDAY, timed, entered(CALF)))

    found = session_of(diary)
    assert [one.evidence for one in found.entries] == ["timed", "tap"]
    assert (found.evidence, found.mode) == ("tap", "as_prescribed")


def test_a_second_go_leaves_what_is_weaker_and_when_the_last_one_was() -> None:
    first = logs(MONDAY, replace(entered(sets=1), evidence="counted"))
    then = evening(MONDAY) + timedelta(hours=1)
    second = logs(MONDAY, entered(sets=2), mode="edited", occurred=then, device_now=then)

    diary, _ = logged(DAILY, first, second)

    entry = session_of(diary).entries[0]
    assert (entry.evidence, entry.mode, entry.goes, entry.occurred) == ("tap", "edited", 2, then)


def test_a_go_that_a_second_device_tells_again_counts_once() -> None:
    later = evening(MONDAY) + timedelta(hours=3)
    again = replace(entered(), seen=0)

    with pytest.raises(AlreadyTold):
        logged(DAILY, logs(MONDAY), logs(MONDAY, again, occurred=later, device_now=later))


def test_what_a_second_device_tells_besides_is_kept() -> None:
    again = replace(entered(), seen=0)

    diary, _ = logged(TWO, logs(MONDAY), logs(MONDAY, again, entered(CALF), pain=3))

    found = session_of(diary)
    assert [(one.exercise, one.goes) for one in found.entries] == [(BRIDGE, 1), (CALF, 1)]
    assert (found.entries[0].done, found.pain) == (Done(3, 10), 3)


@pytest.mark.parametrize(("minutes", "goes"), [(29, 1), (30, 2)])
def test_a_day_that_asks_twice_takes_a_second_device_for_another_go_later(
    minutes: int, goes: int
) -> None:
    twice = program(asks(times_per_day=2), asks(CALF))
    then = evening(MONDAY) + timedelta(minutes=minutes)
    again = replace(entered(), seen=0)

    diary, _ = logged(
        twice,
        logs(MONDAY),
        logs(MONDAY, again, entered(CALF), occurred=then, device_now=then),
    )

    assert session_of(diary).entries[0].goes == goes


def test_one_device_may_tell_of_more_than_was_asked_for() -> None:
    diary, _ = logged(DAILY, logs(MONDAY), logs(MONDAY, replace(entered(), seen=1)))

    assert session_of(diary).entries[0].done == Done(6, 10)


def test_a_correction_is_no_other_go() -> None:
    first, second = logs(MONDAY), logs(MONDAY, replace(entered(), seen=1))

    diary, _ = logged(DAILY, first, second, corrects(MONDAY, entered(sets=1)))

    entry = session_of(diary).entries[0]
    assert (entry.goes, entry.done) == (2, Done(1, 10))


def test_the_morning_after_is_told_from_the_day_after_on() -> None:
    asked = corrects(MONDAY, next_morning=4, kept=ANSWERS - {"next_morning"})

    assert pointers(refusal(DAILY, logs(MONDAY, pain=2), asked)) == ["/next_morning"]
    diary, _ = logged(
        DAILY,
        logs(MONDAY, pain=2),
        replace(asked, told=replace(asked.told, device_now=evening(MONDAY + DAY))),
    )
    found = session_of(diary)
    assert (found.pain, found.next_morning, found.worst_pain) == (2, 4, 4)
