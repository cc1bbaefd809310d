"""The practice's library of exercises: what one is like, version by version, and whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from prescription import guide
from prescription.commands import AnswerOffer, OfferExercise, PublishExercise, ReviseExercise
from prescription.events import (
    ExerciseDeclined,
    ExerciseOffered,
    ExercisePublished,
    ExerciseRestored,
    ExerciseRetired,
    ExerciseRevised,
    ExerciseShared,
)
from prescription.fault import fault, one_of
from prescription.guide import Ladder
from prescription.rules import Rules
from prescription.site import Site
from shared.errors import Fault, Invalid, NotFound, Refusal
from shared.stream import Kind

Version = ExercisePublished | ExerciseRevised
SAID = ("name", "plain_name", "kind", "steps", "stop_if", "source", "guide")
NO_SITE = fault("/site", "The practice has no site with this id.")


class ExerciseImpossible(Invalid):
    """The exercise cannot be as it is described."""

    slug = "exercise-impossible"
    title = "The exercise cannot be like this"


class AlreadyRetired(Refusal):
    """A retired exercise stays as it was."""

    slug = "exercise-retired"
    title = "This exercise is retired"


class NotRetired(Refusal):
    """Only what was retired is brought back."""

    slug = "exercise-not-retired"
    title = "This exercise is not retired"


class OfTheCatalogue(Refusal):
    """An exercise of the catalogue changes with the catalogue."""

    slug = "exercise-of-catalogue"
    title = "This exercise belongs to the catalogue"


class NoOffer(Refusal):
    """There is nothing to offer, or to answer."""

    slug = "exercise-not-offered"
    title = "This exercise is not offered"


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is known of an exercise; without a version it is not there.

    Attributes:
        versions: all, the first first.
        site: the one that has it; None for all of the practice.
        offered: whether it waits to be taken in for all sites.
        retired: whether it is prescribed no more.
    """

    versions: tuple[Version, ...] = ()
    site: str | None = None
    offered: bool = False
    retired: bool = False

    @property
    def latest(self) -> Version | None:
        """What it is like now."""
        return self.versions[-1] if self.versions else None

    @property
    def word(self) -> str | None:
        """Which of the catalogue it is."""
        first = self.versions[0] if self.versions else None
        return first.word if isinstance(first, ExercisePublished) else None

    def serves(self, site: str) -> bool:
        """Tell whether a site may prescribe it."""
        return bool(self.versions) and self.site in (None, site)


# What else an event changes.
CHANGES: dict[type, dict[str, Any]] = {
    ExerciseRetired: {"retired": True, "offered": False},
    ExerciseRestored: {"retired": False},
    ExerciseOffered: {"offered": True},
    ExerciseShared: {"site": None, "offered": False},
    ExerciseDeclined: {"offered": False},
}


def evolve(exercise: Exercise, event: object) -> Exercise:
    """Return the exercise after an event."""
    if isinstance(event, ExercisePublished):
        return Exercise((event,), event.site)
    if isinstance(event, ExerciseRevised):
        return replace(exercise, versions=(*exercise.versions, event))
    change = CHANGES.get(type(event))
    return replace(exercise, **change) if change else exercise


KIND = Kind("exercise", Exercise(), evolve)


def publish(
    command: PublishExercise, ladder: Ladder, rules: Rules, where: Site | None = None
) -> list[object]:
    """Decide a publication.

    Args:
        command: what is published.
        ladder: the rest of its ladder.
        rules: codes and limits.
        where: the site that is to have it, where one is named.

    Raises:
        ExerciseImpossible: a field cannot be; each is named.
    """
    if where is not None and not where.name:
        raise ExerciseImpossible("Look at the site.", faults=[NO_SITE])
    _check(command, ladder, rules)
    return [
        ExercisePublished(
            exercise=command.exercise,
            **_said(command),
            site=command.site,
            word=command.word,
            edition=command.edition,
        )
    ]


def revise(
    exercise: Exercise, command: ReviseExercise, ladder: Ladder, rules: Rules
) -> list[object]:
    """Decide what an exercise of the practice's own is like from now on.

    Raises:
        NotFound: there is none.
        AlreadyRetired: it is prescribed no more.
        OfTheCatalogue: it is none of the practice's own.
        ExerciseImpossible: a field cannot be; each is named.
    """
    check_in_use(exercise)
    if exercise.word:
        raise OfTheCatalogue("Put in one of your own instead, and retire this one if you like.")
    _check(command, ladder, rules)
    return [_revised(exercise, command, None)]


def renew(exercise: Exercise, command: PublishExercise) -> list[object]:
    """Decide what the catalogue's exercise is like in an edition; nothing where it is as before.

    One that the practice has retired stays as it was, and one that a still newer edition changed.
    """
    latest = exercise.latest
    if latest is None or exercise.retired or (latest.edition or "") > (command.edition or ""):
        return []
    if _said(latest) == _said(command):
        return []
    return [_revised(exercise, command, command.edition)]


def retire(exercise: Exercise, identity: str) -> list[object]:
    """Decide that an exercise is prescribed no more.

    Raises:
        NotFound: there is none.
        AlreadyRetired: it was retired before.
    """
    check_in_use(exercise)
    return [ExerciseRetired(identity)]


def restore(
    exercise: Exercise, identity: str, newest: PublishExercise | None = None
) -> list[object]:
    """Decide that a retired exercise is prescribed again.

    Args:
        exercise: what is known of it.
        identity: its id.
        newest: what the catalogue says of it now, where it is of the catalogue.

    Raises:
        NotFound: there is none.
        NotRetired: it is prescribed as it is.
    """
    _check_there(exercise)
    if not exercise.retired:
        raise NotRetired("It can be prescribed as it is.")
    back = ExerciseRestored(identity)
    # The editions that came meanwhile passed it by.
    return [back, *(renew(evolve(exercise, back), newest) if newest else ())]


def offer(exercise: Exercise, command: OfferExercise) -> list[object]:
    """Decide that a site's exercise is offered to all.

    Raises:
        NotFound: there is none.
        AlreadyRetired: it is prescribed no more.
        NoOffer: all sites have it, or it is offered already.
    """
    check_in_use(exercise)
    if exercise.site is None:
        raise NoOffer("All sites of the practice have it.")
    if exercise.offered:
        raise NoOffer("It is offered already and waits for an answer.")
    return [ExerciseOffered(command.exercise)]


def answer(exercise: Exercise, command: AnswerOffer) -> list[object]:
    """Decide whether an offered exercise is taken in for all sites.

    Raises:
        NotFound: there is none.
        NoOffer: nobody offers it.
    """
    check_in_use(exercise)
    if not exercise.offered:
        raise NoOffer("Nobody offers it now.")
    made = ExerciseShared if command.accepted else ExerciseDeclined
    return [made(command.exercise)]


def check_in_use(exercise: Exercise) -> None:
    """Refuse what is not there, or was retired.

    Raises:
        NotFound: there is none.
        AlreadyRetired: it is prescribed no more.
    """
    _check_there(exercise)
    if exercise.retired:
        raise AlreadyRetired("Bring it back first. Programs that have it go on.")


def _check_there(exercise: Exercise) -> None:
    if not exercise.versions:
        raise NotFound("There is no exercise with this id.")


def _revised(
    exercise: Exercise, command: PublishExercise | ReviseExercise, edition: str | None
) -> ExerciseRevised:
    return ExerciseRevised(
        exercise=command.exercise,
        version=len(exercise.versions) + 1,
        **_said(command),
        edition=edition,
    )


def _said(told: PublishExercise | ReviseExercise | Version) -> dict[str, Any]:
    """Return all that a version of an exercise says of it."""
    return {name: getattr(told, name) for name in SAID}


def _check(command: PublishExercise | ReviseExercise, ladder: Ladder, rules: Rules) -> None:
    if faults := list(_faults(command, ladder, rules)):
        raise ExerciseImpossible("Look at the fields that are named here.", faults=faults)


def _faults(
    command: PublishExercise | ReviseExercise, ladder: Ladder, rules: Rules
) -> Iterator[Fault]:
    yield from one_of("/kind", command.kind, rules.kinds)
    if command.guide:
        yield from guide.faults(command.exercise, command.kind, command.guide, ladder, rules)
