"""The dosage of a program: a phase and its exercises, each with its dose."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from prescription import dose
from prescription.commands import AskedExercise, AskedPhase
from prescription.events import Exercise, Phase
from prescription.fault import fault
from prescription.rules import Rules
from prescription.text import Keep
from shared.errors import Fault


def faults(
    phase: AskedPhase,
    exercises: Sequence[AskedExercise],
    library: AbstractSet[str],
    rules: Rules,
) -> Iterator[Fault]:
    """Yield what cannot be about a phase and its exercises.

    Args:
        phase: its number and name.
        exercises: with their doses.
        library: those of them that are in the practice's library.
        rules: codes and limits.
    """
    low, high = rules.phases
    if not low <= phase.number <= high:
        yield fault("/phase/number", "Give %(low)g to %(high)g.", low=low, high=high)
    if not exercises:
        yield fault("/exercises", "A program asks for at least one exercise: add one.")
    if len(exercises) > rules.exercises:
        yield fault("/exercises", "At most %(most)s exercises.", most=rules.exercises)
        return
    for number, asked in enumerate(exercises):
        pointer = f"/exercises/{number}"
        if asked.exercise not in library:
            yield fault(f"{pointer}/exercise", "The library has no such exercise: choose one.")
        elif any(asked.exercise == other.exercise for other in exercises[:number]):
            yield fault(f"{pointer}/exercise", "It stands here twice: keep one, with all its dose.")
        yield from _exercise_faults(asked, pointer, rules)


def _exercise_faults(asked: AskedExercise, pointer: str, rules: Rules) -> Iterator[Fault]:
    low, high = rules.priorities
    if not low <= asked.priority <= high:
        yield fault(f"{pointer}/priority", "Give %(low)g to %(high)g.", low=low, high=high)
    yield from dose.faults(asked.dose, f"{pointer}/dose", rules)


def phase(asked: AskedPhase, keep: Keep) -> Phase:
    """Return the phase with its name put away."""
    return Phase(asked.number, keep(asked.name, "phase"))


def exercises(asked: Sequence[AskedExercise], keep: Keep) -> tuple[Exercise, ...]:
    """Return the exercises with what is said about them put away."""
    return tuple(
        Exercise(
            exercise=found.exercise,
            dose=found.dose,
            priority=found.priority,
            instructions=keep(found.instructions, "instructions", found.exercise)
            if found.instructions
            else None,
        )
        for found in asked
    )
