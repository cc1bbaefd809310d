"""The dates that a device keeps of a program: what each asks for, as far as it is known today.

Pure: from the program, the diary and the date that it is where the patient lives.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from adherence.agenda import Agenda, Item, agenda, little, once, short
from adherence.diary import Diary
from adherence.rules import Rules
from shared.schedule import DAY, WEEK, Exercise, Program


@dataclass(frozen=True, slots=True)
class Ahead:
    """A date, and the first date of the program's week that it lies in."""

    agenda: Agenda
    week: date


def ahead(program: Program, diary: Diary, today: date, rules: Rules) -> list[Ahead]:
    """Return the dates from the day before today on, a week and a day of them after it."""
    first, last = today - DAY, today + DAY * rules.kept_days
    dates = [first + DAY * number for number in range((last - first).days + 1)]
    return [Ahead(agenda(program, diary, day, today, rules), program.week(day)[0]) for day in dates]


def told(found: Ahead, program: Program, rules: Rules) -> dict[str, Any]:
    """Return a date as the device reads it.

    An exercise of chosen days is asked for until its days are done: the device counts them, since
    it alone knows what was done without a network.
    """
    day = found.agenda
    revision = program.in_force(day.day)
    asked = {one.exercise: one for one in revision.exercises}
    return {
        "day": day.day.isoformat(),
        "week": found.week.isoformat(),
        "kind": day.kind,
        "revision": day.revision,
        "items": [
            _item(item, asked[item.exercise], runs=program.runs(day.day)) for item in day.items
        ],
        "short": [_few(item, rules) for item in short(day, rules)],
    }


def lately(diary: Diary, today: date) -> dict[str, list[str]]:
    """Return what was done on the dates of the last week, for the count of chosen days."""
    return {
        day.isoformat(): sorted(exercises)
        for day, exercises in diary.done_on().items()
        if day > today - DAY * WEEK
    }


def _item(item: Item, exercise: Exercise, *, runs: bool) -> dict[str, Any]:
    return {
        "exercise": item.exercise,
        "asked": runs if exercise.chosen else item.asked,
        "often": exercise.days_per_week if exercise.chosen else None,
        "state": item.state,
        "left": item.left,
        "goes": item.entry.goes if item.entry else 0,
        "dose": asdict(once(item.dose)),
    }


def _few(item: Item, rules: Rules) -> dict[str, Any]:
    return {"exercise": item.exercise, "done": asdict(little(item.dose, rules))}
