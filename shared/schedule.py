"""Which dates a program asks for: which revision is in force on a date, and what it asks for then.

Three services need the same answer, so it is given here, from the published program alone. Weeks
start at the program's start. An exercise on weekdays, or every day, is asked for on fixed dates.
One on "n days a week" is asked for on any n dates of a week, as the patient likes; a week cut
short, by the program's end or a change of n, asks for its share of n. A date off that the program
allows is no miss; with "n days a week" a date without a session is one when n can no longer be
reached in its week. While a program is paused it asks for nothing, and misses
nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, groupby
from typing import Any
from zoneinfo import ZoneInfo

WEEK = 7
DAY = timedelta(days=1)

DoneOn = Mapping[date, AbstractSet[str]]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of a revision.

    Attributes:
        exercise: its id.
        dose: as published.
        weekdays: ISO weekdays it is asked for on; empty where `days_per_week` says how often.
        days_per_week: 1 to 7.
        priority: 1 (always) to 3 (if there is time).
    """

    exercise: str
    dose: Mapping[str, Any]
    weekdays: frozenset[int]
    days_per_week: int
    priority: int

    @property
    def chosen(self) -> bool:
        """Whether the patient chooses the days."""
        return not self.weekdays and self.days_per_week < WEEK

    def fixed_on(self, day: date) -> bool:
        """Tell whether it is asked for on this date and no other will do."""
        return day.isoweekday() in self.weekdays if self.weekdays else not self.chosen


@dataclass(frozen=True, slots=True)
class Revision:
    """What the program asks for from a date on."""

    revision: int
    effective: date
    phase: int
    exercises: tuple[Exercise, ...]

    @property
    def often(self) -> int:
        """On how many days a week, chosen by the patient, it asks for anything; 0 for none."""
        return max((found.days_per_week for found in self.exercises if found.chosen), default=0)

    def fixed_on(self, day: date) -> bool:
        """Tell whether it asks for anything on this very date."""
        return any(found.fixed_on(day) for found in self.exercises)


@dataclass(frozen=True, slots=True)
class Pause:
    """Dates on which a program rests: from `first` to the one before `until`, if it has one."""

    first: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Tell whether a date lies in it."""
        return self.first <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Program:
    """A program with all its revisions, in their order; `last` is its last date, if it has one."""

    program: str
    patient: str
    zone: ZoneInfo | None
    start: date
    last: date | None
    revisions: tuple[Revision, ...]
    pauses: tuple[Pause, ...] = ()

    def covers(self, day: date) -> bool:
        """Tell whether a date lies between the program's first and last."""
        return self.start <= day and (self.last is None or day <= self.last)

    def rests(self, day: date) -> bool:
        """Tell whether the program is paused on this date."""
        return any(pause.holds(day) for pause in self.pauses)

    def runs(self, day: date) -> bool:
        """Tell whether the program can ask for anything on this date."""
        return self.covers(day) and not self.rests(day)

    def in_force(self, day: date) -> Revision:
        """Return the revision in force on a date; the first one before all others."""
        found = [revision for revision in self.revisions if revision.effective <= day]
        return found[-1] if found else self.revisions[0]

    def find(self, exercise: str, day: date) -> Exercise | None:
        """Return the exercise as in force on a date, else as the latest revision that has it."""
        for revision in (self.in_force(day), *reversed(self.revisions)):
            for found in revision.exercises:
                if found.exercise == exercise:
                    return found
        return None

    def week(self, day: date) -> tuple[date, ...]:
        """Return the seven dates of the program's week around a date."""
        first = day - DAY * ((day - self.start).days % WEEK)
        return tuple(first + DAY * index for index in range(WEEK))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Dates of one week that ask for the same number of chosen days."""

    days: tuple[date, ...]
    often: int

    @property
    def quota(self) -> int:
        """How many of its dates a session is asked for on."""
        return self.often * len(self.days) // WEEK


def read(document: Mapping[str, Any], zone: str | None) -> Program:
    """Return the program that a projection has folded from its published events.

    Args:
        document: program, patient, start, end, ended (dates as ISO text or None), and revisions,
            each with revision, effective, phase and exercises as published; and pauses, each with
            first and until, left out where there was never one.
        zone: IANA name of the patient's time zone; None where it has not come yet.
    """
    ends = [date.fromisoformat(end) for end in (document["end"], document["ended"]) if end]
    return Program(
        program=document["program"],
        patient=document["patient"],
        zone=ZoneInfo(zone) if zone else None,
        start=date.fromisoformat(document["start"]),
        last=min(ends, default=None),
        revisions=tuple(_revision(found) for found in document["revisions"]),
        pauses=pauses(document),
    )


def pauses(document: Mapping[str, Any]) -> tuple[Pause, ...]:
    """Return the pauses that were folded into a program's document."""
    return tuple(_pause(found) for found in document.get("pauses", ()))


def paused(document: dict[str, Any], first: str) -> None:
    """Fold into a program's document that it rests from a date on."""
    document["pauses"] = [*document.get("pauses", ()), {"first": first, "until": None}]


def resumed(document: dict[str, Any], until: str) -> None:
    """Fold into a program's document that its pause is over: `until` is the first date after it."""
    *earlier, latest = document["pauses"]
    document["pauses"] = [*earlier, {**latest, "until": until}]


def foremost(programs: Iterable[Program], today: date) -> Program | None:
    """Return the program that a patient is shown first: of those that run the latest to begin.

    Where none runs it is the next one to begin, else the last one that began.
    """
    found = sorted(programs, key=lambda one: (one.start, one.program), reverse=True)
    running = [program for program in found if program.covers(today)]
    coming = [program for program in found if program.start > today]
    over = [program for program in found if program.start <= today]
    return next(iter([*running, *reversed(coming), *over]), None)


def due(program: Program, done: AbstractSet[date], day: date) -> bool:
    """Tell whether the program asks for a session on a date, given the dates that have one."""
    return any(
        is_due(program, stretch, day, done)
        for stretch in stretches_of_week(program, day)
        if day in stretch.days
    )


def missed(program: Program, done: AbstractSet[date], day: date) -> bool:
    """Tell whether a date that is over without a session was asked for."""
    return any(
        is_missed(program, stretch, day, done)
        for stretch in stretches_of_week(program, day)
        if day in stretch.days
    )


def asked(program: Program, done_on: DoneOn, day: date) -> tuple[Exercise, ...]:
    """Return the exercises that a date asks for, given which were done on the dates of its week.

    Those on chosen days go together by their number of days a week: a date asks for them once one
    of them was done on it, or when their days can no longer be reached without it.
    """
    if program.rests(day):
        return ()
    exercises = program.in_force(day).exercises
    classes = {found.days_per_week for found in exercises if found.chosen}
    chosen = {often for often in classes if _is_asked(program, done_on, day, often)}
    return tuple(
        found
        for found in exercises
        if (found.days_per_week in chosen if found.chosen else found.fixed_on(day))
    )


def is_due(program: Program, stretch: Stretch, day: date, done: AbstractSet[date]) -> bool:
    """Tell whether a session on a date of the stretch is asked for."""
    return program.in_force(day).fixed_on(day) or _before(stretch, day, done) < stretch.often


def is_missed(program: Program, stretch: Stretch, day: date, done: AbstractSet[date]) -> bool:
    """Tell whether a date of the stretch without a session is a miss."""
    left = len(stretch.days) - stretch.days.index(day) - 1
    out_of_reach = _before(stretch, day, done) + left < stretch.quota
    return program.in_force(day).fixed_on(day) or out_of_reach


def stretches(program: Program, until: date) -> Iterator[Stretch]:
    """Yield the stretches of the program's weeks, the week of `until` included."""
    for number in count():
        first = program.start + DAY * (WEEK * number)
        if first > until:
            return
        yield from stretches_of_week(program, first)


def stretches_of_week(program: Program, day: date) -> Iterator[Stretch]:
    """Yield the stretches of the program's week around a date."""
    running = [found for found in program.week(day) if program.runs(found)]
    for often, found in groupby(running, key=lambda each: program.in_force(each).often):
        yield Stretch(tuple(found), often)


def _pause(document: Mapping[str, Any]) -> Pause:
    until = document["until"]
    return Pause(date.fromisoformat(document["first"]), until and date.fromisoformat(until))


def _revision(document: Mapping[str, Any]) -> Revision:
    return Revision(
        revision=document["revision"],
        effective=date.fromisoformat(document["effective"]),
        phase=document["phase"]["number"],
        exercises=tuple(_exercise(found) for found in document["exercises"]),
    )


def _exercise(document: Mapping[str, Any]) -> Exercise:
    dose = document["dose"]
    return Exercise(
        exercise=document["exercise"],
        dose=dose,
        weekdays=frozenset(dose["weekdays"]),
        days_per_week=dose["days_per_week"],
        priority=document["priority"],
    )


def _before(stretch: Stretch, day: date, done: AbstractSet[date]) -> int:
    return sum(found in done for found in stretch.days if found < day)


def _is_asked(program: Program, done_on: DoneOn, day: date, often: int) -> bool:
    together = {
        found.exercise
        for found in program.in_force(day).exercises
        if found.chosen and found.days_per_week == often
    }
    if together & done_on.get(day, frozenset()):
        return True
    week = program.week(day)
    before = sum(bool(together & done_on.get(found, frozenset())) for found in week if found < day)
    return often - before > WEEK - 1 - week.index(day)
