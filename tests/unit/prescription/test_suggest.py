"""Suggestions: limits come first, what cannot be read is refused, order follows aims and goals."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from prescription.catalogue import catalogue
from prescription.suggest.case import Case, CaseUnread
from prescription.suggest.case import read as understand
from prescription.suggest.limits import barred
from prescription.suggest.proposal import Proposal, suggest
from prescription.suggest.rules import HERE, PARTS, Broken, read, rules, tomllib

RULES, CATALOGUE = rules(), catalogue()
EQUIPMENT = tuple(sorted({one for entry in CATALOGUE.entries.values() for one in entry.equipment}))
KNEE = Case(
    system="ICD-10",
    code="M17.9",
    words="",
    age=58,
    goals=("Climb stairs without pain.",),
    phase="late",
    irritability="low",
    equipment=EQUIPMENT,
    restrictions=(),
)


def asked(**changed: Any) -> Proposal:
    return suggest(replace(KNEE, **changed), CATALOGUE, RULES)


def words(proposal: Proposal) -> list[str]:
    return [pick.word for pick in proposal.picks]


def pointers(**changed: Any) -> list[str]:
    with pytest.raises(CaseUnread) as told:
        asked(**changed)
    return [fault.pointer for fault in told.value.faults]


def documents() -> dict[str, Any]:
    return {name: tomllib.loads((HERE / f"{name}.toml").read_text()) for name in PARTS}


def test_a_case_gets_exercises_of_its_region_each_with_an_aim() -> None:
    proposal = asked()

    assert {"sit-to-stand", "straight-leg-raise", "walking"} <= set(words(proposal)[:8])
    assert all(pick.aims for pick in proposal.picks)
    assert len(proposal.picks) <= RULES.most


def test_the_same_case_gets_the_same_answer() -> None:
    assert asked() == asked()


@pytest.mark.parametrize("code", RULES.restrictions)
def test_a_restriction_leaves_something_out_and_nothing_that_it_leaves_out_comes(code: str) -> None:
    proposal = asked(restrictions=(code,))
    out = {word for word, found in proposal.left_out.items() if found.by == code}

    assert out
    assert not out & set(words(proposal))


@pytest.mark.parametrize("irritability", RULES.irritabilities)
@pytest.mark.parametrize("phase", ["acute", "subacute", "late"])
def test_the_sorer_and_newer_the_less_is_loaded(phase: str, irritability: str) -> None:
    proposal = asked(phase=phase, irritability=irritability)
    most = min(
        one.load or 5
        for found, name in ((RULES.by_phase, phase), (RULES.by_irritability, irritability))
        for one in [found.get(name)]
        if one
    ) if (phase, irritability) != ("late", "low") else 5  # fmt: skip
    loads = [RULES.traits[word].load for word in words(proposal)]

    assert max(loads) <= most


def test_what_is_not_at_home_is_left_out() -> None:
    proposal = asked(equipment=("chair",))

    assert proposal.left_out["straight-leg-raise"].by == "equipment"
    assert {"nothing", "chair"} >= {
        one for word in words(proposal) for one in CATALOGUE.entries[word].equipment
    }


def test_what_nobody_has_read_is_never_suggested() -> None:
    unread = replace(RULES, traits={k: v for k, v in RULES.traits.items() if k != "walking"})
    reading = understand(KNEE, unread)
    found = barred("walking", CATALOGUE.entries["walking"], KNEE, reading, unread)

    assert found
    assert found.by == "unread"
    assert "walking" not in words(suggest(KNEE, CATALOGUE, unread))


def test_what_was_read_is_of_the_catalogue() -> None:
    assert set(RULES.traits) - set(CATALOGUE.entries) == set()


def test_from_75_years_on_the_hardest_is_left_out() -> None:
    hardest = {word for word, trait in RULES.traits.items() if trait.load == 5}

    assert {asked(age=75).left_out[word].by for word in hardest} == {"age"}
    assert not hardest & set(asked(age=74).left_out)


def test_a_fresh_injury_gets_no_heat() -> None:
    fresh = asked(code="S93.4", phase="acute")

    assert fresh.left_out["moist-heat"].by == "fresh"
    assert "moist-heat" not in asked(code="S93.4", phase="late").left_out


def test_what_a_diagnosis_implies_holds_though_no_record_states_it() -> None:
    proposal = asked(code="O26.8")

    assert "pregnant" in proposal.reading.restrictions
    assert proposal.left_out["tens"].by == "pregnant"


def test_what_is_said_beside_a_diagnosis_rules_out_too() -> None:
    proposal = asked(words="Osteoarthritis of the knee, with a pacemaker")

    assert list(proposal.reading.conditions) == ["knee_osteoarthritis"]
    assert proposal.left_out["tens"].by == "pacemaker"


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ("Artrosis de la rodilla derecha", "knee_osteoarthritis"),
        ("Osteoarthritis of the right knee", "knee_osteoarthritis"),
        ("Prótesis total de cadera", "hip_replacement"),
        ("Total knee replacement", "knee_replacement"),
        ("Hombro congelado", "frozen_shoulder"),
        ("Enfermedad de Parkinson", "parkinson"),
    ],
)
def test_words_of_either_language_are_read(said: str, condition: str) -> None:
    assert list(asked(code="", words=said).reading.conditions) == [condition]


@pytest.mark.parametrize("name", [name for name, one in RULES.conditions.items() if one.aims])
def test_each_condition_is_found_by_each_of_its_codes(name: str) -> None:
    for code in RULES.conditions[name].codes:
        assert name in asked(code=code).reading.conditions


@pytest.mark.parametrize("name", [name for name, one in RULES.conditions.items() if one.aims])
@pytest.mark.parametrize("phase", ["acute", "subacute", "late"])
def test_each_condition_has_something_to_offer_in_each_phase(name: str, phase: str) -> None:
    code = RULES.conditions[name].codes[0]

    assert len(asked(code=code, phase=phase).picks) >= 3


def test_a_code_that_fits_two_takes_the_limits_and_aims_of_both() -> None:
    reading = asked(code="Z96.6", phase="acute").reading

    assert set(reading.conditions) == {"knee_replacement", "hip_replacement"}
    assert "hip_operated" in reading.restrictions


def test_a_short_word_is_no_beginning_of_another() -> None:
    assert pointers(code="", words="Piel seca") == ["/diagnosis/words"]


def test_a_goal_moves_what_serves_it_forward_and_is_named() -> None:
    plain, goal = asked(goals=()), asked(goals=("Subir escaleras sin dolor.",))
    place = words(goal).index("step-up")

    assert goal.picks[place].goals == (0,)
    assert "step-up" not in words(plain) or place <= words(plain).index("step-up")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"code": "X99"}, "/diagnosis/words"),
        ({"system": "SNOMED CT"}, "/diagnosis/words"),
        ({"restrictions": ("floor", "moon")}, "/restrictions/1"),
        ({"equipment": ("trampoline",)}, "/equipment/0"),
        ({"phase": "soon"}, "/phase"),
        ({"irritability": "some"}, "/irritability"),
        ({"age": 200}, "/age"),
    ],
)
def test_what_cannot_be_read_is_refused_not_guessed(changed: Any, pointer: str) -> None:
    assert pointers(**changed) == [pointer]


@pytest.mark.parametrize(
    ("part", "table", "name", "field", "value"),
    [
        ("traits", "exercise", "walking", "asks", ["hover"]),
        ("limits", "restriction", "floor", "asks", ["hover"]),
        ("limits", "restriction", "floor", "aims", ["hover"]),
        ("aims", "aim", "stairs", "without", ["hover"]),
        ("conditions", "condition", "heart", "implies", {"always": ["hover"]}),
        ("conditions", "condition", "heart", "implies", {"soon": ["floor"]}),
        ("conditions", "condition", "heart", "acute", ["hover"]),
    ],
)
def test_a_file_that_names_what_is_not_there_is_refused(
    part: str, table: str, name: str, field: str, value: Any
) -> None:
    found = deepcopy(documents())
    found[part][table][name][field] = value

    with pytest.raises(Broken):
        read(found)


def test_the_data_says_that_nobody_has_checked_it() -> None:
    found = documents()

    assert [found[name]["verified"] for name in PARTS] == [False] * len(PARTS)
    assert {limit.verified for limit in RULES.restrictions.values()} == {False}
