"""The vignettes are whole, honest about their sources, and can be met by a rule."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields
from urllib.parse import urlsplit

import pytest
from cattrs import BaseValidationError

from prescription.catalogue import catalogue
from prescription.rules import rules
from tests.suggest import vignettes
from tests.suggest.scoring import AT, recall, wrong
from tests.suggest.vignettes import KNOWN, UNSEEN, Vignette, document, over

SEEN, HELD = vignettes.vignettes(KNOWN), vignettes.vignettes(UNSEEN)
ALL = (*SEEN, *HELD)
ENTRIES = catalogue().entries
HARD = ("moderate", "high")
# Besides what the record restricts.
STATE = ("phase", "irritability")
# What a suggestion must be able to answer.
SUBJECTS = {
    "achilles", "ankle_sprain", "back_acute", "back_chronic", "back_directional", "bppv", "copd",
    "cuff_repair", "deconditioning", "falls", "frozen_shoulder", "hamstring", "hand",
    "heart_failure", "hip_osteoarthritis", "hip_replacement", "knee_osteoarthritis",
    "knee_replacement", "neck", "osteoporosis", "patellar_tendinopathy", "patellofemoral",
    "pelvic_floor", "plantar_heel", "pregnancy", "spinal_stenosis", "subacromial",
    "vestibular_hypofunction",
}  # fmt: skip
# A title and a name, or two capitalized words in a row: nobody is named.
NAMED = re.compile(r"\b(?:Mrs?|Ms|Miss|Dr|Sra?)\b\.? [A-Z]|\b[A-Z][a-z]+ [A-Z][a-z]+\b")
# What is capitalized and no person.
THINGS = ("Otago",)

each = pytest.mark.parametrize("vignette", ALL, ids=lambda one: one.id)


def texts(vignette: Vignette) -> Iterator[str]:
    yield from (vignette.diagnosis.words, vignette.diagnosis.es or "", *vignette.goals)
    yield from vignette.acceptable.values()
    yield from (refusal.why for refusal in vignette.forbidden.values())


def forbidding() -> dict[str, set[str]]:
    """Return which exercises each restriction forbids in any vignette."""
    found: dict[str, set[str]] = defaultdict(set)
    for vignette in ALL:
        for word, refusal in vignette.forbidden.items():
            found[refusal.by].add(word)
    return {by: words for by, words in found.items() if by not in STATE}


def fits(word: str, vignette: Vignette) -> bool:
    return set(ENTRIES[word].equipment) <= {*vignette.equipment, "nothing"}


def test_there_are_forty_and_ten_of_them_are_held_back() -> None:
    assert len(HELD) == 10
    assert len(ALL) >= 40


def test_each_has_an_id_of_its_own() -> None:
    assert [one for one, count in Counter(v.id for v in ALL).items() if count > 1] == []


def test_every_subject_that_was_asked_for_is_there() -> None:
    assert SUBJECTS - {vignette.subject for vignette in ALL} == set()


def test_half_of_each_file_was_published_by_somebody_else() -> None:
    for part in (SEEN, HELD):
        assert sum(vignette.source.published for vignette in part) * 2 >= len(part)


def test_ten_diagnoses_are_in_spanish_too_which_a_machine_wrote() -> None:
    assert sum(vignette.diagnosis.es is not None for vignette in ALL) >= 10
    assert {document(name)["set"]["spanish"] for name in (KNOWN, UNSEEN)} == {"machine"}


def test_both_files_say_that_no_clinician_has_reviewed_them() -> None:
    assert [document(name)["set"]["reviewed"] for name in (KNOWN, UNSEEN)] == [False, False]


def test_what_was_judged_is_still_in_the_catalogue() -> None:
    assert over() - set(ENTRIES) == set()


def test_a_vignette_that_lacks_a_part_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    part = {key: value for key, value in document(KNOWN)["vignette"][0].items() if key != "age"}
    monkeypatch.setattr(vignettes, "document", lambda _: {"vignette": [part]})

    with pytest.raises(BaseValidationError):
        vignettes.vignettes("part")


@each
def test_its_case_is_complete(vignette: Vignette) -> None:
    assert all((vignette.goals, vignette.equipment, vignette.forbidden))
    assert all(text.strip() for text in (*texts(vignette), vignette.diagnosis.code) if text)
    assert 1 <= vignette.age <= rules().oldest
    assert vignette.phase in {"acute", "subacute", "late"}
    assert vignette.irritability in {"low", *HARD}
    assert (vignette.weeks is None) == (vignette.since is None)
    assert set(vignette.equipment) <= set(rules().guide["equipment"])


@each
def test_it_has_three_acceptable_exercises_that_can_be_done_at_home(vignette: Vignette) -> None:
    assert len(vignette.acceptable) >= 3
    assert set(vignette.acceptable) <= over()
    assert [word for word in vignette.acceptable if not fits(word, vignette)] == []


@each
def test_what_it_forbids_only_its_reason_keeps_away(vignette: Vignette) -> None:
    assert set(vignette.forbidden) <= over()
    assert set(vignette.forbidden) & set(vignette.acceptable) == set()
    assert [word for word in vignette.forbidden if not fits(word, vignette)] == []


@each
def test_each_reason_follows_from_the_case(vignette: Vignette) -> None:
    reasons = {refusal.by for refusal in vignette.forbidden.values()}

    assert reasons <= {*vignette.restricted, *STATE}
    assert "irritability" not in reasons or vignette.irritability in HARD
    assert "phase" not in reasons or vignette.phase != "late"


@each
def test_its_restrictions_are_of_the_common_list(vignette: Vignette) -> None:
    assert vignette.restricted <= set(document(KNOWN)["restrictions"])


@each
def test_a_restriction_forbids_the_same_wherever_it_holds(vignette: Vignette) -> None:
    for by, words in forbidding().items():
        if by in vignette.restricted:
            missed = words - set(vignette.forbidden)
            assert [word for word in sorted(missed) if fits(word, vignette)] == []


@each
def test_its_source_says_where_and_what_of_it_was_read(vignette: Vignette) -> None:
    source = vignette.source
    stated = {*(field.name for field in fields(vignette)), "exercises"}

    if source.published:
        assert source.kind in {"case_report", "case_series", "trial"}
        assert source.title
        assert source.seen
        assert urlsplit(source.url).netloc
        assert {"diagnosis", "age"} <= set(source.states) <= stated
    else:
        assert (source.title, source.url, source.doi, source.states) == ("", "", None, ())
    for name, found in (
        ("contraindications", vignette.contraindications),
        ("precautions", vignette.precautions),
    ):
        assert any(one.stated for one in found) == (name in source.states)


@each
def test_it_names_nobody(vignette: Vignette) -> None:
    told = " ".join(texts(vignette))
    for thing in THINGS:
        told = told.replace(thing, "")

    assert NAMED.findall(told) == []


def test_a_forbidden_exercise_is_found_however_far_down() -> None:
    vignette = SEEN[0]
    bad = next(iter(vignette.forbidden))

    assert wrong([*vignette.acceptable, bad], vignette) == (bad,)
    assert wrong(list(vignette.acceptable), vignette) == ()


def test_eight_acceptable_ones_are_all_that_can_be_asked_for() -> None:
    vignette = next(one for one in SEEN if len(one.acceptable) > AT)

    assert recall(list(vignette.acceptable), vignette, over()) == 1.0
    assert recall(list(vignette.acceptable)[:4], vignette, over()) == 0.5
    assert recall([], vignette, over()) == 0.0


def test_an_exercise_that_was_not_judged_takes_nobodys_place() -> None:
    vignette = next(one for one in SEEN if len(one.acceptable) >= AT)

    assert recall(["later"] * AT + list(vignette.acceptable), vignette, over()) == 1.0
