"""The exercises that HEP brings: each whole, easy to read, on a ladder without a circle."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from prescription.catalogue import HOME, Broken, Entry, catalogue, identity, read
from prescription.protocol.programs import HOME as PROGRAMS
from prescription.reading import age, ease
from prescription.rules import rules

TEXTS = {path.stem: path.read_text() for path in sorted(HOME.glob("*.toml"))}
ENTRIES = catalogue().entries
# The spoken parts of an exercise, which patients read.
SPOKEN = ("steps", "mistakes", "stop_if", "contraindications", "precautions")
FORTY = 40


def spoken(entry: Any) -> list[str]:
    return [entry.purpose, *(text for name in SPOKEN for text in getattr(entry, name))]


def refused(word: str, old: str, new: str) -> str:
    """Return what is said of the catalogue with one change in one file."""
    changed = TEXTS[word].replace(old, new, 1)
    assert changed != TEXTS[word]

    with pytest.raises(Broken) as told:
        read({**TEXTS, word: changed}, rules())

    return str(told.value)


def test_there_are_forty_exercises_and_more_of_every_modality() -> None:
    kinds = {entry.kind for entry in ENTRIES.values()}

    assert len(ENTRIES) >= FORTY
    assert {"heat", "cold", "electrical", "vestibular", "breathing", "aerobic", "balance"} <= kinds


def test_the_readme_says_how_many_there_are() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()

    assert f"the {len(ENTRIES)} exercises that come with it" in readme


def test_a_change_of_the_files_is_a_new_edition() -> None:
    told = [*TEXTS.values(), *(path.read_text() for path in sorted(PROGRAMS.glob("*.toml")))]
    digest = hashlib.sha256("".join(told).encode()).hexdigest()

    assert rules().catalogue[0] == digest, "raise the catalogue's version, then write this digest"


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_an_exercise_is_read_with_ease_in_both_languages(entry: Entry) -> None:
    oldest, least = rules().reading

    assert age(spoken(entry)) <= oldest
    assert [wording.language for wording in entry.wordings] == ["es"]
    assert ease(spoken(entry.wordings[0])) >= least


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_what_nobody_has_checked_says_so(entry: Entry) -> None:
    usual = entry.usual

    assert all(wording.machine for wording in entry.wordings)
    assert usual.source.verified == bool(usual.source.url)
    assert usual.source.verified or {"times_per_day", "days_per_week"} <= set(usual.unseen)


def test_a_ladder_with_a_circle_is_refused() -> None:
    told = refused("sit-to-stand", "easier = []", 'easier = ["step-up"]')

    assert "sit-to-stand: /easier/0 From this one the ladder leads back here" in told
    assert "step-up: /easier/0" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('region = "knee"', 'region = "tail"', "/region"),
        ('equipment = ["chair"]', 'equipment = ["sofa"]', "/equipment/0"),
        ("easier = []", 'easier = ["flying"]', "/easier/0 The library has no such exercise"),
        ("repetitions = 10", "load_kg = 900", "/usual/dose/load_kg"),
        ('purpose = "M', 'reason = "M', "purpose"),
        ("mistakes = [", "mistakes = []\nslips = [", "slips"),
        ("machine = true", "", "machine"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(old: str, new: str, told: str) -> None:
    assert told in refused("sit-to-stand", old, new)


def test_a_usual_dose_suits_its_kind() -> None:
    told = refused("diaphragmatic-breathing", "minutes = 5", "minutes = 5\nload_kg = 2")

    assert "diaphragmatic-breathing: /usual/dose/load_kg" in told


def test_a_practice_has_each_exercise_under_an_id_of_its_own() -> None:
    north = catalogue().publication("north", "step-up")
    south = catalogue().publication("south", "step-up")

    assert north.exercise == identity("north", "step-up") != south.exercise
    assert north.guide is not None
    assert north.guide.easier == (identity("north", "sit-to-stand"),)
    assert (north.word, north.edition) == ("step-up", rules().versions["catalogue"])
