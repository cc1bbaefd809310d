"""The published programs that HEP brings: each whole, with its source, and nothing made up."""

import pytest

from prescription.catalogue import Broken, catalogue
from prescription.protocol.programs import HOME, programs, publication, read
from prescription.rules import rules

TEXTS = {path.stem: path.read_text() for path in sorted(HOME.glob("*.toml"))}
PROGRAMS = 47
TENANT = "north"


def refused(word: str, old: str, new: str) -> str:
    """Return what is said of the programs with one change in one file."""
    changed = TEXTS[word].replace(old, new, 1)
    assert changed != TEXTS[word]

    with pytest.raises(Broken) as told:
        read({**TEXTS, word: changed}, catalogue().entries, rules())

    return str(told.value)


def test_every_published_program_that_was_gathered_is_a_template() -> None:
    assert len(programs()) == PROGRAMS


@pytest.mark.parametrize("word", programs())
def test_a_program_names_its_source_and_what_was_not_seen(word: str) -> None:
    command = publication(TENANT, word)

    assert command.source is not None
    assert command.source.url.startswith(("https://", "http://"))
    assert command.diagnosis is not None
    assert not command.diagnosis.verified
    assert command.basis.tier in {"primary", "secondary", "web"}
    assert all(title.machine for title in command.titles)
    known = command.basis.completeness != "knowledge"
    assert command.source.verified == known


@pytest.mark.parametrize("word", programs())
def test_every_phase_is_over_some_day(word: str) -> None:
    stages = publication(TENANT, word).stages

    assert stages
    assert all(stage.exit for stage in stages)


def test_a_dose_that_no_source_was_seen_for_says_so() -> None:
    (stage,) = publication(TENANT, "pfp-hip-knee-dolak").stages

    assert all({"sets", "repetitions"} <= set(item.unseen) for item in stage.exercises)


def test_of_a_range_the_dose_is_the_least_and_the_most_stands_beside_it() -> None:
    (stage,) = publication(TENANT, "pad-walking").stages
    (walk,) = stage.exercises

    assert walk.dose.minutes == 10
    assert {one.name: one.most for one in walk.ranges} == {"minutes": 50, "days_per_week": 5}


@pytest.mark.parametrize(
    ("word", "old", "new", "told"),
    [
        ("achilles-alfredson", '"heel-drop-bent"', '"heel-fly"', "not in the catalogue"),
        ("achilles-alfredson", '"heel-drop-bent"', '"heel-drop-straight"', "stands here twice"),
        ("achilles-alfredson", "sets = 3", "sets = 300", "/dose/sets Give 1 to 20"),
        ("plantar-rathleff", "at_least = 2", "at_least = -2", "/exit/0/at_least"),
        ("achilles-alfredson", 'region = "ankle"', 'region = "tail"', "/region tail"),
    ],
)
def test_a_program_with_a_fault_is_refused_as_a_whole(
    word: str, old: str, new: str, told: str
) -> None:
    assert told in refused(word, old, new)
