"""The figures of a timeline, each with the count that it rests on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from reporting import amount
from reporting.formulas import Formulas
from reporting.timeline import Book, Day
from shared.schedule import DAY, stretches_of_week

DIGITS = 4
KEPT = ("done", "partial")
COUNTED = (*KEPT, "missed")


@dataclass(frozen=True, slots=True)
class Adherence:
    """How much of what was asked for was done.

    Attributes:
        value: 0 to 1; None where no date counts yet.
        days: the dates that it is the mean of.
        version: of the formula.
    """

    value: float | None
    days: int
    version: str


@dataclass(frozen=True, slots=True)
class Week:
    """The running week of the program, or its last: dates asked for in all, and done so far."""

    start: date
    end: date
    asked: int
    kept: int


@dataclass(frozen=True, slots=True)
class Window:
    """The pain answers between two dates.

    Attributes:
        start: first date.
        end: last date.
        sessions: how many were told in it.
        answered: how many of them answered.
        mean: of the answers; None where they are too few.
        low: the least one; None where there is none.
        high: the highest one.
    """

    start: date
    end: date
    sessions: int
    answered: int
    mean: float | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Pain:
    """Pain over all, and at both ends; `last` is None while it would overlap with `first`."""

    whole: Window
    first: Window
    last: Window | None
    version: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a program as of a date.

    Attributes:
        asked: dates that asked for a session and are over, or have one.
        kept: those of them with a session, `full` or `in_part`.
        full: all of the date's dose was done.
        in_part: less of it was done.
        missed: asked for and not done.
        extra: sessions that no date asked for; in no other figure.
        adherence: see Adherence.
        week: the running week, None before the program begins.
        pain: see Pain; None before the program begins.
        evidence: exercises done in all sessions, by what the patient's word for it rests on: tap,
            timed, counted, observed or device; the commonest first.
    """

    asked: int
    kept: int
    full: int
    in_part: int
    missed: int
    extra: int
    adherence: Adherence
    week: Week | None
    pain: Pain | None
    evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Practised:
    """One exercise over the last weeks.

    Attributes:
        exercise: its id.
        unit: what it is counted in; None where that has changed meanwhile.
        days_asked: dates that asked for it.
        days_done: those of them on which some of it was done.
        asked: amount asked for on these dates, in the unit.
        done: amount done on them, more than asked included.
        share: mean over the dates of done beside asked, each 1 at most; None where none asked.
    """

    exercise: str
    unit: str | None
    days_asked: int
    days_done: int
    asked: float | None
    done: float | None
    share: float | None


def summarize(book: Book, days: Sequence[Day], formulas: Formulas) -> Summary:
    """Return the figures of a timeline's days."""
    counted = [day for day in days if day.due and day.status in COUNTED]
    kept = [day for day in counted if day.status in KEPT]
    full = sum(day.status == "done" for day in kept)
    return Summary(
        asked=len(counted),
        kept=len(kept),
        full=full,
        in_part=len(kept) - full,
        missed=len(counted) - len(kept),
        extra=sum(day.status in KEPT and not day.due for day in days),
        adherence=_adherence(counted, formulas),
        week=_week(book, days),
        pain=_pain(book, days, formulas) if days else None,
        evidence=_evidence(book),
    )


def practised(book: Book, days: Sequence[Day], window: timedelta) -> list[Practised]:
    """Return each exercise that the last weeks asked for, in the order of the programs."""
    recent = [day for day in _last(book, days, window) if day.due and day.status in COUNTED]
    exercises = dict.fromkeys(one["exercise"] for day in recent for one in day.prescribed)
    return [_practised(book, exercise, recent) for exercise in exercises]


def _adherence(counted: Sequence[Day], formulas: Formulas) -> Adherence:
    shares = [day.adherence for day in counted if day.adherence is not None]
    value = round(fmean(shares), DIGITS) if shares else None
    return Adherence(value, len(shares), formulas.adherence.version)


def _evidence(book: Book) -> dict[str, int]:
    entries = (entry for session in book.sessions.values() for entry in session["entries"])
    return dict(Counter(entry["evidence"] for entry in entries if entry["done"]).most_common())


def _week(book: Book, days: Sequence[Day]) -> Week | None:
    """Count the running week: the dates it asks for are those fixed, or as many as were chosen."""
    program = book.program
    today = min(book.today, program.last) if program.last else book.today
    if today < program.start:
        return None
    week = [day for day in days if day.date in program.week(today)]
    kept = sum(day.due and day.status in KEPT for day in week)
    missed = sum(day.status == "missed" for day in week)
    asked = sum(
        max(stretch.quota, sum(program.in_force(day).fixed_on(day) for day in stretch.days))
        for stretch in stretches_of_week(program, today)
    )
    first, *_, last = program.week(today)
    return Week(first, last, max(asked, kept + missed), kept)


def _pain(book: Book, days: Sequence[Day], formulas: Formulas) -> Pain:
    past = [day for day in days if day.date <= book.today or day.done]
    length, least = formulas.pain_window, formulas.pain_answers
    begin = days[0].date
    end = past[-1].date if past else begin
    last = (
        _window(past, end - length + DAY, end, least) if end - begin >= 2 * length - DAY else None
    )
    return Pain(
        whole=_window(past, begin, end, least),
        first=_window(past, begin, begin + length - DAY, least),
        last=last,
        version=formulas.pain.version,
    )


def _window(days: Iterable[Day], start: date, end: date, least: int) -> Window:
    within = [day for day in days if start <= day.date <= end]
    answers = [day.pain for day in within if day.pain is not None]
    return Window(
        start=start,
        end=end,
        sessions=sum(bool(day.done) for day in within),
        answered=len(answers),
        mean=round(fmean(answers), DIGITS) if len(answers) >= least else None,
        low=min(answers, default=None),
        high=max(answers, default=None),
    )


def _last(book: Book, days: Sequence[Day], window: timedelta) -> list[Day]:
    """Return the days of a window that ends today, or with the program."""
    end = min(book.today, book.program.last) if book.program.last else book.today
    return [day for day in days if end - window < day.date <= end]


def _practised(book: Book, exercise: str, days: Sequence[Day]) -> Practised:
    doses = {
        day.date: one["dose"]
        for day in days
        for one in day.prescribed
        if one["exercise"] == exercise
    }
    entries = {
        day: entry
        for day in doses
        for entry in book.sessions.get(day, {}).get("entries", ())
        if entry["exercise"] == exercise
    }
    shares = [amount.share(entries[day]) if day in entries else 0.0 for day in doses]
    units = {amount.measure(dose) for dose in doses.values()}
    unit = units.pop() if len(units) == 1 else None
    return Practised(
        exercise=exercise,
        unit=unit,
        days_asked=len(doses),
        days_done=sum(share > 0 for share in shares),
        asked=sum(amount.asked(dose, unit) for dose in doses.values()) if unit else None,
        done=sum(amount.done(entry, unit) for entry in entries.values()) if unit else None,
        share=round(fmean(shares), DIGITS) if shares else None,
    )
