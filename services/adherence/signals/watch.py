"""What nobody tells: a program that is not begun, that is kept less than before, that is left.

Decided by due work, some days after a program's start and after each session, on the diary as it
stands then. Only dates that are over count, and none of a pause. Whoever has lapsed has come back
with the first session of a later date, a late log too.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, timedelta

from adherence.diary import Desk, Diary
from adherence.events import Session
from adherence.signals.events import (
    AdherenceDipped,
    ProgramLapsed,
    ProgramNotStarted,
    ProgramResumed,
    Signal,
)
from shared.errors import Refusal
from shared.schedule import DAY, due, missed


class NothingNoticed(Refusal):
    """A look at a program found nothing to say, or nothing new."""

    slug = "nothing-noticed"
    title = "There is nothing to say about this program"


def watch(diary: Diary, desk: Desk) -> list[Signal]:
    """Decide what there is to say of the dates that are over: one thing at most.

    Raises:
        NothingNoticed: nothing, or it was said before.
    """
    day = desk.now.astimezone(desk.program.zone or UTC).date() - DAY
    for find in (_not_started, _lapsed, _dipped):
        if desk.program.runs(day) and (found := find(diary, desk, day)):
            return [found]
    raise NothingNoticed("The program goes on as before.")


def resumed(diary: Diary, session: Session, _: Desk) -> Iterator[ProgramResumed]:
    """Yield that the patient came back, where the program had lapsed."""
    away = diary.noticed.away
    if away is None or session.local_date <= away or session.local_date not in diary.done_on():
        return
    yield ProgramResumed(
        program=session.program,
        patient=session.patient,
        session=session.session,
        local_date=session.local_date,
        revision=session.revision,
        last=away,
        days=(session.local_date - away).days - 1,
    )


def _not_started(diary: Diary, desk: Desk, day: date) -> ProgramNotStarted | None:
    program, signals = desk.program, desk.rules.signals
    if diary.done_on() or diary.noticed.not_started:
        return None
    gone = [one for one in _span(program.start, day) if not program.rests(one)]
    # Nothing is late before anything was asked for.
    if len(gone) < signals.start.days or not any(due(program, set(), one) for one in gone):
        return None
    return ProgramNotStarted(
        program=program.program,
        patient=program.patient,
        start=program.start,
        local_date=day,
        revision=program.in_force(day).revision,
        days=len(gone),
        rule=signals.versions["start"],
    )


def _lapsed(diary: Diary, desk: Desk, day: date) -> ProgramLapsed | None:
    program, signals = desk.program, desk.rules.signals
    done = diary.done_on().keys()
    last = max(done, default=None)
    if last is None or diary.noticed.away is not None:
        return None
    gone = [one for one in _span(last + DAY, day) if not program.rests(one)]
    left_out = sum(missed(program, done, one) for one in gone)
    if left_out < signals.lapse.missed or len(gone) < signals.lapse.days:
        return None
    return ProgramLapsed(
        program=program.program,
        patient=program.patient,
        last=last,
        local_date=day,
        revision=program.in_force(day).revision,
        days=len(gone),
        missed=left_out,
        rule=signals.versions["lapse"],
    )


def _dipped(diary: Diary, desk: Desk, day: date) -> AdherenceDipped | None:
    """Return a dip: each date counts as kept in one dip at most, so that none is told twice."""
    program, signals = desk.program, desk.rules.signals
    rule, noticed = signals.dip, diary.noticed
    if noticed.away is not None:
        return None
    for length in rule.windows:
        first = day - timedelta(days=length - 1)
        before = first - timedelta(days=length)
        if before < program.start or (noticed.dipped and before <= noticed.dipped):
            return None
        kept, asked = _kept(diary, desk, _span(first, day))
        kept_before, asked_before = _kept(diary, desk, _span(before, first - DAY))
        if min(asked, asked_before) < rule.least:
            continue
        if kept > rule.now * asked or kept_before < rule.before * asked_before:
            return None
        return AdherenceDipped(
            program=program.program,
            patient=program.patient,
            first=first,
            local_date=day,
            revision=program.in_force(day).revision,
            kept=kept,
            due=asked,
            kept_before=kept_before,
            due_before=asked_before,
            rule=signals.versions["dip"],
        )
    return None


def _kept(diary: Diary, desk: Desk, days: Sequence[date]) -> tuple[int, int]:
    """Return how many sessions of these dates were done and how many asked for."""
    done = diary.done_on().keys()
    kept = sum(one in done and due(desk.program, done, one) for one in days)
    return kept, kept + sum(one not in done and missed(desk.program, done, one) for one in days)


def _span(first: date, last: date) -> list[date]:
    return [first + DAY * number for number in range((last - first).days + 1)]
