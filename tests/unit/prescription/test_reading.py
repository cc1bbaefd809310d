"""How easily a text is read."""

import pytest

from prescription.reading import age, ease

# Long words in one long sentence.
HARD = "Subsequently reposition the contralateral extremity maintaining appropriate control"
DURO = "Posteriormente reposicione la extremidad contralateral manteniendo la estabilidad"


def test_short_words_in_short_sentences_are_read_by_the_young() -> None:
    assert age(["Sit down. Stand up."]) < 8
    assert age([HARD]) > 12
    assert ease(["Siéntese. Ande un poco."]) > 70 > ease([DURO])


def test_the_grade_is_that_of_the_formula() -> None:
    # Six words, one sentence, seven syllables.
    assert age(["Put your feet on the table."]) == pytest.approx(
        0.39 * 6 + 11.8 * 7 / 6 - 15.59 + 5
    )
    # Four words, one sentence, seven syllables.
    assert ease(["Siéntese en la silla."]) == pytest.approx(206.84 - 60 * 7 / 4 - 1.02 * 4)


@pytest.mark.parametrize("text", ["", "...", "1 2 3"])
def test_nothing_is_easy_to_read(text: str) -> None:
    assert age([text]) < 0
    assert ease([text]) == 206.84
