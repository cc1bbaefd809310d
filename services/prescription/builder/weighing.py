"""What a draft asks for, weighed: minutes a day, how many exercises, and what to look at.

Pure: rows in, findings out. Nothing here refuses; `warrant` does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from prescription.builder.evidence import Evidence, Origin, Pace, Usual
from prescription.commands import AskedExercise
from prescription.events import Dose, Guide
from prescription.fault import Worded, fault
from prescription.record.chart import Record
from prescription.record.conditions import BLOCK, cautions

TOTAL, WEEK = "total_seconds", "week_minutes"
SIDES = 2
NOTHING = "nothing"
NEEDS_REPEAT = "needs_repeat"


@dataclass(frozen=True, slots=True)
class Row:
    """An exercise of a draft that says enough to be weighed.

    Attributes:
        number: of the row, from 0.
        asked: the exercise with its dose.
        name: as therapists say it.
        kind: of exercise.
        guide: what it says of itself.
        plain_name: as patients say it.
        steps: how it is done.
        stop_if: signs to stop.
    """

    number: int
    asked: AskedExercise
    name: str
    kind: str
    guide: Guide | None
    plain_name: str = ""
    steps: tuple[str, ...] = ()
    stop_if: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at.

    Attributes:
        row: the exercise's row; None where it is about all of them.
        kind: number, dose, caution, equipment, home, taught.
        level: info, attention or stop.
        told: the sentence and its values.
        source: where a figure comes from, if it is one.
        reason: whether it is prescribed only with a reason.
    """

    row: int | None
    kind: str
    level: str
    told: Worded
    source: Origin | None = None
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """A draft as it weighs.

    Attributes:
        minutes: of a day on which everything is asked for, rounded up.
        number: of exercises.
        findings: the gravest first.
    """

    minutes: int
    number: int
    findings: tuple[Finding, ...]


def weigh(rows: Sequence[Row], record: Record, age: int, known: Evidence) -> Weighed:
    """Weigh the rows of a draft.

    Args:
        rows: those that say enough.
        record: of the patient.
        age: of the patient, in years.
        known: what they are held against.
    """
    found = [
        *_number(len(rows), known),
        *_against(rows, record),
        *_equipment(rows, record),
        *_doses(rows, age, known),
        *_taught(rows),
    ]
    order = ("stop", "attention", "info")
    seconds = sum(daily_seconds(row.asked.dose, known.pace) for row in rows)
    return Weighed(
        minutes=ceil(seconds / 60),
        number=len(rows),
        findings=tuple(sorted(found, key=lambda one: order.index(one.level))),
    )


def daily_seconds(dose: Dose, pace: Pace) -> float:
    """Return how long a day's doing of an exercise takes, with the change to the next."""
    return (_session(dose, pace) + pace.change) * dose.times_per_day


def _session(dose: Dose, pace: Pace) -> float:
    """Return the seconds of one session of an exercise."""
    sets = dose.sets or 1
    if dose.minutes is not None:
        work = dose.minutes * 60
    else:
        work = (dose.repetitions or 1) * _repetition(dose, pace)
    rest = dose.rest_seconds if dose.rest_seconds is not None else pace.between_sets
    once = sets * work + (sets - 1) * rest
    return once * SIDES if dose.side == "each" else once


def _repetition(dose: Dose, pace: Pace) -> float:
    if dose.tempo is not None:
        return float(sum(int(part) for part in dose.tempo.split("-")))
    return float(pace.repetition + (dose.hold_seconds or 0))


def _number(number: int, known: Evidence) -> Iterator[Finding]:
    if number <= known.warn_above:
        return
    told = fault(
        "",
        "These are %(number)s exercises: few people keep up more than %(most)s.",
        number=number,
        most=known.warn_above,
    )
    asks = number > known.reason_above
    level = "attention"
    yield Finding(None, "number", level, told, known.number_sources[0], reason=asks)


def _against(rows: Sequence[Row], record: Record) -> Iterator[Finding]:
    for row in rows:
        for found in cautions(row.guide, record.conditions):
            block = found.level == BLOCK
            sentence = (
                "%(name)s is not for this patient: “%(said)s”"
                if block
                else "%(name)s asks for a reason: “%(said)s”"
            )
            told = fault("", sentence, name=row.name, said=found.sentence)
            level = "stop" if block else "attention"
            yield Finding(row.number, "caution", level, told, reason=not block)


def _equipment(rows: Sequence[Row], record: Record) -> Iterator[Finding]:
    if record.home is None:
        if rows:
            told = fault("", "Nobody has asked yet what there is at home.")
            yield Finding(None, "home", "info", told)
        return
    there = {*record.home.equipment, NOTHING}
    for row in rows:
        for one in row.guide.equipment if row.guide else ():
            if one not in there:
                told = fault(
                    "", "%(name)s needs what is not at home: %(code)s.", name=row.name, code=one
                )
                yield Finding(row.number, "equipment", "attention", told)


def _doses(rows: Sequence[Row], age: int, known: Evidence) -> Iterator[Finding]:
    for row in rows:
        for usual in known.usual:
            value = _amount(row.asked.dose, usual.field)
            if usual.field != WEEK and value is not None and usual.suits(row.kind, age):
                yield from _unusual(row, value, usual, known)
    for usual in known.usual:
        if usual.field == WEEK:
            yield from _week([row for row in rows if usual.suits(row.kind, age)], usual, known)


def _amount(dose: Dose, field: str) -> float | None:
    if field != TOTAL:
        found: float | None = getattr(dose, field, None)
        return found
    if dose.hold_seconds is None:
        return None
    return (dose.sets or 1) * (dose.repetitions or 1) * dose.hold_seconds * dose.times_per_day


def _unusual(row: Row, value: float, usual: Usual, known: Evidence) -> Iterator[Finding]:
    if _within(value, usual):
        return
    told = fault(
        "",
        _sentence("%(name)s, %(field)s %(value)g: usual is", usual),
        name=row.name,
        field=usual.field,
        value=value,
        least=usual.least,
        most=usual.most,
    )
    yield Finding(row.number, "dose", "info", told, known.sources[usual.source])


def _week(rows: Sequence[Row], usual: Usual, known: Evidence) -> Iterator[Finding]:
    """Yield what is unusual of all exercises of a kind together."""
    if not rows:
        return
    value = sum(
        (row.asked.dose.minutes or 0)
        * (row.asked.dose.sets or 1)
        * row.asked.dose.times_per_day
        * row.asked.dose.days_per_week
        for row in rows
    )
    if value and not _within(value, usual):
        told = fault(
            "",
            _sentence("Endurance, %(value)g minutes a week: usual is", usual),
            value=value,
            least=usual.least,
            most=usual.most,
        )
        yield Finding(None, "dose", "info", told, known.sources[usual.source])


def _within(value: float, usual: Usual) -> bool:
    low = usual.least is None or value >= usual.least
    return low and (usual.most is None or value <= usual.most)


def _sentence(begin: str, usual: Usual) -> str:
    if usual.most is None:
        return f"{begin} at least %(least)g."
    if usual.least is None:
        return f"{begin} at most %(most)g."
    return f"{begin} %(least)g to %(most)g."


def _taught(rows: Sequence[Row]) -> Iterator[Finding]:
    for row in rows:
        if row.asked.taught == NEEDS_REPEAT:
            told = fault(
                "", "%(name)s needs another go: show it again at the next visit.", name=row.name
            )
            yield Finding(row.number, "taught", "info", told)
