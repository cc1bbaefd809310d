"""The pages on which a program is steered, in a browser: at every width, in both languages."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from prescription.app import DEFINITION
from prescription.catalogue import identity
from shared import mongo
from tests.given import given_service, served
from tests.pages.conftest import Open
from tests.pages.test_reporting import OVERFLOW
from tests.people import ADA, BO
from tests.services.prescription.conftest import EXERCISE, NOW, SITE, TEMPLATES, Clinic
from tests.services.prescription.test_exercises import stock
from tests.services.prescription.test_tasks import hurts, more, pass_on

SHOWN = ("program", "difference", "queue", "conversation")


def as_bo(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def wrapped(environ: dict[str, str], start: Any) -> Iterable[bytes]:
        environ["HTTP_COOKIE"] = f"hep={BO}"
        return app(environ, start)

    return wrapped


def fill(clinic: Clinic) -> dict[str, str]:
    """Fill a practice with a program that moves along ladders; return the pages' paths."""
    clinic.site = clinic.create("/sites", SITE, ADA)
    clinic.exercise = clinic.create("/exercises", EXERCISE)
    clinic.patient = clinic.create(
        "/patients", clinic.patient_body(name="María del Carmen Fernández-Villaverde de la Torre")
    )
    stock(clinic)
    words = ("sit-to-stand", "heel-raise-standing", "row-band", "walking")
    doses = ({}, {"load_kg": 4}, {"band": "red"}, {"minutes": 20, "sets": None})
    rows = [
        clinic.asked(dose, exercise=identity("north", word))
        for word, dose in zip(words, doses, strict=True)
    ]
    rows[3]["dose"] |= {"repetitions": None}
    program = clinic.prescribe(exercises=rows)
    moved = [rows[0] | {"dose": rows[0]["dose"] | {"repetitions": 12}}, *rows[1:]]
    clinic.revise(program, 1, exercises=moved, note="No pain on the stairs.")
    path = f"/programs/{program}/pause"
    body = {"reason": "illness", "note": "A cold, back next week."}
    clinic.post(path, body, **{"If-Match": '"2"'})
    clinic.post(f"/programs/{program}/resumption", {}, **{"If-Match": '"3"'})
    clinic.catch_up()
    hurting, growing = hurts(clinic, program), more(clinic, program, sequence=2)
    offer = {**growing.data["exercises"][0], "exercise": rows[0]["exercise"]}
    growing.data["exercises"][0].update(offer)
    pass_on(clinic, hurting, growing)
    here = f"/prescription/programs/{program}"
    pages = {"program": here, "difference": f"{here}/difference"}
    return pages | {"queue": "/prescription/queue", "conversation": f"{here}/conversation"}


@pytest.fixture(scope="module")
def shown(mongodb: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The practice as a browser reaches it: its address, and the paths of the pages."""
    with mongo.connect(mongodb, "tests") as connected:
        database = connected[f"test_{uuid.uuid4().hex[:12]}"]
        with given_service(DEFINITION, database, TEMPLATES, lambda: NOW) as client:
            paths = fill(Clinic(client))
            with served(as_bo(client.application)) as found:  # type: ignore[arg-type]
                yield found, paths
        connected.drop_database(database.name)


@pytest.fixture(scope="module")
def address(shown: tuple[str, dict[str, str]]) -> str:
    return shown[0]


@pytest.mark.parametrize("name", SHOWN)
def test_axe_finds_nothing_and_it_fits_at_every_width(visit: Open, shown: Any, name: str) -> None:
    page = visit(f"{shown[1][name]}?lang=es", 1280)
    for summary in page.locator("summary").all():
        summary.click()

    found = Axe().run(page, options={"resultTypes": ["violations"]})

    assert [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]
    ] == []

    for width in (1280, 768, 360, 320):
        page.set_viewport_size({"width": width, "height": 740})

        assert page.evaluate(OVERFLOW) == 0, width


def test_a_program_is_paused_with_a_reason_and_resumed(visit: Open, shown: Any) -> None:
    page = visit(shown[1]["program"], 360)
    page.locator("summary", has_text="Pause it").click()
    page.get_by_label("Reason").select_option("surgery")
    page.get_by_label("What you saw").fill("Gallstones. 🩺")
    page.get_by_role("button", name="Pause from today on").click()
    page.get_by_role("heading", name="The program rests").wait_for()
    assert "Gallstones. 🩺" in page.inner_text("main")

    page.get_by_role("button", name="Resume it").click()

    page.get_by_role("heading", name="The program goes on").wait_for()


def test_a_step_is_two_presses_of_the_keyboard(visit: Open, shown: Any) -> None:
    page = visit(shown[1]["program"], 1280)
    page.locator("summary", has_text="Step").first.press("Enter")
    button = page.locator("button[value='more:repetitions']").first
    words = button.inner_text()
    button.press("Enter")

    page.get_by_role("heading", name="The change is saved").wait_for()
    assert words in page.inner_text("main")
