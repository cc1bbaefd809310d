"""Entries of a session: each exercise as told, beside what was prescribed for its date."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from adherence.commands import Entered
from adherence.completion import highest, measure, prescribed, together, told_in_full
from adherence.events import Entry
from shared.errors import Fault, Invalid
from shared.schedule import Exercise, Program


class Unfitting(Invalid):
    """What was told does not fit the program."""

    slug = "session-unfitting"
    title = "The session does not fit the program"


def beside_prescribed(told: Sequence[Entered], program: Program, day: date) -> tuple[Entry, ...]:
    """Return what was told beside the doses in force on a date.

    Raises:
        Unfitting: an exercise is unknown, stands twice, or was done in no known amount.
    """
    found = [program.find(entered.exercise, day) for entered in told]
    faults = [
        fault
        for index, (entered, exercise) in enumerate(zip(told, found, strict=True))
        for fault in _faults(entered, exercise, told[:index], f"/entries/{index}")
    ]
    if faults:
        raise Unfitting("What was done does not fit the program.", faults=faults)
    pairs = zip(told, found, strict=True)
    return tuple(_entry(entered, exercise) for entered, exercise in pairs if exercise)


def merged(earlier: Sequence[Entry], later: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of two goes on one date: doses add up."""
    entries = {entry.exercise: entry for entry in earlier}
    for entry in later:
        before = entries.get(entry.exercise)
        entries[entry.exercise] = entry if before is None else _both(before, entry)
    return tuple(entries.values())


def corrected(earlier: Sequence[Entry], later: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of a date, each as it was told last."""
    return tuple({entry.exercise: entry for entry in (*earlier, *later)}.values())


def _faults(
    entered: Entered, found: Exercise | None, before: Sequence[Entered], pointer: str
) -> Iterator[Fault]:
    if found is None:
        yield Fault(f"{pointer}/exercise", "It is no exercise of this program.")
        return
    if any(entered.exercise == other.exercise for other in before):
        yield Fault(f"{pointer}/exercise", "It stands here twice: send it once.")
    if entered.done and told_in_full(entered.done, prescribed(found)) is None:
        unit = measure(prescribed(found))
        yield Fault(f"{pointer}/done/{unit}", "Say how much was done, or how many sets.")


def _entry(entered: Entered, exercise: Exercise) -> Entry:
    dose = prescribed(exercise)
    return Entry(
        exercise=entered.exercise,
        prescribed=dose,
        done=entered.done and told_in_full(entered.done, dose),
        skipped=entered.skipped,
        difficulty=entered.difficulty,
    )


def _both(before: Entry, entry: Entry) -> Entry:
    done = together(before.done, entry.done, measure(entry.prescribed))
    return replace(
        entry,
        done=done,
        skipped=None if done else entry.skipped or before.skipped,
        difficulty=highest(before.difficulty, entry.difficulty),
    )
