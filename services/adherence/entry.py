"""Entries of a session: each exercise as told, beside what was prescribed for its date."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import get_args

from adherence.commands import Entered, Told
from adherence.completion import highest, left, measure, prescribed, together, told_in_full
from adherence.events import Entry, Evidence, Mode
from shared.errors import Fault, Invalid, Refusal
from shared.schedule import Exercise, Program


class Unfitting(Invalid):
    """What was told does not fit the program."""

    slug = "session-unfitting"
    title = "The session does not fit the program"


class AlreadyTold(Refusal):
    """Another device told of all of it before."""

    slug = "already-told"
    title = "This was written down before"


# From what an entry rests on least to what it rests on best.
FIRMNESS: Sequence[Evidence] = get_args(Evidence)


def beside_prescribed(
    told: Told, program: Program, day: date, occurred: datetime
) -> tuple[Entry, ...]:
    """Return what was told beside the doses in force on a date.

    Args:
        told: the exercises, and what they rest on.
        program: which prescribes them.
        day: the date.
        occurred: when they were done, with a wrong clock corrected.

    Raises:
        Unfitting: an exercise is unknown, stands twice, or was done in no known amount.
    """
    entries = told.entries
    found = [program.find(entered.exercise, day) for entered in entries]
    faults = [
        fault
        for index, (entered, exercise) in enumerate(zip(entries, found, strict=True))
        for fault in _faults(entered, exercise, entries[:index], f"/entries/{index}")
    ]
    if faults:
        raise Unfitting("What was done does not fit the program.", faults=faults)
    pairs = zip(entries, found, strict=True)
    return tuple(
        _entry(entered, exercise, told, occurred) for entered, exercise in pairs if exercise
    )


def fresh(
    earlier: Sequence[Entry], later: Sequence[Entry], told: Sequence[Entered], apart: timedelta
) -> tuple[Entry, ...]:
    """Return the entries that no device told of before.

    Two devices without a network show the same exercise as open, and a patient may write it down on
    both. A device says how many goes it knew of. Where there were more, its own is another one only
    if the day asks for another one and some time lies between them.

    Args:
        earlier: of the date so far.
        later: what is told now.
        told: the same, as the device says it.
        apart: how much time lies between two goes.

    Raises:
        AlreadyTold: nothing is left of what is told.
    """
    before = {entry.exercise: entry for entry in earlier}
    seen = {entered.exercise: entered.seen for entered in told}
    found = tuple(
        entry
        for entry in later
        if _is_fresh(entry, seen[entry.exercise], before.get(entry.exercise), apart)
    )
    if later and not found:
        raise AlreadyTold("Another device has written this down already. It counts once.")
    return found


def _is_fresh(entry: Entry, seen: int | None, before: Entry | None, apart: timedelta) -> bool:
    if before is None or seen is None or before.goes <= seen or entry.done is None:
        return True
    return left(before) > 0 and abs(entry.occurred - before.occurred) >= apart


def merged(earlier: Sequence[Entry], later: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of two goes on one date: doses add up."""
    entries = {entry.exercise: entry for entry in earlier}
    for entry in later:
        before = entries.get(entry.exercise)
        entries[entry.exercise] = entry if before is None else _both(before, entry)
    return tuple(entries.values())


def corrected(earlier: Sequence[Entry], later: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of a date, each as it was told last; a correction is no other go."""
    goes = {entry.exercise: entry.goes for entry in earlier}
    told = (replace(entry, goes=goes.get(entry.exercise, 1)) for entry in later)
    return tuple({entry.exercise: entry for entry in (*earlier, *told)}.values())


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


def mode(entries: Sequence[Entry]) -> Mode:
    """Return how a session was told: as prescribed where all of it was."""
    return "edited" if any(entry.mode == "edited" for entry in entries) else "as_prescribed"


def evidence(entries: Sequence[Entry]) -> Evidence:
    """Return what a session rests on: the weakest of what was done in it, else of all."""
    done = [entry for entry in entries if entry.done] or entries
    return min((entry.evidence for entry in done), key=FIRMNESS.index)


def _entry(entered: Entered, exercise: Exercise, told: Told, occurred: datetime) -> Entry:
    dose = prescribed(exercise)
    return Entry(
        exercise=entered.exercise,
        prescribed=dose,
        done=entered.done and told_in_full(entered.done, dose),
        skipped=entered.skipped,
        difficulty=entered.difficulty,
        occurred=occurred,
        mode=entered.mode or told.mode,
        evidence=entered.evidence or told.evidence,
        goes=1,
    )


def _both(before: Entry, entry: Entry) -> Entry:
    done = together(before.done, entry.done, measure(entry.prescribed))
    return replace(
        entry,
        done=done,
        skipped=None if done else entry.skipped or before.skipped,
        difficulty=highest(before.difficulty, entry.difficulty),
        occurred=max(before.occurred, entry.occurred),
        mode=mode((before, entry)),
        evidence=evidence((before, entry)),
        goes=before.goes + entry.goes,
    )
