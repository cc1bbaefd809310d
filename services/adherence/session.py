"""Sessions: what may be logged, what a second log of a date adds, what a log reaches.

One local date is one session of a program, however many times a day the patient exercises.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from adherence.commands import AmendSession, LogSession, ReachPhase, Told
from adherence.completion import DoneOn, asked, completion, done_exercises
from adherence.entry import Unfitting, beside_prescribed, highest, merged
from adherence.events import (
    Entry,
    Milestone,
    MilestoneReached,
    Reason,
    Session,
    SessionAmended,
    SessionLogged,
)
from adherence.milestone import reached
from adherence.moment import Moment, days, settle
from adherence.rules import Rules
from shared.errors import Fault, Invalid, NotFound, NotYet, Refusal
from shared.schedule import Program, due
from shared.stream import Kind


class NotStarted(Invalid):
    """The session lies before the program's first date."""

    slug = "program-not-started"
    title = "The program had not started yet"


class Ended(Invalid):
    """The session lies after the program's last date."""

    slug = "program-ended"
    title = "The program had ended"


class AlreadyReached(Refusal):
    """A milestone is reached once in a program."""

    slug = "already-reached"
    title = "This was reached before"


@dataclass(frozen=True, slots=True)
class Diary:
    """A program's sessions by local date, and the milestones that were reached."""

    sessions: Mapping[date, Session] = field(default_factory=dict)
    milestones: frozenset[tuple[Milestone, int]] = frozenset()

    def done_on(self) -> DoneOn:
        """Return the exercises of which anything was done, by date; dates without any left out."""
        found = {day: done_exercises(kept.entries) for day, kept in self.sessions.items()}
        return {day: exercises for day, exercises in found.items() if exercises}


def evolve(diary: Diary, event: object) -> Diary:
    """Return the diary after an event."""
    if isinstance(event, Session):
        return replace(diary, sessions={**diary.sessions, event.local_date: event})
    if isinstance(event, MilestoneReached):
        return replace(diary, milestones=diary.milestones | {(event.milestone, event.count)})
    return diary


KIND = Kind("program", Diary(), evolve)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision needs besides the diary: the program, the platform's now, the rules."""

    program: Program
    now: datetime
    rules: Rules


def log(diary: Diary, command: LogSession, desk: Desk, note: str | None = None) -> list[object]:
    """Decide a log: a new session, or an addition to the one of its date.

    Args:
        diary: the program's sessions so far.
        command: what the patient tells.
        desk: program, now and rules.
        note: id of the sealed note, if there is one.

    Raises:
        Refusal: it does not fit the program or its dates.
    """
    _check_revision(desk.program, command.revision)
    moment = _moment(command.local_date, command.told, desk)
    _check_dates(desk.program, moment.local_date)
    told = _session(diary, command.told, desk, moment, note)
    earlier = diary.sessions.get(moment.local_date)
    if earlier is not None:
        return _amended(diary, _added(diary, earlier, told, desk), "added", desk)
    _check_any(told)
    return _with_milestones(diary, SessionLogged(**_fields(told)), desk)


def amend(diary: Diary, command: AmendSession, desk: Desk, note: str | None = None) -> list[object]:
    """Decide an amendment: more of the same date, or what it should have said.

    Raises:
        NotFound: there is no such session.
        Refusal: it does not fit the program or the session's date.
    """
    earlier = find(diary, command.session)
    occurred = command.told.occurred
    same = earlier.local_date in days(occurred, desk.program.zone)
    moment = _moment(earlier.local_date if same else occurred.date(), command.told, desk)
    if moment.local_date != earlier.local_date:
        raise Unfitting(
            "An amendment is about the session's own date.",
            faults=[Fault("/occurred", f"It is not on {earlier.local_date}.")],
        )
    told = replace(_session(diary, command.told, desk, moment, note), late=earlier.late)
    if command.reason == "added":
        return _amended(diary, _added(diary, earlier, told, desk), "added", desk)
    _check_any(told)
    return _amended(diary, told, "correction", desk)


def reach_phase(diary: Diary, command: ReachPhase, desk: Desk) -> list[object]:
    """Decide that a phase was completed, on the patient's date of the therapist's word.

    Raises:
        AlreadyReached: it was before.
    """
    if ("phase", command.phase) in diary.milestones:
        raise AlreadyReached("This phase was completed before.")
    day = command.declared.astimezone(desk.program.zone or UTC).date()
    return [_milestone(desk.program, "phase", command.phase, day, None)]


def find(diary: Diary, session: str) -> Session:
    """Return a session by its id, the local date as text.

    Raises:
        NotFound: there is none.
    """
    for found in diary.sessions.values():
        if found.session == session:
            return found
    raise NotFound("There is no session of this date.")


def _check_revision(program: Program, revision: int) -> None:
    if revision > program.revisions[-1].revision:
        raise NotYet(
            "This revision of the program has not come here yet. Try again in a moment.",
            faults=[Fault("/revision", f"{revision} is not known here.")],
        )


def _check_dates(program: Program, day: date) -> None:
    if day < program.start:
        raise NotStarted(
            f"The program starts on {program.start}.",
            faults=[Fault("/local_date", f"{day} is before the program's first date.")],
        )
    if not program.covers(day):
        raise Ended(
            f"The program's last date was {program.last}.",
            faults=[Fault("/local_date", f"{day} is after the program's last date.")],
        )


def _check_any(session: Session) -> None:
    if not session.entries:
        raise Unfitting(
            "A session tells of exercises.",
            faults=[Fault("/entries", "Name at least one exercise, done or left out.")],
        )


def _moment(day: date, told: Told, desk: Desk) -> Moment:
    return settle(
        day,
        occurred=told.occurred,
        device_now=told.device_now,
        now=desk.now,
        zone=desk.program.zone,
    )


def _session(diary: Diary, told: Told, desk: Desk, moment: Moment, note: str | None) -> Session:
    """Return what was told as the session of its date, beside what was prescribed."""
    program, day = desk.program, moment.local_date
    entries = beside_prescribed(told.entries, program, day)
    share = _completion(diary, day, entries, desk)
    return Session(
        program=program.program,
        patient=program.patient,
        session=day.isoformat(),
        local_date=day,
        revision=program.in_force(day).revision,
        due=due(program, frozenset(diary.done_on()), day),
        late=moment.late,
        occurred=moment.occurred,
        entries=entries,
        completion=share,
        partial=share < 1,
        pain=told.pain,
        effort=told.effort,
        difficulty=told.difficulty,
        note=note,
        mode=told.mode,
        evidence=told.evidence,
    )


def _added(diary: Diary, earlier: Session, told: Session, desk: Desk) -> Session:
    """Return a date's session with another go: doses add up, the highest answers stand."""
    entries = merged(earlier.entries, told.entries)
    share = _completion(diary, told.local_date, entries, desk)
    return replace(
        told,
        entries=entries,
        completion=share,
        partial=share < 1,
        late=earlier.late,
        pain=highest(earlier.pain, told.pain),
        effort=highest(earlier.effort, told.effort),
        difficulty=highest(earlier.difficulty, told.difficulty),
        note=told.note or earlier.note,
        mode=told.mode if earlier.mode == told.mode else "edited",
    )


def _completion(diary: Diary, day: date, entries: tuple[Entry, ...], desk: Desk) -> float:
    done_on = {**diary.done_on(), day: done_exercises(entries)}
    return completion(entries, asked(desk.program, day, done_on), desk.rules)


def _amended(diary: Diary, told: Session, reason: Reason, desk: Desk) -> list[object]:
    return _with_milestones(diary, SessionAmended(**_fields(told), reason=reason), desk)


def _fields(session: Session) -> dict[str, Any]:
    return {name: getattr(session, name) for name in Session.__dataclass_fields__}


def _with_milestones(diary: Diary, event: Session, desk: Desk) -> list[object]:
    done = frozenset(evolve(diary, event).done_on())
    found: list[object] = [event]
    for one in reached(desk.program, done, desk.rules):
        if (one.milestone, one.count) not in diary.milestones:
            day = one.local_date
            found.append(_milestone(desk.program, one.milestone, one.count, day, day.isoformat()))
    return found


def _milestone(
    program: Program, kind: Milestone, count: int, day: date, session: str | None
) -> MilestoneReached:
    return MilestoneReached(program.program, program.patient, kind, count, day, session)
