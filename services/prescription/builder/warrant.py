"""What is prescribed only with a reason, and what not at all.

More exercises than most people keep up ask for one; an exercise that says of itself that it is not
for a condition of the patient's record is refused, or asks for one.
"""

from collections.abc import Iterable, Iterator, Sequence

from prescription.builder.evidence import evidence
from prescription.commands import AskedExercise, AskedReason, AskedTarget, PrescribeProgram
from prescription.dosage import Shelf
from prescription.events import Guide, Reason, Target
from prescription.fault import fault, one_of
from prescription.record.conditions import BLOCK, cautions
from prescription.rules import Rules
from prescription.text import Keep
from shared.errors import Fault

NUMBER, OTHER = "number", "other"
SAY_WHY = "Say why: choose a reason."


def faults(
    command: PrescribeProgram, shelf: Shelf, conditions: Sequence[str], rules: Rules
) -> Iterator[Fault]:
    """Yield what cannot be prescribed like this, or not without a reason.

    Args:
        command: what the therapist asks for, with reasons.
        shelf: the exercises that there are.
        conditions: codes of the patient's record.
        rules: the reasons that there are.
    """
    given = {reason.about for reason in command.reasons}
    most = evidence().reason_above
    if most < len(command.exercises) <= rules.exercises and NUMBER not in given:
        told = "These are more than %(most)s exercises. Say why: choose a reason."
        yield fault("/reasons", told, most=most)
    yield from _reason_faults(command, rules)
    yield from blocked(command.exercises, shelf, conditions)
    for number, asked in enumerate(command.exercises):
        for found in cautions(_guide(asked.exercise, shelf), conditions):
            if found.level != BLOCK and asked.exercise not in given:
                yield fault(f"/exercises/{number}/reason", SAY_WHY)
                break


def blocked(
    exercises: Sequence[AskedExercise], shelf: Shelf, conditions: Sequence[str]
) -> Iterator[Fault]:
    """Yield each exercise that is new to the patient, and not for the patient at all."""
    for number, asked in enumerate(exercises):
        yield from barred(asked.exercise, f"/exercises/{number}/exercise", shelf, conditions)


def barred(exercise: str, pointer: str, shelf: Shelf, conditions: Sequence[str]) -> Iterator[Fault]:
    """Yield why an exercise that is new to the patient is not for the patient at all."""
    if exercise in shelf.kept:
        return
    for found in cautions(_guide(exercise, shelf), conditions):
        if found.level == BLOCK:
            told = "Not for this patient: “%(said)s” Choose another."
            yield fault(pointer, told, said=found.sentence)
            return


def target_faults(command: PrescribeProgram) -> Iterator[Fault]:
    """Yield what cannot be about measures and dates of goals."""
    for number, target in enumerate(command.targets):
        if not 0 <= target.goal < len(command.goals):
            yield fault(f"/targets/{number}/goal", "There is no such goal: write it first.")
        if target.by is not None and target.by < command.start:
            told = "It lies before the start, %(start)s: give that or later."
            yield fault(f"/targets/{number}/by", told, start=command.start)


def reasons(asked: Iterable[AskedReason], keep: Keep) -> tuple[Reason, ...]:
    """Return the reasons with their words put away."""
    return tuple(
        Reason(one.about, one.code, keep(one.words, "reason", one.about) if one.words else None)
        for one in asked
    )


def targets(asked: Iterable[AskedTarget], goals: Sequence[str], keep: Keep) -> tuple[Target, ...]:
    """Return measures and dates of goals, with words put away; `goals` are ids of texts."""
    return tuple(
        Target(
            goals[one.goal],
            keep(one.measure, "measure", str(one.goal)) if one.measure else None,
            one.by,
        )
        for one in asked
    )


def _reason_faults(command: PrescribeProgram, rules: Rules) -> Iterator[Fault]:
    asked = {one.exercise for one in command.exercises}
    for number, reason in enumerate(command.reasons):
        pointer = f"/reasons/{number}"
        if reason.about not in (NUMBER, *asked):
            yield fault(f"{pointer}/about", "The program has no such exercise.")
            continue
        codes = rules.prescribing["many" if reason.about == NUMBER else "cautions"]
        yield from one_of(f"{pointer}/code", reason.code, codes)
        if reason.code == OTHER and not reason.words:
            yield fault(f"{pointer}/words", "Say it in words.")


def _guide(exercise: str, shelf: Shelf) -> Guide | None:
    known = shelf.library.get(exercise)
    latest = known.latest if known else None
    return latest.guide if latest else None
