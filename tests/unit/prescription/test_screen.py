"""The start-of-care screen: its questions as data, what stops and what opens again."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from prescription.flags import screening
from prescription.flags.commands import AnswerScreen, DecideScreen
from prescription.flags.payloads import PUBLISHED
from prescription.flags.questions import screen
from prescription.flags.screening import (
    DECISIONS,
    NothingToDecide,
    ScreenImpossible,
    Screening,
    ScreenStops,
    ScreenUndecided,
)
from prescription.labels import CODES
from prescription.patient import Patient
from prescription.rules import rules
from shared.errors import NotFound
from shared.language import LANGUAGES
from shared.web.contracts import payload_schema
from tests.unit.prescription.asked import ANA, keep, pointers

ANSWER = AnswerScreen("ana", 0, "s", screen().edition, "lower_back", (), None)
DECIDE = DecideScreen("ana", 1, "s", "refer", None)


def answered(state: Screening | None = None, **other: Any) -> Screening:
    state = state or Screening()
    command = replace(ANSWER, **other)
    for event in screening.answer(state, command, Patient(ANA), screen(), rules(), keep):
        state = screening.evolve(state, event)
    return state


def decided(state: Screening, **other: Any) -> Screening:
    for event in screening.decide(state, replace(DECIDE, **other), keep):
        state = screening.evolve(state, event)
    return state


def test_every_question_is_whole_in_both_languages_and_names_its_source() -> None:
    edition, regions = screen(), set(rules().guide["regions"])

    assert len(edition.questions) > 15
    for one in edition.questions.values():
        assert one.level in edition.levels
        assert set(one.regions) <= regions
        assert set(one.said) == set(LANGUAGES)
        assert all(one.said.values())
        assert one.source.title
        # What was seen was seen somewhere.
        assert not one.source.verified or urlsplit(one.source.url).scheme == "https"
    assert not all(one.source.verified for one in edition.questions.values())
    assert all(set(action) == set(LANGUAGES) for action in edition.levels.values())
    assert {*edition.levels, *DECISIONS} <= CODES.keys()


@pytest.mark.parametrize("region", rules().guide["regions"])
def test_every_part_of_the_body_has_questions_the_gravest_first(region: str) -> None:
    levels = list(screen().levels)
    asked = [levels.index(one.level) for one in screen().asked(region)]

    assert asked == sorted(asked)
    assert set(asked) == {0, 1, 2}


def test_the_cauda_equina_is_asked_for_at_the_back_and_not_at_the_elbow() -> None:
    asked = {
        region: {one.word for one in screen().asked(region)} for region in ("lower_back", "elbow")
    }

    assert {"saddle", "bladder", "both_legs"} <= asked["lower_back"]
    assert not {"saddle", "bladder", "both_legs"} & asked["elbow"]


def test_no_screen_stops_nothing_and_a_clear_one_neither() -> None:
    for state in (Screening(), answered()):
        screening.check(state)
        assert not state.stops
    assert answered().latest.level is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("positive", "level"),
    [(("unwell",), "caution"), (("unwell", "wound"), "urgent"), (("wound", "saddle"), "emergency")],
)
def test_concern_stops_until_somebody_decides(positive: tuple[str, ...], level: str) -> None:
    state = answered(positive=positive)

    with pytest.raises(ScreenUndecided) as refused:
        screening.check(state)

    assert state.latest.level == level  # type: ignore[union-attr]
    assert set(state.latest.positive) == set(positive)  # type: ignore[union-attr]
    assert all(word in refused.value.detail for word in ("Screen s", level, *positive))


@pytest.mark.parametrize("decision", ["refer", "hold"])
def test_who_is_referred_or_on_hold_is_given_no_program(decision: str) -> None:
    state = decided(answered(positive=("saddle",)), decision=decision)

    with pytest.raises(ScreenStops) as refused:
        screening.check(state)

    assert decision in refused.value.detail


def test_care_continues_with_a_reason_alone() -> None:
    state = answered(positive=("saddle",))
    with pytest.raises(ScreenImpossible) as refused:
        decided(state, decision="continue")
    with pytest.raises(ScreenImpossible) as unknown:
        decided(state, decision="shrug")

    assert (pointers(refused), pointers(unknown)) == (["/why"], ["/decision"])
    screening.check(decided(state, decision="continue", why="Long known, examined today."))


def test_a_referral_ends_with_another_decision_or_a_screen_without_concern() -> None:
    referred = decided(answered(positive=("saddle",)))

    screening.check(decided(referred, decision="continue", why="Seen by the surgeon."))
    screening.check(answered(referred, screen="t"))


def test_no_screen_hides_an_undecided_one() -> None:
    with pytest.raises(ScreenUndecided):
        answered(answered(positive=("unwell",)), screen="t")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"edition": "1999-01"}, ["/edition"]),
        ({"region": "tail"}, ["/region"]),
        ({"positive": ("unwell", "hiccups")}, ["/positive/1"]),
        ({"region": "elbow", "positive": ("saddle",)}, ["/positive/0"]),
    ],
)
def test_what_was_not_asked_is_not_answered(other: Any, expected: list[str]) -> None:
    with pytest.raises(ScreenImpossible) as refused:
        answered(**other)

    assert pointers(refused) == expected


def test_nothing_is_decided_on_what_is_clear_over_or_not_there() -> None:
    with pytest.raises(NotFound):
        decided(Screening())
    with pytest.raises(NothingToDecide):
        decided(answered())
    with pytest.raises(NothingToDecide):
        decided(answered(positive=("saddle",)), screen="other")
    with pytest.raises(NotFound):
        screening.answer(Screening(), ANSWER, Patient(ANA, erased=True), screen(), rules(), keep)


def test_what_is_published_fits_the_schema_that_is_promised() -> None:
    state = answered(positive=("saddle",), note="Since Monday.")
    events = [state.latest, *screening.decide(state, DECIDE, keep)]

    assert {type(event) for event in events} == set(PUBLISHED)
    for event in events:
        publication = PUBLISHED[type(event)]  # type: ignore[index]
        schema, definitions = payload_schema(publication.schema)
        jsonschema.validate(publication.dump(event), {**schema, "$defs": definitions})
