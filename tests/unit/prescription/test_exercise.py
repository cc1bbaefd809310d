"""How exercises come into a library, change, are shared and go."""

from dataclasses import replace
from typing import Any

import pytest

from prescription import exercise, favourites
from prescription.catalogue import catalogue
from prescription.commands import (
    AnswerOffer,
    MarkFavourite,
    OfferExercise,
    PublishExercise,
    ReviseExercise,
)
from prescription.events import (
    ExerciseDeclined,
    ExerciseOffered,
    ExercisePublished,
    ExerciseRestored,
    ExerciseRetired,
    ExerciseRevised,
    ExerciseShared,
    Guide,
)
from prescription.exercise import Exercise
from prescription.guide import Ladder
from prescription.rules import rules
from prescription.site import Site
from shared.errors import NotFound
from tests.unit.prescription.asked import pointers

GUIDE = Guide(
    purpose="Stronger legs.",
    region="knee",
    muscles=("quadriceps",),
    position="sitting",
    equipment=("chair",),
    space="seat",
    supervision="alone",
    sides="both",
    mistakes=("You rock.",),
    contraindications=("A new break.",),
    precautions=("Hold on.",),
    usual=None,
    easier=(),
    verified=False,
    wordings=(),
)
PUBLISH = PublishExercise("own", "Own", "Ours", "strength", ("Go.",), (), None, GUIDE, "north")
REVISE = ReviseExercise("own", 1, "Own", "Ours", "strength", ("Go on.",), (), None, GUIDE)
BROUGHT = catalogue().publication("north", "step-up")
LADDER = Ladder()


def fold(*events: object) -> Exercise:
    found = Exercise()
    for event in events:
        found = exercise.evolve(found, event)
    return found


def published(command: PublishExercise = PUBLISH) -> Exercise:
    return fold(*exercise.publish(command, LADDER, rules()))


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"region": "tail"}, "/region"),
        ({"position": "flying"}, "/position"),
        ({"equipment": ("chair", "sofa")}, "/equipment/1"),
        ({"space": "moon"}, "/space"),
        ({"supervision": "drone"}, "/supervision"),
        ({"sides": "three"}, "/sides"),
        ({"easier": ("own",)}, "/easier/0"),
        ({"easier": ("gone",)}, "/easier/0"),
    ],
)
def test_a_guide_that_cannot_be_is_told_by_field(other: Any, pointer: str) -> None:
    command = replace(PUBLISH, guide=replace(GUIDE, **other))

    with pytest.raises(exercise.ExerciseImpossible) as refused:
        exercise.publish(command, Ladder({}, {"gone"}), rules())

    assert pointers(refused) == [pointer]


def test_a_ladder_with_a_circle_is_told_at_the_rung() -> None:
    command = replace(REVISE, guide=replace(GUIDE, easier=("fine", "middle")))
    around = Ladder({"fine": (), "middle": ("low",), "low": ("own",), "own": ()})

    with pytest.raises(exercise.ExerciseImpossible) as refused:
        exercise.revise(published(), command, around, rules())

    assert pointers(refused) == ["/easier/1"]


def test_an_exercise_is_of_a_site_that_there_is() -> None:
    with pytest.raises(exercise.ExerciseImpossible) as refused:
        exercise.publish(PUBLISH, LADDER, rules(), Site())

    assert pointers(refused) == ["/site"]


def test_a_revision_is_the_next_version_and_the_first_stays() -> None:
    (event,) = exercise.revise(published(), REVISE, LADDER, rules())
    found = exercise.evolve(published(), event)

    assert isinstance(event, ExerciseRevised)
    assert event.version == 2
    assert [version.steps for version in found.versions] == [("Go.",), ("Go on.",)]


def test_an_exercise_of_the_catalogue_is_not_rewritten_here() -> None:
    with pytest.raises(exercise.OfTheCatalogue):
        exercise.revise(published(BROUGHT), REVISE, LADDER, rules())


def test_a_newer_edition_is_a_new_version_where_it_says_something_else() -> None:
    newer = replace(BROUGHT, edition="2099-01", steps=("Step up.",))
    (event,) = exercise.renew(published(BROUGHT), newer)

    assert isinstance(event, ExerciseRevised)
    assert (event.version, event.edition, event.steps) == (2, "2099-01", ("Step up.",))
    assert exercise.renew(published(BROUGHT), replace(BROUGHT, edition="2099-01")) == []


def test_an_older_edition_takes_nothing_back() -> None:
    older = replace(BROUGHT, edition="2000-01", steps=("Step up.",))

    assert exercise.renew(published(BROUGHT), older) == []


def test_what_is_retired_stays_as_it_was() -> None:
    (retired,) = exercise.retire(published(BROUGHT), "own")
    found = exercise.evolve(published(BROUGHT), retired)

    assert isinstance(retired, ExerciseRetired)
    assert found.retired
    assert exercise.renew(found, replace(BROUGHT, edition="2099-01", steps=("Go.",))) == []
    for again in (
        lambda: exercise.retire(found, "own"),
        lambda: exercise.revise(found, REVISE, LADDER, rules()),
        lambda: exercise.offer(found, OfferExercise("own", 1)),
    ):
        with pytest.raises(exercise.AlreadyRetired):
            again()


def test_what_comes_back_is_what_the_catalogue_says_now() -> None:
    newer = replace(BROUGHT, edition="2099-01", steps=("Go.",))
    gone = exercise.evolve(published(BROUGHT), *exercise.retire(published(BROUGHT), "own"))

    back, revised = exercise.restore(gone, "own", newer)
    (alone,) = exercise.restore(gone, "own", BROUGHT)
    found = exercise.evolve(exercise.evolve(gone, back), revised)

    assert back == alone == ExerciseRestored("own")
    assert not found.retired
    assert (found.latest.steps, found.latest.edition) == (("Go.",), "2099-01")
    with pytest.raises(exercise.NotRetired):
        exercise.restore(found, "own", newer)


def test_what_is_not_there_is_neither_retired_nor_brought_back() -> None:
    for asked in (exercise.retire, exercise.restore):
        with pytest.raises(NotFound):
            asked(Exercise(), "own")


@pytest.mark.parametrize(
    ("accepted", "made", "site"), [(True, ExerciseShared, None), (False, ExerciseDeclined, "north")]
)
def test_an_offer_is_answered_once(accepted: bool, made: type, site: str | None) -> None:
    offered = fold(*exercise.publish(PUBLISH, LADDER, rules()), ExerciseOffered("own"))
    (event,) = exercise.answer(offered, AnswerOffer("own", 2, accepted))
    found = exercise.evolve(offered, event)

    assert isinstance(event, made)
    assert (found.site, found.offered) == (site, False)
    with pytest.raises(exercise.NoOffer):
        exercise.answer(found, AnswerOffer("own", 3, accepted))


def test_only_what_one_site_has_is_offered_and_once() -> None:
    everywhere = published(replace(PUBLISH, site=None))
    waiting = exercise.evolve(published(), ExerciseOffered("own"))

    for found in (everywhere, waiting):
        with pytest.raises(exercise.NoOffer):
            exercise.offer(found, OfferExercise("own", 1))


def test_a_site_prescribes_its_own_and_what_all_have() -> None:
    assert published().serves("north")
    assert not published().serves("south")
    assert published(replace(PUBLISH, site=None)).serves("south")
    assert not Exercise().serves("north")


def test_favourites_are_kept_in_the_order_they_came() -> None:
    shelf: favourites.Shelf = ()
    for one, wanted in (("a", True), ("b", True), ("a", True), ("b", False)):
        for event in favourites.mark(MarkFavourite("s", one, wanted)):
            shelf = favourites.evolve(shelf, event)

    assert shelf == ("a",)


def test_a_published_exercise_keeps_its_word() -> None:
    (event,) = exercise.publish(BROUGHT, LADDER, rules())

    assert isinstance(event, ExercisePublished)
    assert (event.word, fold(event).word) == ("step-up", "step-up")
