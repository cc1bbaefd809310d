"""Entries of a session: each exercise as told, beside what was prescribed for its date."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from adherence.commands import Entered
from adherence.completion import measure, prescribed, together, told_in_full
from adherence.events import Entry
from shared.errors import Fault, Invalid
from shared.schedule import Program


class Unfitting(Invalid):
    """What was told does not fit the program."""

    slug = "session-unfitting"
    title = "The session does not fit the program"


def beside_prescribed(told: Sequence[Entered], program: Program, day: date) -> tuple[Entry, ...]:
    """Return what was told beside the doses in force on a date.

    Raises:
        Unfitting: an exercise is unknown, stands twice, or was done in no known amount.
    """
    faults = [
        fault
        for index, entered in enumerate(told)
        for fault in _faults(entered, told[:index], program, day, f"/entries/{index}")
    ]
    if faults:
        raise Unfitting("What was done does not fit the program.", faults=faults)
    return tuple(_entry(entered, program, day) for entered in told)


def merged(earlier: Sequence[Entry], later: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of two goes on one date: doses add up."""
    entries = {entry.exercise: entry for entry in earlier}
    for entry in later:
        before = entries.get(entry.exercise)
        entries[entry.exercise] = entry if before is None else _both(before, entry)
    return tuple(entries.values())


def highest(first: int | None, second: int | None) -> int | None:
    """Return the higher of two answers; one that was not given says nothing."""
    return max((found for found in (first, second) if found is not None), default=None)


def _faults(
    entered: Entered, before: Sequence[Entered], program: Program, day: date, pointer: str
) -> Iterator[Fault]:
    found = program.find(entered.exercise, day)
    if found is None:
        yield Fault(f"{pointer}/exercise", "It is no exercise of this program.")
        return
    if any(entered.exercise == other.exercise for other in before):
        yield Fault(f"{pointer}/exercise", "It stands here twice: send it once.")
    if entered.done and told_in_full(entered.done, prescribed(found)) is None:
        unit = measure(prescribed(found))
        yield Fault(f"{pointer}/done/{unit}", "Say how much was done, or how many sets.")


def _entry(entered: Entered, program: Program, day: date) -> Entry:
    found = program.find(entered.exercise, day)
    if found is None:
        raise KeyError(entered.exercise)
    return Entry(
        exercise=entered.exercise,
        prescribed=prescribed(found),
        done=entered.done and told_in_full(entered.done, prescribed(found)),
        skipped=entered.skipped,
        difficulty=entered.difficulty,
    )


def _both(before: Entry, entry: Entry) -> Entry:
    done = together(before.done, entry.done)
    return replace(
        entry,
        done=done,
        skipped=None if done else entry.skipped or before.skipped,
        difficulty=highest(before.difficulty, entry.difficulty),
    )
