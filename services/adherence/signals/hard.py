"""Too hard: high answers, or exercises left out for it, in most of the last sessions."""

from collections.abc import Iterator, Mapping

from adherence.diary import Desk, Diary
from adherence.events import Session
from adherence.signals.events import Hard, ProgramTooHard
from adherence.signals.evidence import latest, recent, with_entry
from adherence.signals.noticed import subject

Answered = tuple[Session, int | None]


def too_hard(diary: Diary, session: Session, desk: Desk) -> Iterator[ProgramTooHard]:
    """Yield what was too hard, each on sessions that have not said so before.

    Args:
        diary: with the session as it is now.
        session: which was told.
        desk: program, now and rules.
    """
    told = recent(diary, desk)
    if session.revision != latest(desk).revision:
        return
    yield from _high(diary, desk, "difficulty", None, [(one, one.difficulty) for one in told])
    yield from _high(diary, desk, "effort", None, [(one, one.effort) for one in told])
    for exercise in latest(desk).exercises:
        found = with_entry(told, exercise.exercise)
        answers = [(one, entry.difficulty) for one, entry in found]
        yield from _high(diary, desk, "difficulty", exercise.exercise, answers)
        left_out = [(one, entry.skipped) for one, entry in found]
        for reason in desk.rules.signals.hard.skipped:
            yield from _left_out(diary, desk, reason, exercise.exercise, left_out)


def _high(
    diary: Diary, desk: Desk, reason: Hard, exercise: str | None, told: list[Answered]
) -> Iterator[ProgramTooHard]:
    rule = desk.rules.signals.hard
    high = {one.session: found for one, found in told if found is not None and found >= rule.high}
    yield from _said(diary, desk, reason, exercise, [one for one, _ in told], high)


def _left_out(
    diary: Diary,
    desk: Desk,
    reason: Hard,
    exercise: str,
    told: list[tuple[Session, str | None]],
) -> Iterator[ProgramTooHard]:
    found = dict.fromkeys(one.session for one, skipped in told if skipped == reason)
    yield from _said(diary, desk, reason, exercise, [one for one, _ in told], found)


def _said(
    diary: Diary,
    desk: Desk,
    reason: Hard,
    exercise: str | None,
    told: list[Session],
    saying: Mapping[str, int | None],
) -> Iterator[ProgramTooHard]:
    """Yield a signal where enough of the last sessions say so that have not said it before."""
    signals = desk.rules.signals
    since = diary.noticed.hard.get(subject(reason, exercise))
    found = [
        one
        for one in told[-signals.hard.of :]
        if one.session in saying and (since is None or one.local_date > since)
    ]
    if len(found) < signals.hard.times:
        return
    answers = [saying[one.session] for one in found]
    yield ProgramTooHard(
        program=desk.program.program,
        patient=desk.program.patient,
        local_date=found[-1].local_date,
        revision=latest(desk).revision,
        reason=reason,
        exercise=exercise,
        sessions=tuple(one.session for one in found),
        highest=max((one for one in answers if one is not None), default=None),
        rule=signals.versions["hard"],
    )
