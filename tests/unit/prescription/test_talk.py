"""The conversation before a visit: what the log shows, and what is asked about it."""

from pathlib import Path
from typing import Any

import pytest

import prescription
from prescription.task.rules import kinds
from prescription.task.talk import ALWAYS, LEFT, QUIET, RANGES, REASONS, shows, talk, topics
from shared.language import CATALOGUES, catalogue


def session(**told: Any) -> dict[str, Any]:
    own = {"pain": 2, "effort": None, "difficulty": 3, "completion": 1, "skipped": []}
    return own | told


LOG = {"2026-09-08": session(pain=6, completion=0.5, skipped=["pain"]), "2026-09-09": session()}


def said(log: dict[str, Any]) -> list[str]:
    return [sentence % values for sentence, values in shows(log)]


def test_the_log_is_told_in_numbers_and_what_was_not_answered_is_not_said() -> None:
    assert said(LOG) == [
        "Sessions told of late: 2, the last on 2026-09-09.",
        "Done in full: 1 of 2.",
        "Pain from 2 to 6 of 10, the last time 2.",
        "Difficulty from 3 to 3 of 10, the last time 3.",
        "Exercises were left out: ['pain'].",
    ]
    assert said({}) == ["Nothing is logged yet."]


def titles(open_kinds: list[str], log: dict[str, Any]) -> list[str]:
    return [topic.title for topic in topics(open_kinds, log, talk())]


@pytest.mark.parametrize(
    ("open_kinds", "log", "first"),
    [
        (["pain", "review"], {}, "Pain"),
        ([], LOG, "Pain"),
        (["too_hard"], {}, "Too hard"),
        (["not_started"], {}, "It did not begin"),
        (["lapsed"], {"2026-09-09": session()}, "It stopped, or became less"),
        ([], {"2026-09-09": session()}, "It goes well"),
        (["review"], {}, "Importance and confidence"),
    ],
)
def test_what_is_asked_comes_from_what_the_log_shows(
    open_kinds: list[str], log: dict[str, Any], first: str
) -> None:
    found = titles(open_kinds, log)

    assert found[0] == first
    assert found[-1] == "Importance and confidence"


def test_no_more_is_asked_than_fits_before_a_visit() -> None:
    found = topics([*kinds()], LOG, talk())

    assert len(found) == 4
    assert sum(len(topic.ask) for topic in found) <= 12


def test_each_question_is_there_in_spanish_and_each_sign_is_one() -> None:
    folders = (CATALOGUES, Path(prescription.__file__).parent / "words")
    spanish = {text for folder in folders for text in catalogue("es", folder)}
    texts = [text for topic in talk().topics for text in (topic.title, *topic.ask)]
    signs = {*kinds(), QUIET, ALWAYS, *(f"{LEFT}{reason}" for reason in REASONS)}

    assert {*texts, *RANGES.values(), *REASONS.values()} - spanish == set()
    assert {sign for topic in talk().topics for sign in topic.when} <= signs
    assert talk().source
    assert not talk().verified
