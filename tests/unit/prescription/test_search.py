"""What exercises are found by."""

from dataclasses import asdict
from typing import Any

import pytest

from prescription import search
from prescription.catalogue import catalogue


def listed(word: str, **other: Any) -> dict[str, Any]:
    return {**asdict(catalogue().publication("north", word)), **other}


def found(exercise: dict[str, Any], text: str, *, retired: bool = False, **codes: str) -> bool:
    """Tell whether a query finds an exercise, as a store would."""
    words, asked = search.words(exercise), search.Asked(text, codes)
    held = search.tokens(words, retired=retired)
    return search.first(asked) in held and set(search.wanted(asked)) <= set(words)


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


def test_what_is_retired_is_found_among_its_like_alone() -> None:
    held = search.tokens(search.words(listed("step-up")), retired=True)

    for text in ("", "step"):
        assert not found(listed("step-up"), text, retired=True)
        assert search.first(search.Asked(text, retired=True)) in held


def test_the_longest_word_is_asked_of_the_index() -> None:
    asked = search.Asked("of standing", {"region": "knee"})

    assert search.first(asked) == "standing"
    assert search.wanted(asked) == ["standing", "of", "region=knee"]


def test_an_exercise_without_a_guide_is_found_too() -> None:
    plain = listed("step-up", guide=None)

    assert found(plain, "step", kind="strength")
    assert not found(plain, "", region="knee")
