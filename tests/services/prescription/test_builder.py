"""The builder over HTTP: drafts, what they weigh, records, and a program made in twelve steps."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from prescription.catalogue import identity as exercise
from prescription.protocol.programs import identity as template
from tests.given import served
from tests.people import BO, DEE
from tests.services.prescription.conftest import Clinic
from tests.services.prescription.test_exercises import stock
from tests.services.prescription.test_pages import send, summary, visit

TKA = template("north", "tka-home-0-6")
MOST = 12
FIVE = 5


@pytest.fixture
def stocked(clinic: Clinic) -> Clinic:
    """The clinic with the catalogue in its library."""
    stock(clinic)
    clinic.catch_up()
    return clinic


def path(clinic: Clinic, what: str = "draft") -> str:
    return f"/patients/{clinic.patient}/{what}"


def put(clinic: Clinic, body: Any, person: str = BO) -> Any:
    headers = {"Authorization": f"Bearer {person}"}
    return clinic.client.put(f"/prescription/v1{path(clinic)}", json=body, headers=headers)


def record(clinic: Clinic, version: int = 0, **body: Any) -> Any:
    return clinic.post(path(clinic, "record"), body, **{"If-Match": f'"{version}"'})


def test_a_template_fills_a_draft_in_the_patients_language_on_the_affected_side(
    stocked: Clinic,
) -> None:
    filled = stocked.post(path(stocked, "draft/template"), {"template": TKA, "side": "left"})

    draft = filled.json["draft"]
    assert draft["title"] == "The first six weeks with your new knee"
    assert draft["source"]["url"].startswith("http://lakewoodorthopedics.com/")
    assert (draft["start"], draft["end"]) == ("2026-09-07", "2026-10-18")
    assert [row["dose"].get("side") for row in draft["exercises"]][:3] == ["both", "left", "left"]
    assert stocked.get(path(stocked)).json == filled.json


def test_a_draft_is_weighed_while_it_is_made(stocked: Clinic) -> None:
    answer = stocked.post(path(stocked, "draft/template"), {"template": TKA}).json

    assert answer["exercises"] == len(answer["draft"]["exercises"])
    assert answer["minutes"] > FIVE
    number = next(one for one in answer["findings"] if one["kind"] == "number")
    assert number["reason"]
    assert number["source"]["url"] == "https://doi.org/10.1055/s-0043-120527"
    assert "home" in {one["kind"] for one in answer["findings"]}


def test_a_draft_is_its_therapists_own_and_is_taken_away(clinic: Clinic) -> None:
    body = {"title": "Legs", "goals": ["Stairs"], "exercises": [clinic.asked()]}
    body |= {"targets": [{"goal": 0, "measure": "12 steps", "by": "2026-10-01"}]}
    kept = put(clinic, body).json["draft"]

    assert (kept["title"], kept["goals"]) == ("Legs", ["Stairs"])
    assert kept["targets"] == [{"goal": 0, "measure": "12 steps", "by": "2026-10-01"}]
    assert clinic.get(path(clinic), DEE).json["draft"]["exercises"] == []
    assert put(clinic, {}).status_code == 200
    assert "title" not in clinic.get(path(clinic)).json["draft"]


def test_an_erasure_destroys_the_draft(clinic: Clinic) -> None:
    put(clinic, {"title": "Legs of Ana"})
    clinic.post(path(clinic, "erasure"), {}, DEE)

    assert put(clinic, {"title": "Legs"}).status_code == 404
    assert "title" not in clinic.get(path(clinic)).json["draft"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": 3}, "/title"),
        ({"exercises": "all"}, "/exercises"),
        ({"targets": [{"goal": 7}]}, "/targets/0/goal"),
        ({"start": "soon"}, "/start"),
    ],
)
def test_what_is_no_draft_is_told_at_the_field(clinic: Clinic, body: Any, pointer: str) -> None:
    answer = put(clinic, body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_draft_begins_with_no_template_that_is_not_there(clinic: Clinic) -> None:
    answer = clinic.post(path(clinic, "draft/template"), {"template": "f" * 32})

    assert answer.status_code == 404


def test_a_record_is_set_and_two_who_set_it_at_once_lose_nothing(clinic: Clinic) -> None:
    first = record(clinic, conditions=["falls"], home={"equipment": ["chair"], "spaces": []})

    assert first.status_code == 201
    found = clinic.get(path(clinic, "record"))
    assert found.json["home"] == {"equipment": ["chair"], "spaces": []}
    assert found.headers["ETag"] == '"1"'
    assert record(clinic, conditions=[]).status_code == 412
    assert record(clinic, 1, conditions=["luck"]).json["errors"][0]["pointer"] == "/conditions/0"


def test_what_the_record_says_blocks_an_exercise_or_asks_for_a_reason(stocked: Clinic) -> None:
    record(stocked, conditions=["achilles_tear", "falls"])
    heel = {"exercise": exercise("north", "heel-drop-straight")}
    refused = stocked.post("/programs", stocked.program_body(exercises=[stocked.asked() | heel]))

    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/exercises/0/exercise"
    assert "A torn Achilles tendon" in refused.json["errors"][0]["reason"]


def test_one_click_brings_no_exercise_that_the_record_blocks(stocked: Clinic) -> None:
    program = stocked.prescribe()
    record(stocked, conditions=["achilles_tear"])

    body = {"exercise": stocked.exercise, "step": "other"}
    body |= {"to": exercise("north", "heel-drop-straight")}
    refused = stocked.post(f"/programs/{program}/steps", body, **{"If-Match": '"1"'})

    assert refused.status_code == 422
    assert "A torn Achilles tendon" in refused.json["errors"][0]["reason"]


def test_a_program_tells_its_reasons_measures_and_bad_days(stocked: Clinic) -> None:
    step = {"exercise": exercise("north", "step-up"), "bad_day": "easier", "taught": "shown"}
    made = stocked.prescribe(
        exercises=[stocked.asked() | step],
        targets=[{"goal": 0, "measure": "12 steps", "by": "2026-10-01"}],
    )

    found = stocked.get(f"/programs/{made}").json
    assert found["exercises"][0]["bad_day"]["way"] == "easier"
    assert found["exercises"][0]["bad_day"]["plain_name"]
    assert found["exercises"][0]["taught"] == "shown"
    told = {"goal": "Climb the stairs at home", "measure": "12 steps", "by": "2026-10-01"}
    assert found["targets"] == [told]


def form(**fields: str) -> dict[str, str]:
    return {
        "title": "Legs",
        "start-day": "7",
        "start-month": "9",
        "start-year": "2026",
        "exercises-0-exercise": exercise("north", "step-up"),
        "exercises-0-sets": "2",
        "exercises-0-repetitions": "10",
        "exercises-1-exercise": exercise("north", "bridge"),
        "exercises-1-sets": "three",
        **fields,
    }


def test_every_change_is_saved_and_what_was_typed_wrong_stays(stocked: Clinic) -> None:
    page = f"/patients/{stocked.patient}/prescribe"
    panel = send(stocked, page, form(save="quiet"))

    assert "about 3 minutes" in panel.text
    assert "<html" not in panel.text
    again = visit(stocked, page).text
    assert 'value="three"' in again
    assert 'value="Legs"' in again


def test_exercises_change_places_without_a_script(stocked: Clinic) -> None:
    page = f"/patients/{stocked.patient}/prescribe"

    moved = send(stocked, page, form(down="0")).text

    assert 'id="exercises-0-sets" name="exercises-0-sets" value="three"' in moved
    assert 'id="exercises-1-sets" name="exercises-1-sets" value="2"' in moved


def test_a_reason_is_asked_for_where_it_is_given(stocked: Clinic) -> None:
    page = f"/patients/{stocked.patient}/prescribe"
    words = ("step-up", "bridge", "quad-set", "heel-slide", "sit-to-stand", "clamshell", "walking")
    fields = {"diagnosis-text": "Knee", "diagnosis-code": "M17", "diagnosis-system": "ICD-10"}
    fields |= {"phase-number": "1", "phase-name": "Begin"}
    for number, word in enumerate(words):
        fields[f"exercises-{number}-exercise"] = exercise("north", word)
        fields[f"exercises-{number}-minutes"] = "5"

    told = summary(send(stocked, page, form() | fields | {"exercises-1-sets": "3"}))
    other = {"exercises-1-sets": "3", "reasons": "other"}
    words_too = summary(send(stocked, page, form() | fields | other))
    done = send(stocked, page, form() | fields | other | {"reasons-words": "She is used to it."})

    assert list(told) == ["reasons"]
    assert list(words_too) == ["reasons-words"]
    program = re.search(r"/programs/(\w+)", done.headers["Location"])
    assert program
    (reason,) = stocked.get(f"/programs/{program[1]}").json["reasons"]
    assert reason == {"about": "number", "code": "other", "words": "She is used to it."}


def test_the_patients_view_is_shown_before_anything_is_prescribed(stocked: Clinic) -> None:
    stocked.post(path(stocked, "draft/template"), {"template": TKA, "side": "left"})

    page = visit(stocked, f"/patients/{stocked.patient}/prescribe/preview").text

    assert "The first six weeks with your new knee" in page
    assert "1 set of 20, hold 5 seconds, left side, 3 times a day" in page


def test_the_record_is_set_on_its_page(stocked: Clinic) -> None:
    page = f"/patients/{stocked.patient}/record"

    done = send(stocked, page, {"conditions": "falls", "asked": "true", "equipment": "chair"})

    assert done.status_code == 302
    told = stocked.get(path(stocked, "record")).json
    assert (told["conditions"], told["home"]["equipment"]) == (["falls"], ["chair"])


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_program_is_printed_with_a_blank_log_sheet(stocked: Clinic, paper: str) -> None:
    step = {"exercise": exercise("north", "step-up"), "bad_day": "easier", "group": "morning"}
    target = {"goal": 0, "measure": "12 steps", "by": "2026-10-01"}
    made = stocked.prescribe(exercises=[stocked.asked() | step], targets=[target])

    sheet = visit(stocked, f"/programs/{made}/print?paper={paper}").text
    shown = visit(stocked, f"/programs/{made}").text

    assert f'class="paper log {paper}"' in sheet
    assert sheet.count("<td></td>") == 2 * 14
    assert "12 steps, by Thursday" in sheet
    assert "The easier form" in sheet
    assert f'href="/prescription/programs/{made}/print"' in shown
    assert "12 steps" in shown


class Hand:
    """What a therapist does on a page, each thing counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.did = page, 0

    def press(self, name: str, *, within: str = "main") -> None:
        self.did += 1
        self.page.locator(within).get_by_role("button", name=name, exact=True).first.click()

    def choose(self, label: str, option: str) -> None:
        self.did += 1
        self.page.get_by_label(label, exact=True).first.select_option(label=option)


def test_five_exercises_from_a_template_take_twelve_interactions_at_most(
    stocked: Clinic, browser: Browser
) -> None:
    with served(stocked.client.application) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.context.add_cookies([{"name": "hep", "value": BO, "url": address}])
        page.goto(f"{address}/prescription/patients/{stocked.patient}")
        hand = Hand(page)

        page.get_by_role("link", name="Prescribe a program").click()
        hand.did += 1
        name = "After total knee arthroplasty: Total knee replacement home programme, weeks 0-6"
        hand.choose("Template", name)
        hand.choose("Affected side", "Left")
        hand.press("Fill the draft")
        while page.locator("fieldset[data-row]").count() > FIVE:
            hand.press("Remove this exercise", within="fieldset[data-row] >> nth=-1")
        hand.press("Prescribe")
        page.wait_for_url("**/programs/*")

        print(f"\n{hand.did} interactions")  # noqa: T201
        assert hand.did <= MOST
        program = re.search(r"/programs/(\w+)", page.url)
        page.context.close()
    assert program
    made = stocked.get(f"/programs/{program[1]}").json
    assert len(made["exercises"]) == FIVE
    assert made["source"]["title"].startswith("Lakewood Orthopedics")


def test_a_draft_is_saved_and_weighed_while_somebody_types(
    stocked: Clinic, browser: Browser
) -> None:
    with served(stocked.client.application) as address:
        page = browser.new_page(viewport={"width": 360, "height": 740})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.context.add_cookies([{"name": "hep", "value": BO, "url": address}])
        page.goto(f"{address}/prescription/patients/{stocked.patient}/prescribe")
        page.get_by_label("Exercise", exact=True).first.select_option(label="Step-up")
        page.get_by_label("Repetitions", exact=True).first.fill("30")
        page.get_by_text("Saved as a draft.").wait_for()
        page.get_by_text("usual is").first.wait_for()
        page.reload()

        assert page.get_by_label("Repetitions", exact=True).first.input_value() == "30"
        assert complaints == []
        page.context.close()
