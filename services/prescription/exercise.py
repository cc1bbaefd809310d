"""The practice's library of exercises."""

from dataclasses import dataclass

from prescription.commands import PublishExercise
from prescription.events import ExercisePublished
from prescription.fault import one_of
from prescription.rules import Rules
from shared.errors import Invalid
from shared.stream import Kind


class ExerciseImpossible(Invalid):
    """The exercise cannot be as it is described."""

    slug = "exercise-impossible"
    title = "The exercise cannot be like this"


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is known of an exercise; without a publication it is not there."""

    published: ExercisePublished | None = None


def evolve(exercise: Exercise, event: object) -> Exercise:
    """Return the exercise after an event."""
    return Exercise(event) if isinstance(event, ExercisePublished) else exercise


KIND = Kind("exercise", Exercise(), evolve)


def publish(command: PublishExercise, rules: Rules) -> list[object]:
    """Decide a publication.

    Raises:
        ExerciseImpossible: its kind is unknown.
    """
    if faults := list(one_of("/kind", command.kind, rules.kinds)):
        raise ExerciseImpossible("Look at its kind.", faults=faults)
    return [
        ExercisePublished(
            exercise=command.exercise,
            name=command.name,
            plain_name=command.plain_name,
            kind=command.kind,
            steps=command.steps,
            stop_if=command.stop_if,
            source=command.source,
        )
    ]
