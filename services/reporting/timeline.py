"""The days of a program: what each asked for, what was done, how it felt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from reporting import amount
from shared.schedule import (
    DAY,
    DoneOn,
    Exercise,
    Program,
    Stretch,
    asked,
    is_due,
    is_missed,
    stretches,
)

Status = Literal["done", "partial", "missed", "off", "open", "ahead"]
Session = Mapping[str, Any]
Sessions = Mapping[date, Session]


@dataclass(frozen=True, slots=True)
class Day:
    """One local date of a program.

    Attributes:
        date: in the patient's zone.
        status: done (all of it), partial (less), missed, off (nothing was asked for), open (today,
            not yet done), ahead (still to come in the running week).
        due: whether the program asks, or asked, for a session on it.
        revision: in force on it.
        phase: its number.
        adherence: 0 to 1, the session's completion; 0 where one is missing; None where none was
            asked for or the date is not over.
        prescribed: exercise and dose, as published, of what it asks for.
        done: exercise, done and skipped, as logged.
        prescribed_amount: of one day, in the program's unit; None where nothing is asked for.
        done_amount: the same of what was done; more than prescribed where more was done.
        pain: 0 to 10, None where it was not answered.
        effort: the same.
        difficulty: the same.
        late: whether the session was told later than on the day after.
        note: id of the patient's own words.
    """

    date: date
    status: Status
    due: bool
    revision: int
    phase: int
    adherence: float | None
    prescribed: tuple[Mapping[str, Any], ...]
    done: tuple[Mapping[str, Any], ...]
    prescribed_amount: float | None
    done_amount: float | None
    pain: int | None
    effort: int | None
    difficulty: int | None
    late: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase from its first date to its last, which is None where no end is set."""

    number: int
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Book:
    """A program beside its sessions, as of a date.

    Attributes:
        program: as folded.
        sessions: by local date.
        today: in the patient's zone.
        unit: what its amounts are counted in.
        done_on: exercises of which anything was done, by date; dates without any left out.
    """

    program: Program
    sessions: Sessions
    today: date
    unit: str
    done_on: DoneOn


def opened(program: Program, sessions: Sessions, today: date) -> Book:
    """Return the book of a program."""
    done = {
        day: frozenset(one["exercise"] for one in session["entries"] if amount.share(one) > 0)
        for day, session in sessions.items()
    }
    kept = {day: exercises for day, exercises in done.items() if exercises}
    return Book(program, sessions, today, amount.unit(program), kept)


def days(book: Book) -> tuple[Day, ...]:
    """Return the program's dates in order, without holes, to the end of the running week.

    A program that is over has its dates to the last one. A session outside of these, told before
    the program was cut short, is a fact too: the dates go on to it.
    """
    until = _until(book)
    first = min([book.program.start, *book.sessions])
    placed = {day: found for found in stretches(book.program, until) for day in found.days}
    dates = (first + DAY * number for number in range((until - first).days + 1))
    return tuple(_day(book, day, placed.get(day)) for day in dates)


def phases(program: Program) -> tuple[Phase, ...]:
    """Return the spans of the program's phases, those to come included."""
    turns = sorted({program.start, *(found.effective for found in program.revisions)})
    spans: list[Phase] = []
    for turn in turns:
        number = program.in_force(turn).phase
        if not program.covers(turn) or (spans and spans[-1].number == number):
            continue
        if spans:
            spans[-1] = replace(spans[-1], end=turn - DAY)
        spans.append(Phase(number, turn, program.last))
    return tuple(spans)


def _until(book: Book) -> date:
    """Return the last date to show; before the first one where the program has not begun."""
    week = book.program.week(book.today)
    running = week[-1] if book.program.last is None else min(week[-1], book.program.last)
    return max([running, *book.sessions])


def _day(book: Book, day: date, stretch: Stretch | None) -> Day:
    session = book.sessions.get(day)
    status = _status(book, day, stretch)
    due = _due(book, day, status, stretch)
    prescribed = _prescribed(book, day) if due else ()
    revision = book.program.in_force(day)
    return Day(
        date=day,
        status=status,
        due=due,
        revision=revision.revision,
        phase=revision.phase,
        adherence=_adherence(session, status),
        prescribed=tuple({"exercise": one.exercise, "dose": one.dose} for one in prescribed),
        done=_told(session),
        prescribed_amount=amount.prescribed(prescribed, book.unit),
        done_amount=_done(book, session, status),
        pain=session["pain"] if session else None,
        effort=session["effort"] if session else None,
        difficulty=session["difficulty"] if session else None,
        late=bool(session and session["late"]),
        note=session.get("note") if session else None,
    )


def _status(book: Book, day: date, stretch: Stretch | None) -> Status:
    """Say how a date went; a session of which nothing was done leaves it as if it had none."""
    if day in book.done_on:
        return "done" if book.sessions[day]["completion"] >= 1 else "partial"
    if stretch is None:
        return "off"
    if day > book.today:
        return "ahead"
    done = book.done_on.keys()
    if day == book.today:
        return "open" if is_due(book.program, stretch, day, done) else "off"
    return "missed" if is_missed(book.program, stretch, day, done) else "off"


def _due(book: Book, day: date, status: Status, stretch: Stretch | None) -> bool:
    if stretch is None or status == "off":
        return False
    return status == "missed" or is_due(book.program, stretch, day, book.done_on.keys())


def _prescribed(book: Book, day: date) -> tuple[Exercise, ...]:
    """Return what a due date asks for; all exercises where the patient may choose among them."""
    return asked(book.program, book.done_on, day) or book.program.in_force(day).exercises


def _adherence(session: Session | None, status: Status) -> float | None:
    if status in ("done", "partial") and session:
        return float(session["completion"])
    return 0.0 if status == "missed" else None


def _done(book: Book, session: Session | None, status: Status) -> float | None:
    if session:
        return amount.told(session, book.unit)
    return 0.0 if status == "missed" else None


def _told(session: Session | None) -> tuple[Mapping[str, Any], ...]:
    entries = session["entries"] if session else ()
    names = ("exercise", "done", "skipped")
    return tuple({name: entry[name] for name in names} for entry in entries)
