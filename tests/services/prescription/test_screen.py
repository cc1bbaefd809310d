"""The start-of-care screen over HTTP and on pages: what stops a program, and who opens it."""

import re
from typing import Any

import bson
import pytest

from prescription.flags.questions import screen
from tests.people import ADA, ANA, BO, DEE
from tests.services.prescription.conftest import SCREEN, Clinic
from tests.services.prescription.test_care_pages import follow
from tests.services.prescription.test_pages import filled, send, summary, visit

__all__ = ["filled"]
CONCERN = {"positive": ["saddle", "unwell"]}


def told(clinic: Clinic) -> Any:
    return clinic.get(f"/patients/{clinic.patient}/screens").json


def decide(clinic: Clinic, asked: str, **body: str) -> Any:
    return clinic.care(f"screens/{asked}/decision", {"decision": "refer"} | body)


def test_without_a_screen_a_program_is_prescribed_and_the_open_point_is_seen(
    clinic: Clinic,
) -> None:
    clinic.catch_up()

    assert told(clinic) == {"id": clinic.patient, "state": "none", "stops": False, "screens": []}
    assert "No start-of-care screen yet" in visit(clinic, f"/patients/{clinic.patient}").text
    prescribing = visit(clinic, f"/patients/{clinic.patient}/prescribe").text
    assert "No start-of-care screen yet" in prescribing
    assert 'name="title"' in prescribing
    assert clinic.prescribe()


def test_concern_stops_a_program_until_care_continues_with_a_reason(clinic: Clinic) -> None:
    before = clinic.prescribe()
    asked = clinic.answer_screen(**CONCERN)

    refused = clinic.post("/programs", clinic.program_body())
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/screen-undecided")
    assert asked in refused.json["detail"]
    assert "continue, refer or hold" in refused.json["detail"]
    # What runs can still be eased.
    assert clinic.revise(before, 1, reason="eased").status_code == 201

    assert decide(clinic, asked).status_code == 201
    again = clinic.post("/programs", clinic.program_body())
    assert again.json["type"] == "/problems/screen-stops"
    bare = decide(clinic, asked, decision="continue")
    assert [error["pointer"] for error in bare.json["errors"]] == ["/why"]
    assert decide(clinic, asked, decision="continue", why="Seen by the surgeon.").status_code == 201
    assert clinic.prescribe()

    (found,) = told(clinic)["screens"]
    assert (found["level"], found["positive"]) == ("emergency", ["saddle", "unwell"])
    assert [one["decision"] for one in found["decisions"]] == ["refer", "continue"]


def test_a_screen_without_concern_stops_nothing(clinic: Clinic) -> None:
    asked = clinic.answer_screen()

    assert told(clinic)["state"] == "clear"
    assert clinic.prescribe()
    assert decide(clinic, asked).json["type"] == "/problems/screen-clear"


def test_whoever_is_later_reads_first(clinic: Clinic) -> None:
    clinic.answer_screen(**CONCERN)

    late = clinic.care("screens", SCREEN, DEE, version='"0"')

    assert (late.status_code, late.json["type"]) == (412, "/problems/stale")
    assert told(clinic)["state"] == "undecided"
    assert clinic.care("screens", SCREEN).json["type"] == "/problems/screen-undecided"


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"asked": False}, "/asked"),
        ({"edition": "1999-01"}, "/edition"),
        ({"region": "tail"}, "/region"),
        ({"positive": ["hiccups"]}, "/positive/0"),
        ({"positive": "saddle"}, "/positive"),
    ],
)
def test_answers_that_cannot_be_are_told_by_field(
    clinic: Clinic, other: dict[str, Any], pointer: str
) -> None:
    answer = clinic.care("screens", SCREEN | other)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_the_questions_say_their_level_source_and_whether_a_machine_wrote_them(
    clinic: Clinic,
) -> None:
    english = clinic.get("/screen?region=lower_back").json
    spanish = clinic.get("/screen?region=lower_back", **{"Accept-Language": "es"}).json

    assert english["edition"] == screen().edition
    assert {one["level"] for one in english["questions"]} == {"emergency", "urgent", "caution"}
    assert {one["source"]["verified"] for one in english["questions"]} == {True, False}
    assert {one["machine"] for one in english["questions"]} == {False}
    assert {one["machine"] for one in spanish["questions"]} == {True}
    assert clinic.get("/screen?region=tail").status_code == 422


def test_a_screen_of_another_site_is_not_there(clinic: Clinic, elsewhere: str) -> None:
    asked = clinic.answer_screen(**CONCERN)
    path = f"/patients/{clinic.patient}/screens"

    assert clinic.get(path, elsewhere).status_code == 404
    assert clinic.care("screens", SCREEN, elsewhere, '"1"').status_code == 404
    decision = clinic.care(f"screens/{asked}/decision", {"decision": "hold"}, elsewhere, '"1"')
    assert decision.status_code == 404
    assert clinic.get(path, ADA).status_code == 403
    assert clinic.get(path, ANA).status_code in (403, 404)


def test_erasure_takes_the_words_and_leaves_the_codes(clinic: Clinic) -> None:
    asked = clinic.answer_screen(**CONCERN, note="Says Wilhelmina 🙂 صديق")
    why = "Zenobia Quirke examined it"
    assert decide(clinic, asked, decision="continue", why=why).status_code == 201
    assert told(clinic)["screens"][0]["note"].startswith("Says Wilhelmina")

    database = clinic.service.database
    documents = [one for name in database.list_collection_names() for one in database[name].find()]
    kept = b"".join(bson.encode(one) for one in documents)
    assert [word for word in (b"Wilhelmina", b"Zenobia", b"Quirke") if word in kept] == []

    assert clinic.post(f"/patients/{clinic.patient}/erasure", {}, DEE).status_code == 200
    (found,) = told(clinic)["screens"]
    assert (found["note"], found["decisions"][0]["why"]) == (None, None)
    assert found["positive"] == ["saddle", "unwell"]
    assert clinic.care("screens", SCREEN).status_code == 404
    assert decide(clinic, asked).status_code == 404


def test_a_screen_is_answered_on_its_pages_and_stops_the_prescribing_one(
    clinic: Clinic, filled: dict[str, Any]
) -> None:
    home = f"/patients/{clinic.patient}"
    prescribing = visit(clinic, f"{home}/prescribe").text
    assert "Where is the complaint?" in visit(clinic, f"{home}/screen/new").text
    form = f"{home}/screen/new?region=lower_back"
    assert "Not checked against a source yet" in visit(clinic, form).text

    missing = send(clinic, form, {"positive": ["saddle"], "note": "Since Monday"})
    assert summary(missing) == {
        "asked": "All were asked: Ask all of them first, then say that you have."
    }
    assert re.search(r'value="saddle"[^>]* checked', missing.text)
    shown = follow(send(clinic, form, {"positive": ["saddle"], "asked": "yes"}), clinic)
    assert "Send to emergency care now" in shown

    stopped = visit(clinic, f"{home}/prescribe").text
    assert 'name="title"' not in stopped
    assert "Decide what follows" in stopped
    # Whoever had the form open already is told the same.
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', prescribing))
    late = clinic.client.post(f"/prescription{home}/prescribe", data={**hidden, **filled})
    assert late.status_code == 422
    assert "The start-of-care screen raises concern: Emergency" in late.text


def test_the_decision_is_recorded_on_its_page(clinic: Clinic) -> None:
    clinic.catch_up()
    asked = clinic.answer_screen(**CONCERN)
    home = f"/patients/{clinic.patient}"
    page = visit(clinic, f"{home}/screen").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    path = f"/prescription{home}/screen/{asked}/decide"

    bare = clinic.client.post(path, data={**hidden, "decision": "continue"})
    assert summary(bare) == {"why": "Why, in your words: Say why care continues in spite of it."}
    stale = clinic.client.post(path, data={**hidden, "decision": "hold", "version": "9"})
    assert stale.status_code == 412
    done = clinic.client.post(path, data={**hidden, "decision": "continue", "why": "Known."})

    assert "The decision is recorded" in follow(done, clinic)
    assert "it raised concern, and care continues" in visit(clinic, home, BO).text


def test_in_spanish_the_questions_say_that_a_machine_wrote_them(clinic: Clinic) -> None:
    page = visit(clinic, f"/patients/{clinic.patient}/screen/new?region=neck", language="es").text

    assert "escribió una máquina" in page or "Escrito por una máquina" in page
    assert "¿" in page
