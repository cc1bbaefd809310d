"""Suggestions over HTTP: asked by therapists, told with reasons, kept nowhere."""

from typing import Any

from prescription.catalogue import catalogue, identity
from tests.people import ADA, ANA, BO
from tests.services.prescription.conftest import Clinic
from tests.services.prescription.test_exercises import stock, tell

CASE = {
    "diagnosis": {"code": "M17.9", "words": "Osteoarthritis of the left knee"},
    "age": 58,
    "goals": ["Climb stairs without pain."],
    "phase": "late",
    "irritability": "moderate",
    "equipment": ["chair", "bed", "towel", "step", "mat", "wall"],
    "restrictions": ["floor"],
}


def ask(clinic: Clinic, person: str = BO, **changed: Any) -> Any:
    return clinic.post("/suggestions", CASE | changed, person)


def stocked(clinic: Clinic) -> None:
    stock(clinic)
    clinic.catch_up()


def test_each_suggestion_has_its_usual_dose_its_source_and_a_reason(clinic: Clinic) -> None:
    stocked(clinic)
    answer = ask(clinic)

    assert answer.status_code == 200, answer.json
    told = {one["word"]: one for one in answer.json["suggested"]}
    rise, entry = told["sit-to-stand"], catalogue().entries["sit-to-stand"]
    assert rise["exercise"] == identity("north", "sit-to-stand")
    assert rise["usual"]["dose"]["repetitions"] == entry.usual.dose.repetitions
    assert rise["usual"]["source"]["title"] == entry.usual.source.title
    assert rise["why"] == "For knee osteoarthritis: it trains getting up."
    assert told["step-up"]["goals"] == [0]
    assert "Climb stairs without pain" in told["step-up"]["why"]
    assert answer.json["reviewed"] is False
    assert "therapist decides" in answer.json["decides"]


def test_what_was_left_out_says_by_which_limit(clinic: Clinic) -> None:
    stocked(clinic)
    answer = ask(clinic).json
    out = {one["word"]: one for one in answer["left_out"]}

    assert out["bridge"]["by"] == "floor"
    assert out["bridge"]["why"]
    assert out["row-band"]["by"] == "equipment"
    assert {one["code"] for one in answer["restrictions"]} == {"floor"}
    assert not set(out) & {one["word"] for one in answer["suggested"]}
    assert len(out) < len(catalogue().entries)


def test_it_is_told_in_spanish(clinic: Clinic) -> None:
    stocked(clinic)
    diagnosis = {"words": "Artrosis de la rodilla izquierda"}
    answer = ask(clinic, language="es", diagnosis=diagnosis).json
    told = {one["word"]: one for one in answer["suggested"]}

    assert answer["conditions"] == [{"code": "knee_osteoarthritis", "name": "artrosis de rodilla"}]
    assert told["sit-to-stand"]["name"] == "Levantarse de una silla"
    assert told["sit-to-stand"]["why"] == "Por artrosis de rodilla: entrena el levantarse."


def test_what_the_practice_retired_is_not_suggested(clinic: Clinic) -> None:
    stocked(clinic)
    assert tell(clinic, identity("north", "walking"), "retirement").status_code == 201
    clinic.catch_up()
    answer = ask(clinic).json

    assert "walking" not in {one["word"] for one in answer["suggested"]}
    assert {one["word"]: one["by"] for one in answer["left_out"]}["walking"] == "unused"


def test_it_changes_nothing_and_keeps_nothing(clinic: Clinic) -> None:
    stocked(clinic)
    before = len(clinic.events())

    assert ask(clinic).status_code == 200
    assert len(clinic.events()) == before


def test_who_treats_nobody_asks_for_nothing(clinic: Clinic) -> None:
    assert ask(clinic, ADA).status_code == 403
    assert ask(clinic, ANA).status_code == 403


def test_what_cannot_be_read_is_refused_at_its_field(clinic: Clinic) -> None:
    for changed, pointer in (
        ({"diagnosis": {"code": "X99"}}, "/diagnosis/words"),
        ({"diagnosis": {}}, "/diagnosis/words"),
        ({"restrictions": ["moon"]}, "/restrictions/0"),
        ({"equipment": ["trampoline"]}, "/equipment/0"),
        ({"phase": "soon"}, "/phase"),
        ({"age": 4000}, "/age"),
        ({"name": "Ana Ruiz"}, "/name"),
    ):
        answer = ask(clinic, **changed)
        assert answer.status_code == 422, changed
        assert [one["pointer"] for one in answer.json["errors"]] == [pointer]
