"""What a date asks of a patient, and how far the patient is: all that a page of a day shows.

Pure: from the program, the diary and the date that it is where the patient lives.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from adherence import streak
from adherence.completion import left, share
from adherence.diary import Diary
from adherence.events import Done, Entry, Session
from adherence.milestone import Next, upcoming
from adherence.rules import Rules
from shared.schedule import (
    DAY,
    WEEK,
    DoneOn,
    Exercise,
    Program,
    due,
    is_due,
    missed,
    stretches_of_week,
)

State = Literal["open", "done", "partial", "skipped"]
Kind = Literal["ahead", "over", "paused", "off", "open", "done"]
Status = Literal["done", "partial", "missed", "off", "open"]


@dataclass(frozen=True, slots=True)
class Item:
    """One exercise of a date.

    Attributes:
        exercise: its id.
        dose: as published.
        priority: 1 (always) to 3 (if there is time).
        asked: whether the date asks for it; otherwise it may be done all the same.
        state: how far it is.
        left: how many times it is still to be done on this date.
        entry: what was told of it, None where nothing was.
    """

    exercise: str
    dose: Mapping[str, Any]
    priority: int
    asked: bool
    state: State
    left: int
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One date of the week."""

    status: Status
    today: bool
    date: date


@dataclass(frozen=True, slots=True)
class Agenda:
    """A date of a program.

    Attributes:
        day: which one.
        today: the date that it is.
        kind: before the first date (ahead), after the last one (over), while the program rests
            (paused), nothing asked for (off), something still to do (open), all told of (done).
        revision: in force on it.
        items: its exercises in the therapist's order.
        session: what was told of the date, None where nothing was.
        week: the seven dates of the program's week.
        kept: how many sessions that the week asks for were done.
        due: how many it asks for.
        streak: sessions in a row, up to today.
        total: sessions in all.
        next: the nearest milestone.
        following: the next date after today that asks for a session, None where none is near.
    """

    day: date
    today: date
    kind: Kind
    revision: int
    items: tuple[Item, ...]
    session: Session | None
    week: tuple[WeekDay, ...]
    kept: int
    due: int
    streak: int
    total: int
    next: Next | None
    following: date | None

    @property
    def asked(self) -> tuple[Item, ...]:
        """The exercises that the date asks for, and those that were done all the same."""
        return tuple(item for item in self.items if item.asked or item.state != "open")

    @property
    def others(self) -> tuple[Item, ...]:
        """The exercises that may be done and need not."""
        return tuple(item for item in self.items if not item.asked and item.state == "open")

    @property
    def to_do(self) -> tuple[Item, ...]:
        """The exercises that are still to be done, once or more."""
        return tuple(item for item in self.asked if item.left and item.state != "skipped")


def agenda(program: Program, diary: Diary, day: date, today: date, rules: Rules) -> Agenda:
    """Return what a date asks for and how far the patient is."""
    done_on = diary.done_on()
    done = done_on.keys()
    session = diary.sessions.get(day)
    items = tuple(_items(program, done_on, day, session))
    kept, asked = _count(program, done_on, day)
    run = streak.current(program, done, today)
    return Agenda(
        day=day,
        today=today,
        kind=_kind(program, items, day),
        revision=program.in_force(day).revision,
        items=items,
        session=session,
        week=tuple(_week_day(program, diary, done_on, each, today) for each in program.week(day)),
        kept=kept,
        due=asked,
        streak=run,
        total=len(done),
        next=upcoming(diary.milestones, streak=run, total=len(done), rules=rules),
        following=_following(program, done_on, today),
    )


def once(dose: Mapping[str, Any]) -> Done:
    """Return what was done of an exercise that was done as prescribed, one time."""
    names = ("sets", "repetitions", "hold_seconds", "minutes", "load_kg")
    return Done(**{name: dose[name] for name in names})


def short(agenda: Agenda, rules: Rules) -> tuple[Item, ...]:
    """Return the exercises of the short version of a date: the foremost that are not begun.

    There is none for a date that was begun, or asks for no more than the short version does.
    """
    fresh = [item for item in agenda.to_do if item.state == "open"]
    if len(fresh) < len(agenda.asked) or len(fresh) <= rules.short.exercises:
        return ()
    foremost = sorted(fresh, key=lambda item: item.priority)[: rules.short.exercises]
    return tuple(item for item in fresh if item in foremost)


def little(dose: Mapping[str, Any], rules: Rules) -> Done:
    """Return what the short version has of an exercise: fewer sets, all else as prescribed."""
    whole = once(dose)
    return replace(whole, sets=min(whole.sets, rules.short.sets)) if whole.sets else whole


def _items(program: Program, done_on: DoneOn, day: date, session: Session | None) -> Iterator[Item]:
    entries = {entry.exercise: entry for entry in session.entries} if session else {}
    runs = program.runs(day)
    for found in program.in_force(day).exercises:
        entry = entries.get(found.exercise)
        yield Item(
            exercise=found.exercise,
            dose=found.dose,
            priority=found.priority,
            asked=runs and _is_asked(program, done_on, day, found),
            state=_state(entry),
            left=left(entry) if entry else found.dose["times_per_day"],
            entry=entry,
        )


def _is_asked(program: Program, done_on: DoneOn, day: date, exercise: Exercise) -> bool:
    """Tell whether an exercise may be asked for: those on chosen days until their days are done.

    Exercises with the same number of days a week go together.
    """
    if not exercise.chosen:
        return exercise.fixed_on(day)
    often = exercise.days_per_week
    exercises = program.in_force(day).exercises
    alike = {one.exercise for one in exercises if one.chosen and one.days_per_week == often}
    earlier = (one for one in program.week(day) if one < day)
    return sum(bool(alike & done_on.get(one, frozenset())) for one in earlier) < often


def _state(entry: Entry | None) -> State:
    if entry is None:
        return "open"
    if entry.done is None:
        return "skipped"
    return "done" if share(entry) >= 1 else "partial"


def _kind(program: Program, items: tuple[Item, ...], day: date) -> Kind:
    if day < program.start:
        return "ahead"
    if not program.covers(day):
        return "over"
    if program.rests(day):
        return "paused"
    asked = [item for item in items if item.asked]
    if not asked:
        return "off"
    return "open" if any(item.left and item.state != "skipped" for item in asked) else "done"


def _week_day(program: Program, diary: Diary, done_on: DoneOn, day: date, today: date) -> WeekDay:
    return WeekDay(_status(program, diary, done_on, day, today), day == today, day)


def _status(program: Program, diary: Diary, done_on: DoneOn, day: date, today: date) -> Status:
    if day in done_on:
        return "partial" if diary.sessions[day].partial else "done"
    if day < today:
        return "missed" if missed(program, done_on.keys(), day) else "off"
    return "open" if due(program, done_on.keys(), day) else "off"


def _count(program: Program, done_on: DoneOn, day: date) -> tuple[int, int]:
    """Return how many sessions the week around a date has and asks for, days off left out."""
    kept, asked = 0, 0
    for stretch in stretches_of_week(program, day):
        fixed = sum(program.in_force(each).fixed_on(each) for each in stretch.days)
        wanted = max(stretch.quota, fixed)
        done = [each for each in stretch.days if each in done_on]
        counted = sum(is_due(program, stretch, each, done_on.keys()) for each in done)
        kept, asked = kept + min(counted, wanted), asked + wanted
    return kept, asked


def _following(program: Program, done_on: DoneOn, today: date) -> date | None:
    """Return the next date within a week of program that asks for a session."""
    first = max(today + DAY, program.start)
    ahead = (first + DAY * number for number in range(WEEK))
    return next((day for day in ahead if due(program, done_on.keys(), day)), None)
