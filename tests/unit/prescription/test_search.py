"""What exercises are found by."""

from dataclasses import asdict
from typing import Any

import pytest

from prescription import search
from prescription.catalogue import catalogue


def listed(word: str, **other: Any) -> dict[str, Any]:
    command = catalogue().publication("north", word)
    return {**asdict(command), "retired": False, "offered": False} | other


def found(exercise: dict[str, Any], words: str, **codes: str) -> bool:
    return set(search.wanted(words, codes)) <= set(search.tokens(exercise))


@pytest.mark.parametrize(
    "words", ["", "step", "Step-Up", "ste", "subir", "ESCALÓN", "escalon", "esc step", "quadri"]
)
def test_an_exercise_is_found_by_words_of_both_languages_from_the_third_letter(words: str) -> None:
    assert found(listed("step-up"), words)


@pytest.mark.parametrize("words", ["st", "tep", "bridge", "step bridge"])
def test_what_is_no_word_of_it_does_not_find_it(words: str) -> None:
    assert not found(listed("step-up"), words)


def test_codes_narrow_it_down() -> None:
    codes = {"region": "knee", "kind": "strength", "equipment": "step", "position": "standing"}

    assert found(listed("step-up"), "", **codes)
    assert not found(listed("step-up"), "", **codes | {"region": "neck"})
    assert not found(listed("step-up"), "region=knee")


def test_what_is_retired_is_found_among_what_is_past() -> None:
    past = set(search.tokens(listed("step-up", retired=True)))

    assert set(search.wanted("step", {}, retired=True)) <= past
    assert not set(search.wanted("step", {})) <= past


def test_an_exercise_without_a_guide_is_found_too() -> None:
    plain = listed("step-up", guide=None)

    assert found(plain, "step", kind="strength")
    assert not found(plain, "", region="knee")
