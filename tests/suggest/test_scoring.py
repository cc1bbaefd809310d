"""What is suggested in the vignettes: nothing forbidden ever, and how much acceptable comes first.

Of the unseen set only ids, counts and means are told: what is in it stays closed.
"""

import statistics
import time

import pytest

from prescription.catalogue import catalogue
from prescription.suggest.case import Case
from prescription.suggest.proposal import Proposal, suggest
from prescription.suggest.rules import rules
from tests.suggest.scoring import AT, recall, wrong
from tests.suggest.vignettes import KNOWN, UNSEEN, Vignette, over, vignettes

# Reached on the known set when the rules were written; a change may raise it, and then this too.
REACHED = 0.84
# Seconds that a suggestion may take once all is loaded.
WARM = 0.3
SETS = pytest.mark.parametrize("name", [KNOWN, UNSEEN])


def case(vignette: Vignette) -> Case:
    return Case(
        system="ICD-10",
        code=vignette.diagnosis.code,
        words=vignette.diagnosis.words,
        age=vignette.age,
        goals=vignette.goals,
        phase=vignette.phase,
        irritability=vignette.irritability,
        equipment=vignette.equipment,
        restrictions=tuple(sorted(vignette.restricted)),
    )


def suggested(vignette: Vignette) -> list[str]:
    return [pick.word for pick in _propose(vignette).picks]


def _propose(vignette: Vignette) -> Proposal:
    return suggest(case(vignette), catalogue(), rules())


def mean(name: str) -> float:
    found = [recall(suggested(one), one, over()) for one in vignettes(name)]
    return statistics.fmean(found)


@SETS
def test_nothing_forbidden_is_ever_suggested(name: str) -> None:
    counts = {one.id: len(wrong(suggested(one), one)) for one in vignettes(name)}

    assert {identity: count for identity, count in counts.items() if count} == {}


@SETS
def test_a_limit_never_gives_way_to_whatever_speaks_for_an_exercise(name: str) -> None:
    proposals = [_propose(one) for one in vignettes(name)]
    both = [set(one.left_out) & {pick.word for pick in one.picks} for one in proposals]

    assert [len(words) for words in both if words] == []


def test_recall_is_what_was_reached(capsys: pytest.CaptureFixture[str]) -> None:
    found = {name: mean(name) for name in (KNOWN, UNSEEN)}
    with capsys.disabled():
        for name, value in found.items():
            print(f"\nrecall at {AT}, {name}: {value:.2f} of {len(vignettes(name))} cases")  # noqa: T201

    assert found[KNOWN] >= REACHED


def test_a_spanish_diagnosis_in_words_alone_is_read_and_nothing_forbidden_comes_of_it() -> None:
    spanish = [one for one in vignettes(KNOWN) if one.diagnosis.es]
    bad = {}
    for one in spanish:
        asked = case(one)
        told = Case(
            **{name: getattr(asked, name) for name in Case.__slots__}
            | {"code": "", "words": one.diagnosis.es}
        )
        picks = suggest(told, catalogue(), rules()).picks
        bad[one.id] = wrong([pick.word for pick in picks], one)

    assert {identity: words for identity, words in bad.items() if words} == {}
    assert len(bad) == len(spanish)


def test_a_suggestion_is_there_within_the_time_that_was_asked_for() -> None:
    taken = []
    for one in vignettes(KNOWN):
        began = time.process_time()
        _propose(one)
        taken.append(time.process_time() - began)

    assert statistics.median(taken) < WARM
