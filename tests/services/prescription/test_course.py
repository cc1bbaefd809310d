"""A running program over HTTP and on its page: one click, kept whole, and two who click at once."""

import re
from html import unescape
from typing import Any

import pytest

from tests.people import BO
from tests.services.prescription.conftest import Clinic
from tests.services.prescription.test_pages import send, visit
from tests.services.prescription.test_programs import NOWHERE, count, pointers


def steer(clinic: Clinic, program: str, what: str, version: int, **body: Any) -> Any:
    return clinic.post(f"/programs/{program}/{what}", body, **{"If-Match": f'"{version}"'})


def click(clinic: Clinic, program: str, what: str, language: str = "en", **fields: Any) -> Any:
    """Press a button of the program's page as it stands."""
    page = visit(clinic, f"/programs/{program}").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return clinic.client.post(
        f"/prescription/programs/{program}/{what}",
        data={**hidden, **fields},
        headers={"Accept-Language": language},
    )


def test_a_program_says_when_it_is_looked_at_again_and_a_click_says_that_it_was(
    clinic: Clinic,
) -> None:
    program = clinic.prescribe()
    assert clinic.get(f"/programs/{program}").json["review"] == "2026-09-21"

    answer = steer(clinic, program, "reviews", 1, review="2026-09-30")

    assert (answer.status_code, answer.headers["ETag"]) == (201, '"2"')
    assert clinic.get(f"/programs/{program}").json["review"] == "2026-09-30"
    (review,) = clinic.get(f"/programs/{program}/history").json["reviews"]
    assert (review["date"], review["actor"]) == ("2026-09-07", BO)


def test_a_revision_asks_for_its_own_review(clinic: Clinic) -> None:
    program = clinic.prescribe()

    assert clinic.revise(program, 1, review="2026-10-01").status_code == 201
    assert clinic.get(f"/programs/{program}").json["review"] == "2026-10-01"
    refused = clinic.revise(program, 2, review="2027-10-01", end=None)
    assert (refused.status_code, pointers(refused)) == (422, ["/review"])


def test_a_program_is_paused_and_resumed(clinic: Clinic) -> None:
    program = clinic.prescribe()

    answer = steer(clinic, program, "pause", 1, reason="surgery", note="Gallstones 🤒")

    assert answer.status_code == 201
    told = clinic.get(f"/programs/{program}").json["paused"]
    assert (told["date"], told["reason"], told["note"]) == (
        "2026-09-07",
        "surgery",
        "Gallstones 🤒",
    )
    assert (
        steer(clinic, program, "pause", 2, reason="other").json["type"].endswith("program-paused")
    )
    assert steer(clinic, program, "resumption", 2, date="2026-09-20").status_code == 201
    assert clinic.get(f"/programs/{program}").json["paused"] is None
    (pause,) = clinic.get(f"/programs/{program}/history").json["pauses"]
    assert pause["until"] == "2026-09-20"
    names = [event.type for event in clinic.events() if event.subject == f"program-{program}"]
    assert names[1:] == [
        "hep.prescription.program.paused.v1",
        "hep.prescription.program.resumed.v1",
    ]


def test_lists_say_that_a_program_rests_while_it_does(clinic: Clinic) -> None:
    program = clinic.prescribe()
    patient = clinic.get(f"/programs/{program}").json["patient"]
    clinic.client.set_cookie("hep", BO)

    def listed() -> tuple[bool, bool]:
        clinic.catch_up()
        pages = (
            clinic.client.get("/prescription/"),
            clinic.client.get(f"/prescription/patients/{patient}"),
        )
        one, other = (">Paused<" in page.text for page in pages)
        return one, other

    steer(clinic, program, "pause", 1, reason="surgery")
    assert listed() == (True, True)

    steer(clinic, program, "resumption", 2)
    assert listed() == (False, False)


def test_no_event_holds_the_words_of_a_pause(clinic: Clinic) -> None:
    steer(clinic, clinic.prescribe(), "pause", 1, reason="surgery", note="Gallstones")

    assert "Gallstones" not in str(list(clinic.service.database["commits"].find({})))


def test_one_click_moves_an_exercise_and_keeps_the_rest(clinic: Clinic) -> None:
    program = clinic.prescribe(exercises=[clinic.asked(instructions="Hold on to the table.")])

    answer = steer(
        clinic, program, "steps", 1, exercise=clinic.exercise, step="more", field="repetitions"
    )

    assert answer.status_code == 201
    told = clinic.get(f"/programs/{program}").json
    (exercise,) = told["exercises"]
    assert exercise["dose"]["repetitions"] == 12
    assert exercise["instructions"] == "Hold on to the table."
    assert (told["revision"], told["end"], told["phase"]["name"]) == (2, "2026-10-18", "Begin")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"exercise": NOWHERE, "step": "more", "field": "sets"}, "/exercise"),
        ({"step": "sideways"}, "/step"),
        ({"step": "more", "field": "🏋️"}, "/field"),
        ({"step": "other", "to": NOWHERE}, "/to"),
        ({"step": "other", "to": "x" * 65}, "/to"),
        ({"step": "more", "field": "sets", "colour": "red"}, "/colour"),
    ],
)
def test_a_step_that_cannot_be_changes_nothing(
    clinic: Clinic, body: dict[str, Any], pointer: str
) -> None:
    program = clinic.prescribe()
    before = count(clinic)

    answer = steer(clinic, program, "steps", 1, **{"exercise": clinic.exercise} | body)

    assert (answer.status_code, pointers(answer)) == (422, [pointer])
    assert count(clinic) == before


def test_a_step_sent_again_is_one_step(clinic: Clinic) -> None:
    program = clinic.prescribe()
    body = {"exercise": clinic.exercise, "step": "more", "field": "sets"}
    path = f"/programs/{program}/steps"

    first, again = (clinic.post(path, body, key="k", **{"If-Match": '"1"'}) for _ in range(2))

    assert (first.status_code, again.headers["Idempotent-Replay"]) == (201, "true")
    assert clinic.get(f"/programs/{program}").json["exercises"][0]["dose"]["sets"] == 4


def test_a_phase_changes_with_its_name(clinic: Clinic) -> None:
    program = clinic.prescribe()

    assert steer(clinic, program, "phases", 1, number=2, name="Load").status_code == 201

    told = clinic.get(f"/programs/{program}").json
    assert told["phase"] == {"number": 2, "name": "Load"}
    assert clinic.get(f"/programs/{program}/history").json["revisions"][1]["reason"] == (
        "phase_completed"
    )


def test_any_two_revisions_are_compared(clinic: Clinic) -> None:
    program = clinic.prescribe()
    clinic.revise(program, 1)
    clinic.revise(program, 2, exercises=[clinic.asked({"repetitions": 12, "sets": 2})], end=None)

    answer = clinic.get(f"/programs/{program}/difference?from=1&to=3")

    assert answer.status_code == 200
    says = {change["field"]: change["says"] for change in answer.json["changes"]}
    assert says["repetitions"] == "Sit to stand: Repetitions 12 instead of 10."
    assert says["sets"] == "Sit to stand: Sets 2 instead of 3."
    assert says["end"] == "There is no last day any more; it was 2026-10-18."
    wrong = clinic.get(f"/programs/{program}/difference?from=0&to=4")
    assert (wrong.status_code, pointers(wrong)) == (422, ["/from", "/to"])
    assert clinic.get(f"/programs/{program}/difference?from=one&to=2").status_code == 422


def test_who_comes_second_is_told_what_the_first_one_changed(clinic: Clinic) -> None:
    program = clinic.prescribe()
    clinic.revise(program, 1)

    answer = clinic.revise(program, 1, exercises=[clinic.asked({"sets": 5})])

    assert answer.status_code == 412
    reasons = {error["pointer"]: error["reason"] for error in answer.json["errors"]}
    assert reasons["/If-Match"] == 'It is at "2" now.'
    assert reasons[f"/exercises/{clinic.exercise}/repetitions"] == (
        "Sit to stand: Repetitions 12 instead of 10."
    )
    assert clinic.get(f"/programs/{program}").json["revision"] == 2


def test_a_form_that_comes_second_shows_the_difference_and_keeps_what_was_typed(
    clinic: Clinic,
) -> None:
    program = clinic.prescribe()
    clinic.catch_up()
    page = visit(clinic, f"/programs/{program}/revise").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    clinic.revise(program, 1)
    typed = {"reason": "eased", "note": "Slower 🐢", "phase-number": "1", "phase-name": "Begin"}
    typed |= {"effective-day": "14", "effective-month": "9", "effective-year": "2026"}
    typed |= {"exercises-0-exercise": clinic.exercise, "exercises-0-sets": "2"}
    typed |= {"exercises-0-repetitions": "8", "exercises-0-priority": "1"}

    answer = clinic.client.post(
        f"/prescription/programs/{program}/revise", data={**hidden, **typed}
    )

    assert answer.status_code == 412
    assert "Sit to stand: Repetitions 12 instead of 10." in unescape(answer.text)
    assert "Slower 🐢" in answer.text
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    saved = clinic.client.post(f"/prescription/programs/{program}/revise", data={**again, **typed})
    assert saved.status_code == 302
    assert clinic.get(f"/programs/{program}").json["exercises"][0]["dose"]["repetitions"] == 8


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_of_a_program_offers_each_step_as_a_button(clinic: Clinic, language: str) -> None:
    program = clinic.prescribe()
    clinic.catch_up()

    page = visit(clinic, f"/programs/{program}", language=language).text
    answer = click(clinic, program, "steps", exercise=clinic.exercise, do="more:repetitions", to="")

    assert 'value="more:repetitions"' in page
    assert answer.status_code == 302
    assert clinic.get(f"/programs/{program}").json["exercises"][0]["dose"]["repetitions"] == 12


def test_each_click_of_the_page_says_what_happened(clinic: Clinic) -> None:
    program = clinic.prescribe()

    def after(answer: Any) -> str:
        assert answer.status_code == 302, answer.text
        path = answer.headers["Location"].removeprefix("/prescription").split("&seen")[0]
        return str(visit(clinic, path).text)

    assert "The review is written down" in after(click(clinic, program, "reviews"))
    assert "The program rests" in after(click(clinic, program, "pause", reason="away"))
    assert "The program goes on" in after(click(clinic, program, "resumption"))
    assert "The change is saved" in after(click(clinic, program, "phases", number="2", name="Load"))


def test_a_click_on_what_somebody_else_changed_shows_the_change_and_does_nothing(
    clinic: Clinic,
) -> None:
    program = clinic.prescribe()
    clinic.revise(program, 1)

    answer = click(clinic, program, "steps", exercise=clinic.exercise, do="more:sets", version="1")

    assert answer.status_code == 412
    assert "Sit to stand: Repetitions 12 instead of 10." in unescape(answer.text)
    assert clinic.get(f"/programs/{program}").json["exercises"][0]["dose"]["sets"] == 3


@pytest.mark.parametrize(
    ("what", "fields", "says"),
    [
        ("pause", {}, "Fill this in."),
        ("pause", {"reason": "🤷"}, "This is not known here"),
        ("phases", {"number": "two", "name": "Load"}, "Give a whole number."),
        ("phases", {"number": "1", "name": "Same"}, "The program is in this phase"),
        ("steps", {"do": "other", "to": ""}, "Choose the exercise that comes in its place."),
        ("steps", {"do": ""}, "Fill this in."),
        ("resumption", {}, "This program is not paused"),
    ],
)
def test_a_click_that_cannot_be_says_why(
    clinic: Clinic, what: str, fields: dict[str, str], says: str
) -> None:
    program = clinic.prescribe()
    before = count(clinic)

    answer = click(clinic, program, what, **{"exercise": clinic.exercise} | fields)

    assert answer.status_code in (409, 422)
    assert says in unescape(answer.text)
    assert count(clinic) == before


def test_the_difference_is_a_page_in_both_languages(clinic: Clinic) -> None:
    program = clinic.prescribe()
    clinic.revise(program, 1)

    english = visit(clinic, f"/programs/{program}/difference").text
    spanish = visit(clinic, f"/programs/{program}/difference?from=1&to=2", language="es").text

    assert "Sit to stand: Repetitions 12 instead of 10." in unescape(english)
    assert "Sit to stand: Repeticiones 12 en lugar de 10." in unescape(spanish)
    assert "Nothing differs" in visit(clinic, f"/programs/{program}/difference?from=2&to=2").text


def test_sixty_exercises_are_too_many_at_the_field_on_the_page_too(clinic: Clinic) -> None:
    program = clinic.prescribe()
    sixty = [clinic.asked() for _ in range(60)]
    clinic.catch_up()
    typed = {"reason": "other", "phase-number": "1", "phase-name": "Begin 🚀"}
    typed |= {"effective-day": "14", "effective-month": "9", "effective-year": "2026"}
    for number in range(60):
        typed |= {f"exercises-{number}-exercise": clinic.exercise}
        typed |= {f"exercises-{number}-sets": "3", f"exercises-{number}-repetitions": "8"}

    api = clinic.revise(program, 1, exercises=sixty)
    page = send(clinic, f"/programs/{program}/revise", typed)

    assert (api.status_code, pointers(api)) == (422, ["/exercises"])
    assert page.status_code == 422
    assert "At most 30 exercises." in page.text
    assert 'name="exercises-59-sets"' in page.text
