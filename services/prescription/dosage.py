"""The dosage of a program: a phase and its exercises, each with its dose."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prescription import dose
from prescription.commands import AskedExercise, AskedPhase
from prescription.events import BadDay, Exercise, Phase
from prescription.exercise import Exercise as Known
from prescription.fault import fault, one_of
from prescription.rules import Rules
from prescription.text import Keep
from shared.errors import Fault

UNKNOWN = "The library has no such exercise: choose one."
RETIRED = "This exercise was retired: choose another."
EASIER = "easier"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The exercises that a dosage can be made of.

    Attributes:
        library: by id, those that are asked for and that the patient's site may prescribe.
        kept: by id, the version of those that the program has already: they go on as they are.
    """

    library: Mapping[str, Known]
    kept: Mapping[str, int] = field(default_factory=dict)


def faults(
    phase: AskedPhase,
    exercises: Sequence[AskedExercise],
    shelf: Shelf,
    rules: Rules,
) -> Iterator[Fault]:
    """Yield what cannot be about a phase and its exercises.

    Args:
        phase: its number and name.
        exercises: with their doses.
        shelf: the exercises that there are.
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
        known = shelf.library.get(asked.exercise)
        if known is None:
            yield fault(f"{pointer}/exercise", UNKNOWN)
        elif known.retired and asked.exercise not in shelf.kept:
            yield fault(f"{pointer}/exercise", RETIRED)
        elif any(asked.exercise == other.exercise for other in exercises[:number]):
            yield fault(f"{pointer}/exercise", "It stands here twice: keep one, with all its dose.")
        yield from _exercise_faults(asked, pointer, rules, _kind(asked, shelf))
        if asked.bad_day == EASIER and known is not None and _easier(asked, shelf) is None:
            yield fault(
                f"{pointer}/bad_day", "This exercise has no easier form: choose another way."
            )


def _kind(asked: AskedExercise, shelf: Shelf) -> str | None:
    """Return the kind of an exercise, in the version that the program has or will have."""
    known = shelf.library.get(asked.exercise)
    if known is None:
        return None
    return known.versions[_version(asked.exercise, shelf) - 1].kind


def _version(exercise: str, shelf: Shelf) -> int:
    return shelf.kept.get(exercise, len(shelf.library[exercise].versions))


def _exercise_faults(
    asked: AskedExercise, pointer: str, rules: Rules, kind: str | None
) -> Iterator[Fault]:
    low, high = rules.priorities
    if not low <= asked.priority <= high:
        yield fault(f"{pointer}/priority", "Give %(low)g to %(high)g.", low=low, high=high)
    for name, codes in (("group", "groups"), ("bad_day", "bad_days"), ("taught", "taught")):
        yield from one_of(f"{pointer}/{name}", getattr(asked, name), rules.prescribing[codes])
    yield from dose.faults(asked.dose, f"{pointer}/dose", rules, kind)


def phase(asked: AskedPhase, keep: Keep) -> Phase:
    """Return the phase with its name put away."""
    return Phase(asked.number, keep(asked.name, "phase"))


def exercises(asked: Sequence[AskedExercise], shelf: Shelf, keep: Keep) -> tuple[Exercise, ...]:
    """Return the exercises with what is said about them put away, each in its version."""
    return tuple(
        Exercise(
            exercise=found.exercise,
            dose=found.dose,
            priority=found.priority,
            instructions=keep(found.instructions, "instructions", found.exercise)
            if found.instructions
            else None,
            version=_version(found.exercise, shelf),
            group=found.group,
            bad_day=_bad_day(found, shelf),
            taught=found.taught,
        )
        for found in asked
    )


def _bad_day(asked: AskedExercise, shelf: Shelf) -> BadDay | None:
    if asked.bad_day is None:
        return None
    return BadDay(asked.bad_day, _easier(asked, shelf) if asked.bad_day == EASIER else None)


def _easier(asked: AskedExercise, shelf: Shelf) -> str | None:
    """Return the first exercise one rung below, in the version that the program has."""
    version = shelf.library[asked.exercise].versions[_version(asked.exercise, shelf) - 1]
    return next(iter(version.guide.easier if version.guide else ()), None)
