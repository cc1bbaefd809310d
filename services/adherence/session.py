"""Sessions: what may be logged, what a second log of a date adds, what a log reaches.

One local date is one session of a program, however many times a day the patient exercises.
"""

from dataclasses import fields, replace
from datetime import UTC, date
from typing import Any

from adherence.commands import AmendSession, LogSession, Told
from adherence.completion import completion, done_exercises, highest
from adherence.diary import Decided, Desk, Diary, find
from adherence.entry import (
    Unfitting,
    beside_prescribed,
    corrected,
    evidence,
    fresh,
    merged,
    mode,
)
from adherence.events import Entry, Session, SessionAmended, SessionLogged
from adherence.moment import Moment, days, settle
from adherence.signals.noticing import with_signals
from shared.errors import Fault, Invalid, NotYet
from shared.schedule import Program, asked, due


class NotStarted(Invalid):
    """The session lies before the program's first date."""

    slug = "program-not-started"
    title = "The program had not started yet"


class Ended(Invalid):
    """The session lies after the program's last date."""

    slug = "program-ended"
    title = "The program had ended"


def log(diary: Diary, command: LogSession, desk: Desk, note: str | None = None) -> Decided:
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
        return with_signals(diary, _added(diary, earlier, told, command.told, desk), desk)
    if not told.entries:
        raise Unfitting(
            "A session tells of exercises.",
            faults=[Fault("/entries", "Name at least one exercise, done or left out.")],
        )
    return with_signals(diary, SessionLogged(**_fields(told)), desk)


def amend(diary: Diary, command: AmendSession, desk: Desk, note: str | None = None) -> Decided:
    """Decide an amendment: more of the same date, or what it should have said.

    Raises:
        NotFound: there is no such session.
        Refusal: it does not fit the program or the session's date.
    """
    earlier = find(diary, command.session)
    if command.revision is not None:
        _check_revision(desk.program, command.revision)
    told = _session(diary, command.told, desk, _same_date(earlier, command.told, desk), note)
    if command.reason == "added":
        return with_signals(diary, _added(diary, earlier, told, command.told, desk), desk)
    _check_morning(earlier, command.told, desk)
    kept = {name: getattr(earlier, name) for name in command.kept}
    entries = corrected(earlier.entries, told.entries)
    whole = replace(_whole(diary, earlier, told, entries, desk), **kept)
    return with_signals(diary, SessionAmended(**_fields(whole), reason="correction"), desk)


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


def _check_morning(session: Session, told: Told, desk: Desk) -> None:
    today = desk.now.astimezone(desk.program.zone or UTC).date()
    if told.next_morning is not None and today <= session.local_date:
        raise Unfitting(
            "The morning after has not come yet.",
            faults=[Fault("/next_morning", "Tell it on the day after the session, or later.")],
        )


def _moment(day: date, told: Told, desk: Desk) -> Moment:
    return settle(
        day,
        occurred=told.occurred,
        device_now=told.device_now,
        now=desk.now,
        zone=desk.program.zone,
        slack=desk.rules.slack,
    )


def _same_date(earlier: Session, told: Told, desk: Desk) -> Moment:
    """Return when an amendment's exercises were done, on the session's own date.

    Raises:
        Unfitting: they were on another one.
    """
    day = earlier.local_date
    if day not in days(told.occurred, desk.program.zone):
        day = told.occurred.date()
    moment = _moment(day, told, desk)
    if moment.local_date == earlier.local_date:
        return moment
    raise Unfitting(
        "An amendment is about the session's own date.",
        faults=[Fault("/occurred", f"It is not on {earlier.local_date}.")],
    )


def _session(diary: Diary, told: Told, desk: Desk, moment: Moment, note: str | None) -> Session:
    """Return what was told as the session of its date, beside what was prescribed."""
    program, day = desk.program, moment.local_date
    entries = beside_prescribed(told, program, day, moment.occurred)
    share = _completion(diary, day, entries, desk)
    return Session(
        program=program.program,
        patient=program.patient,
        session=day.isoformat(),
        local_date=day,
        revision=program.in_force(day).revision,
        due=due(program, diary.done_on().keys(), day),
        late=moment.late,
        occurred=moment.occurred,
        entries=entries,
        completion=share,
        partial=share < 1,
        pain=told.pain,
        effort=told.effort,
        difficulty=told.difficulty,
        note=note,
        mode=mode(entries) if entries else told.mode,
        evidence=evidence(entries) if entries else told.evidence,
        next_morning=told.next_morning,
    )


def _added(diary: Diary, earlier: Session, told: Session, said: Told, desk: Desk) -> SessionAmended:
    """Return a date's session with another go: doses add up, the highest answers stand.

    Raises:
        AlreadyTold: another device told of all of it before.
    """
    goes = fresh(earlier.entries, told.entries, said.entries, desk.rules.apart)
    whole = _whole(diary, earlier, told, merged(earlier.entries, goes), desk)
    answers = {
        name: highest(getattr(earlier, name), getattr(told, name))
        for name in ("pain", "effort", "difficulty", "next_morning")
    }
    added = replace(whole, **answers, note=told.note or earlier.note)
    return SessionAmended(**_fields(added), reason="added")


def _whole(
    diary: Diary, earlier: Session, told: Session, entries: tuple[Entry, ...], desk: Desk
) -> Session:
    """Return what was told with the entries of the whole date; answers alone change no dose."""
    share = _completion(diary, told.local_date, entries, desk)
    return replace(
        told,
        entries=entries,
        completion=share,
        partial=share < 1,
        late=earlier.late,
        mode=mode(entries),
        evidence=evidence(entries),
    )


def _completion(diary: Diary, day: date, entries: tuple[Entry, ...], desk: Desk) -> float:
    done_on = {**diary.done_on(), day: done_exercises(entries)}
    return completion(entries, asked(desk.program, done_on, day), desk.rules)


def _fields(session: Session) -> dict[str, Any]:
    return {each.name: getattr(session, each.name) for each in fields(Session)}
