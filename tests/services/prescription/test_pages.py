"""The therapist's pages through a browser's eyes: links, forms, errors, both languages."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest

from prescription.catalogue import catalogue, identity
from tests.people import ADA, ANA, BO, CY, DEE
from tests.services.prescription.conftest import EXERCISE, Clinic
from tests.services.prescription.test_exercises import stock

Fields = Mapping[str, Any]


def visit(clinic: Clinic, path: str, person: str = BO, language: str = "en") -> Any:
    clinic.client.set_cookie("hep", person)
    return clinic.client.get(f"/prescription{path}", headers={"Accept-Language": language})


def send(clinic: Clinic, path: str, fields: Fields, person: str = BO, language: str = "en") -> Any:
    """Fill in the form that a page shows, and post it."""
    page = visit(clinic, path, person).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return clinic.client.post(
        f"/prescription{path}", data={**hidden, **fields}, headers={"Accept-Language": language}
    )


def summary(answer: Any) -> dict[str, str]:
    """Return what the error summary says, by the control that it leads to."""
    found = re.search(r'class="notice stop error-summary".*?</ul>', answer.text, re.DOTALL)
    assert found, answer.text
    links = re.findall(r'<a href="#([^"]*)">([^<]*)</a>', found[0])
    for name, _ in links:
        assert f'id="{name}"' in answer.text
    return {name: unescape(text) for name, text in links}


@pytest.fixture
def filled(clinic: Clinic) -> dict[str, Any]:
    """The prescribing form as a therapist fills it in."""
    clinic.catch_up()
    return {
        "title": "Heel drops",
        "diagnosis-text": "Sore heel",
        "diagnosis-code": "M76.6",
        "diagnosis-system": "ICD-10",
        "goals": "Walk to the market\nClimb the stairs",
        "start-day": "7",
        "start-month": "9",
        "start-year": "2026",
        "phase-number": "1",
        "phase-name": "Begin",
        "exercises-0-exercise": clinic.exercise,
        "exercises-0-sets": "3",
        "exercises-0-repetitions": "15",
        "exercises-0-side": "left",
        "exercises-0-priority": "1",
    }


def program_of(answer: Any) -> str:
    return str(re.search(r"/programs/(\w+)", answer.headers["Location"])[1])  # type: ignore[index]


def test_patients_are_listed_found_and_lead_to_what_they_need(clinic: Clinic) -> None:
    clinic.catch_up()

    page = visit(clinic, "/").text

    assert f'href="/prescription/patients/{clinic.patient}"' in page
    assert f'href="/prescription/patients/{clinic.patient}/prescribe"' in page
    assert "Ana Ruiz" in send(clinic, "/", {"q": "rui"}).text
    assert "Nobody is found" in send(clinic, "/", {"q": "torres"}).text


def test_a_patient_is_registered_in_the_clinics_time_zone(clinic: Clinic) -> None:
    clinic.catch_up()
    fields = {"name": "Bea Roth", "birth_year": "1961", "email": "bea@example.org"}
    fields |= {"language": "es", "site": clinic.site, "zone": ""}

    answer = send(clinic, "/patients/new", fields)

    assert answer.status_code == 302
    patient = re.search(r"/patients/(\w+)", answer.headers["Location"])[1]  # type: ignore[index]
    told = clinic.get(f"/patients/{patient}").json
    assert (told["name"], told["zone"], told["birth_year"]) == ("Bea Roth", "Europe/Madrid", 1961)


def test_a_form_that_is_refused_comes_back_as_it_was_typed(clinic: Clinic) -> None:
    clinic.catch_up()
    fields = {"name": "Bea <Roth>", "birth_year": "61", "email": "bea", "site": clinic.site}

    answer = send(clinic, "/patients/new", fields)

    assert answer.status_code == 422
    assert summary(answer) == {
        "email": "E-mail: Give an address, as ana@example.org.",
        "language": "Language: Fill this in.",
    }
    assert 'value="Bea &lt;Roth&gt;"' in answer.text
    assert 'value="61"' in answer.text
    # The clinic's zone was not put in: another clinic may still be chosen.
    assert 'value="Europe/Madrid"' not in answer.text


def test_without_a_clinic_it_is_the_clinic_that_is_asked_for_and_no_zone(clinic: Clinic) -> None:
    clinic.catch_up()

    told = summary(send(clinic, "/patients/new", {"name": "Bea Roth"}))

    assert "site" in told
    assert "zone" not in told


def test_what_a_rule_refuses_is_said_in_the_readers_language(
    clinic: Clinic, filled: dict[str, Any]
) -> None:
    fields = filled | {
        "exercises-0-sets": "0",
        "end-day": "1",
        "end-month": "9",
        "end-year": "2026",
    }

    path = f"/patients/{clinic.patient}/prescribe"
    english, spanish = (send(clinic, path, fields, language=name) for name in ("en", "es"))

    assert summary(english)["exercises-0-sets"] == "Exercise 1, Sets: Give 1 to 20."
    assert summary(spanish)["exercises-0-sets"] == "Ejercicio 1, Series: Escriba de 1 a 20."
    assert summary(spanish)["end"].startswith("Último día: Es anterior al inicio, lunes, 7 de sep")
    assert english.text.index('href="#end"') < english.text.index('href="#exercises-0-sets"')


def test_a_program_is_prescribed_by_keyboard_alone(clinic: Clinic, filled: dict[str, Any]) -> None:
    answer = send(clinic, f"/patients/{clinic.patient}/prescribe", filled)

    assert answer.status_code == 302
    told = clinic.get(f"/programs/{program_of(answer)}").json
    assert told["goals"] == ["Walk to the market", "Climb the stairs"]
    assert told["end"] is None
    assert told["exercises"][0]["dose"]["side"] == "left"
    page = visit(clinic, f"/programs/{told['id']}?done=prescribed").text
    assert "3 sets of 15, left side, once a day" in page
    assert f'href="/reporting/programs/{told["id"]}"' in page


def test_a_form_sent_twice_is_one_program(clinic: Clinic, filled: dict[str, Any]) -> None:
    path = f"/patients/{clinic.patient}/prescribe"

    first, again = (send(clinic, path, filled | {"key": "k"}) for _ in range(2))

    assert again.headers["Location"] == first.headers["Location"]


def test_a_row_is_added_without_javascript_and_nothing_typed_is_lost(
    clinic: Clinic, filled: dict[str, Any]
) -> None:
    path = f"/patients/{clinic.patient}/prescribe"

    answer = send(clinic, path, filled | {"title": "Half typed", "add": "1"})

    assert answer.status_code == 200
    assert 'value="Half typed"' in answer.text
    assert 'id="exercises-1-exercise"' in answer.text
    assert 'value="15"' in answer.text
    removed = send(clinic, path, filled | {"remove": "0"})
    assert 'id="exercises-0-exercise"' not in removed.text


def test_a_program_is_changed_from_what_it_is(clinic: Clinic) -> None:
    clinic.catch_up()
    program = clinic.prescribe(exercises=[clinic.asked({"load_kg": 5.0}, instructions="Slowly.")])
    page = visit(clinic, f"/programs/{program}/revise").text
    assert 'value="5"' in page
    assert "Slowly." in page

    fields = {
        "reason": "progressed",
        "note": "No pain.",
        "phase-number": "1",
        "phase-name": "Begin",
    }
    fields |= {"effective-day": "14", "effective-month": "9", "effective-year": "2026"}
    fields |= {"exercises-0-exercise": clinic.exercise, "exercises-0-sets": "4"}
    fields |= {"exercises-0-repetitions": "10", "exercises-0-priority": "1"}
    answer = send(clinic, f"/programs/{program}/revise", fields)

    assert answer.status_code == 302
    shown = visit(clinic, f"/programs/{program}").text
    assert "4 sets of 10, instead of 3 sets of 10, with 5 kg, each side" in shown
    assert "No pain." in shown
    assert clinic.get(f"/programs/{program}").json["end"] is None


def test_a_change_on_top_of_somebody_elses_is_kept_and_told(clinic: Clinic) -> None:
    clinic.catch_up()
    program = clinic.prescribe()
    clinic.revise(program, 1)
    fields = {"version": "1", "reason": "pain", "note": "Keep what I typed."}
    fields |= {"effective-day": "15", "effective-month": "9", "effective-year": "2026"}
    fields |= {"phase-number": "1", "phase-name": "Begin", "exercises-0-exercise": clinic.exercise}
    fields |= {"exercises-0-sets": "1", "exercises-0-repetitions": "5", "exercises-0-priority": "1"}

    answer = send(clinic, f"/programs/{program}/revise", fields)

    assert answer.status_code == 412
    assert "Somebody changed this program" in answer.text
    assert "Keep what I typed." in answer.text
    assert 'name="version" value="2"' in answer.text
    assert clinic.get(f"/programs/{program}").json["revision"] == 2


def test_a_program_is_ended_with_its_last_day_and_a_reason(clinic: Clinic) -> None:
    program = clinic.prescribe()
    date = {"date-day": "20", "date-month": "9", "date-year": "2026"}

    without = send(clinic, f"/programs/{program}/end", date)
    answer = send(clinic, f"/programs/{program}/end", date | {"reason": "goals_met"})

    assert summary(without) == {"reason": "Reason: Fill this in."}
    assert answer.status_code == 302
    assert clinic.get(f"/programs/{program}").json["ended"]["date"] == "2026-09-20"
    assert "The goals were met" in visit(clinic, f"/programs/{program}").text
    assert "<form class" not in visit(clinic, f"/programs/{program}/revise").text


def test_an_exercise_is_published_with_steps_a_line_each(clinic: Clinic) -> None:
    fields = {"name": "Bridge", "plain_name": "Lift your hips", "kind": "strength"}

    answer = send(clinic, "/exercises/new", fields | {"steps": "Lie down.\n\nLift.\n"})
    clinic.catch_up()

    assert answer.status_code == 302
    found = {item["name"]: item for item in clinic.get("/exercises").json["items"]}
    assert (found["Bridge"]["steps"], found["Bridge"]["source"]) == (["Lie down.", "Lift."], None)
    assert "Lift your hips" in visit(clinic, "/exercises").text


def test_a_source_that_is_half_given_is_asked_for(clinic: Clinic) -> None:
    fields = {"name": "Bridge", "plain_name": "Bridge", "kind": "strength", "source-title": "A2"}

    assert summary(send(clinic, "/exercises/new", fields)) == {
        "source-url": "Address of the source: Fill this in."
    }


def test_a_form_that_is_not_ours_changes_nothing(clinic: Clinic, filled: dict[str, Any]) -> None:
    before = clinic.service.database["commits"].count_documents({})

    answer = send(clinic, f"/patients/{clinic.patient}/prescribe", filled | {"csrf": "forged"})

    assert answer.status_code == 422
    assert clinic.service.database["commits"].count_documents({}) == before


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_is_drawn_for_the_person_that_was_erased_too(
    clinic: Clinic, language: str
) -> None:
    clinic.create("/exercises", EXERCISE | {"name": "Bridge"})
    program = clinic.prescribe()
    clinic.post(f"/patients/{clinic.patient}/erasure", None, ADA)
    clinic.catch_up()
    paths = ["/", "/patients/new", "/exercises", "/exercises/new", f"/patients/{clinic.patient}"]
    paths += [f"/patients/{clinic.patient}/prescribe"]
    paths += [f"/programs/{program}{page}" for page in ("", "/revise", "/end")]

    for path in paths:
        answer = visit(clinic, path, language=language)

        assert (path, answer.status_code) == (path, 200)
        assert f'<html lang="{language}"' in answer.text
        assert "None" not in re.sub(r"<[^>]*>", "", answer.text)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Certificate of erasure"), ("es", "Certificado de borrado")]
)
def test_the_certificate_of_an_erasure_is_a_page_for_who_leads(
    clinic: Clinic, language: str, title: str
) -> None:
    path = f"/patients/{clinic.patient}/erasure"
    unasked = visit(clinic, path, DEE, language).text
    clinic.post(path, None, ADA)

    page = visit(clinic, path, DEE, language)

    assert visit(clinic, path, BO).status_code == 403
    assert title in page.text
    assert unasked != page.text
    assert ">ada<" in re.sub(r"\s", "", page.text)
    assert path in visit(clinic, f"/patients/{clinic.patient}", DEE, language).text
    assert path not in visit(clinic, f"/patients/{clinic.patient}", BO, language).text


def test_pages_are_for_staff_of_the_practice(clinic: Clinic) -> None:
    program = clinic.prescribe()
    paths = ["/", f"/patients/{clinic.patient}", f"/programs/{program}", "/exercises"]

    assert [visit(clinic, path, ANA).status_code for path in paths] == [403] * 4
    assert [visit(clinic, path, CY).status_code for path in paths] == [200, 404, 404, 200]
    assert visit(clinic, f"/programs/{program}", ADA).status_code == 403
    assert "/prescribe" not in visit(clinic, f"/patients/{clinic.patient}", ADA).text
    clinic.client.delete_cookie("hep")
    answer = clinic.client.get("/prescription/")
    assert answer.headers["Location"].startswith("/prescription/session?next=/prescription/")


@pytest.fixture
def stocked(clinic: Clinic) -> Clinic:
    """The clinic with the whole catalogue."""
    stock(clinic)
    clinic.catch_up()
    return clinic


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_exercise_of_the_catalogue_is_drawn_whole(stocked: Clinic, language: str) -> None:
    for word, entry in catalogue().entries.items():
        answer = visit(stocked, f"/exercises/{identity('north', word)}", language=language)

        text = unescape(answer.text)
        assert (word, answer.status_code) == (word, 200)
        for said in (*entry.steps, *entry.contraindications, *entry.wordings[0].steps):
            assert said in text
        assert entry.usual.source.title in text
        machine = {"en": "Written by a machine", "es": "Escrito por una máquina"}[language]
        assert machine in text
        seen = {"en": "unverified", "es": "sin verificar"}[language]
        assert (seen in text) != entry.usual.source.verified


def test_the_library_is_narrowed_down_without_a_script(stocked: Clinic) -> None:
    found = visit(stocked, "/exercises?q=&region=hip&position=side_lying&kind=&equipment=").text

    assert "Clamshell" in found
    assert "Step-up" not in found
    assert 'value="hip" selected' in found
    assert "No exercise is found" in visit(stocked, "/exercises?q=zzz").text
    assert "Ankle pump" in visit(stocked, "/exercises?region=tail").text


def test_a_ladder_leads_up_and_down(stocked: Clinic) -> None:
    low, high = identity("north", "sit-to-stand"), identity("north", "step-up")

    assert f"/prescription/exercises/{high}" in visit(stocked, f"/exercises/{low}").text
    assert f"/prescription/exercises/{low}" in visit(stocked, f"/exercises/{high}").text


def press(clinic: Clinic, exercise: str, what: str, person: str = BO, **fields: str) -> Any:
    """Press a button of an exercise's page."""
    page = visit(clinic, f"/exercises/{exercise}", person).text
    form = re.search(rf'action="[^"]*/{what}".*?</form>', page, re.DOTALL)
    assert form, page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    address = f"/prescription/exercises/{exercise}/{what}"
    return clinic.client.post(address, data={**hidden, **fields}, follow_redirects=False)


def test_a_favourite_stands_at_hand_until_it_is_taken_away(stocked: Clinic) -> None:
    bridge = identity("north", "bridge")
    pressed = press(stocked, bridge, "favourite", favourite="true")

    assert "done=favoured" in pressed.headers["Location"]
    assert "Your favourites stand here" not in visit(stocked, "/exercises").text
    press(stocked, bridge, "favourite")
    assert "Your favourites stand here" in visit(stocked, "/exercises").text


def test_an_own_exercise_is_put_in_changed_offered_shared_and_retired(clinic: Clinic) -> None:
    fields = {
        "name": "Chair rise",
        "plain_name": "Rise",
        "kind": "strength",
        "steps": "Sit.\nStand.",
        "site": clinic.site,
        "purpose": "Strong legs.",
        "region": "knee",
        "position": "sitting",
        "space": "stand",
        "supervision": "alone",
        "sides": "both",
        "equipment": ["chair", "wall"],
        "easier": clinic.exercise,
        "usual-sets": "2",
        "usual-repetitions": "8",
    }
    clinic.catch_up()
    answer = send(clinic, "/exercises/new", fields)
    assert answer.status_code == 302, summary(answer)
    own = answer.headers["Location"].split("/")[-1].split("?")[0]
    clinic.catch_up()
    revised = send(clinic, f"/exercises/{own}/revise", fields | {"name": "Slow chair rise"})
    assert revised.status_code == 302, summary(revised)
    clinic.catch_up()
    found = clinic.get(f"/exercises/{own}").json

    assert (found["name"], found["version"], found["site"]) == ("Slow chair rise", 2, clinic.site)
    assert found["guide"]["equipment"] == ["chair", "wall"]
    assert found["guide"]["easier"] == [clinic.exercise]
    assert found["guide"]["usual"]["dose"]["repetitions"] == 8
    for what, fields, person, done in (
        ("offer", {}, BO, "offered"),
        ("answer", {"accepted": "true"}, DEE, "shared"),
        ("retire", {}, BO, "retired"),
        ("restore", {}, BO, "restored"),
    ):
        pressed = press(clinic, own, what, person, **fields)
        assert f"done={done}" in pressed.headers["Location"]
        clinic.catch_up()
    assert "The exercise is back" in visit(clinic, f"/exercises/{own}?done=restored").text


def test_what_is_wrong_with_an_exercise_stands_at_its_field(clinic: Clinic) -> None:
    fields = {"name": "", "plain_name": "x", "kind": "heat", "steps": "Go."}
    more = {"purpose": "Warm.", "region": "knee", "usual-repetitions": "5"}
    told = summary(send(clinic, "/exercises/new", fields | more))

    assert set(told) == {"name", "position", "space", "supervision", "sides"}
    whole = {"position": "sitting", "space": "seat", "supervision": "alone", "sides": "one"}
    told = summary(send(clinic, "/exercises/new", fields | more | whole | {"name": "Heat"}))
    assert set(told) == {"usual-repetitions", "usual-minutes"}


def test_a_button_that_comes_too_late_says_so(clinic: Clinic) -> None:
    clinic.catch_up()
    press(clinic, clinic.exercise, "retire")
    clinic.client.set_cookie("hep", BO)
    page = visit(clinic, "/exercises/new").text
    csrf = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))["csrf"]

    answer = clinic.client.post(
        f"/prescription/exercises/{clinic.exercise}/retire",
        data={"csrf": csrf, "key": "again", "version": "2"},
    )

    assert answer.status_code == 409
    assert "This exercise is retired" in answer.text
