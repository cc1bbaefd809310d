"""The contact sheets that were looked at are what is drawn today, and the README counts them."""

import re

import pytest

from prescription.figure import picture
from prescription.figure.movement import movement, told, words
from tests.figures.sheets import FOLDER

README = (FOLDER.parents[1] / "README.md").read_text()


def test_every_figure_has_a_sheet_and_no_other_has() -> None:
    assert [path.stem for path in sorted(FOLDER.glob("*.svg"))] == list(words())


@pytest.mark.parametrize("word", words())
def test_a_sheet_is_what_is_drawn_today(word: str) -> None:
    assert (FOLDER / f"{word}.svg").read_text() == picture.sheet(movement(word)), (
        "Look at it anew: python -m tests.figures"
    )


def test_the_readme_counts_what_is_shown_and_told() -> None:
    moving = [word for word in words() if movement(word).moves]
    stills = len(words()) - len(moving)

    counted = re.search(r"(\d+) animated, (\d+) as a still, (\d+) as text only", README)

    assert counted
    assert [int(one) for one in counted.groups()] == [len(moving), stills, len(told())]
