"""The pages, as the therapist and the patient read them."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from tests.people import ADA, ANA, ANA_ID, BO, CY
from tests.services.reporting.desk import NAME, OWN, Owner, ask, fill, look
from tests.unit.reporting.diary import (
    BRIDGE,
    DAY,
    MONDAY,
    PROGRAM,
    WORDS,
    asks,
    days,
    entry,
    logged,
    patient,
    prescribed,
    published,
    reached,
    revised,
    sessions,
    told,
)

STAFF = f"/reporting/programs/{PROGRAM}"
OTHER = "8" * 32
BOB = "b0b" + "0" * 29


def story() -> list[Any]:
    more = asks(repetitions=12, sets=3)
    return [
        patient(),
        published(),
        prescribed(),
        *sessions(days("3 h -")),
        reached("first_session", 1, MONDAY, sequence=3),
        revised(more, effective=MONDAY + 2 * DAY, reason="too_easy"),
    ]


@pytest.fixture
def filled(client: FlaskClient) -> FlaskClient:
    fill(client, story())
    ask(client, Owner())
    return client


def text(client: FlaskClient, path: str, person: str, language: str = "en") -> str:
    answer = look(client, path, person, language)
    assert answer.status_code == 200
    return str(answer.text)


def test_the_therapist_sees_whose_program_it_is_and_how_it_goes(filled: FlaskClient) -> None:
    page = text(filled, STAFF, BO)

    assert f"<h1>{NAME}</h1>" in page
    assert str(escape("Stronger <legs>")) in page
    assert "Exercised on 2 of the 3 days that the program asked for." in page
    assert f'href="/prescription/patients/{ANA_ID}"' in page
    assert "2 of 3: 1 in full, 1 in part" in page
    assert "50% over 3 days" in page
    assert f'href="/prescription/programs/{PROGRAM}"' in page


def test_the_therapist_sees_each_exercise_of_the_last_weeks(filled: FlaskClient) -> None:
    page = text(filled, STAFF, BO)

    # Thirty, thirty and thirty-six were asked for; thirty and fifteen were done.
    assert "3 days<br>96 repetitions" in page
    assert "2 days<br>45 repetitions" in page
    assert "50%" in page


def test_the_therapist_sees_what_was_changed_and_why(filled: FlaskClient) -> None:
    page = text(filled, STAFF, BO)

    assert "It was too easy" in page
    assert "You can do more than you think." in page
    assert "Bridge: 3 sets of 12, instead of 3 sets of 10." in page


def hurt() -> list[Any]:
    """A day with words and pain, and one of which an exercise was left out."""
    left_out = entry(asks(), 0.0) | {"skipped": "pain"}
    return [
        *(patient(), published(), prescribed()),
        logged(told(MONDAY, pain=7, note=WORDS), sequence=1),
        logged(told(MONDAY + DAY, left_out, completion=0.0), sequence=2),
    ]


def test_the_therapist_reads_what_the_patient_said_the_newest_first(client: FlaskClient) -> None:
    fill(client, hurt())
    ask(client, Owner())

    page = text(client, STAFF, BO)

    said = page[page.index("What the patient said") :]
    assert said.index("Bridge: it hurt") < said.index(str(escape(OWN[WORDS])))
    assert "7 of 10" in said


def test_words_that_were_erased_leave_no_line(client: FlaskClient) -> None:
    fill(client, hurt()[:4])
    ask(client, Owner(own={}))

    assert "What the patient said" not in text(client, STAFF, BO)


def test_an_erased_person_has_a_pseudonym(filled: FlaskClient) -> None:
    ask(filled, Owner(people={}, words={}))

    page = text(filled, STAFF, BO)

    assert f"<h1>Patient {ANA_ID[:8]}</h1>" in page
    assert NAME not in page


def test_while_names_are_away_the_figures_are_not(filled: FlaskClient) -> None:
    ask(filled, Owner(away=True))

    page = text(filled, STAFF, BO)

    assert "Names and notes cannot be shown just now" in page
    assert "What the patient wrote cannot be shown just now" in page
    assert f"<h1>Patient {ANA_ID[:8]}</h1>" in page
    assert "2 of 3: 1 in full, 1 in part" in page


def test_an_exercise_whose_name_has_not_come_is_still_counted(client: FlaskClient) -> None:
    fill(client, [one for one in story() if BRIDGE not in one.subject])

    assert "An exercise" in text(client, STAFF, BO)


def test_the_patient_sees_the_week_and_what_was_reached(filled: FlaskClient) -> None:
    page = text(filled, "/reporting/", ANA)

    assert "2 of 7 days this week" in page
    assert "You exercised on 2 of the 3 days that your program asked for." in page
    assert "Your first session" in page


def test_the_patient_sees_what_the_therapist_changed_and_why(filled: FlaskClient) -> None:
    page = text(filled, "/reporting/", ANA)

    assert "Wednesday, September 9: It was too easy" in page
    assert "You can do more than you think." in page
    assert "Bridge, lying down: 3 sets of 12, instead of 3 sets of 10." in page


def test_the_patient_reads_spanish(filled: FlaskClient) -> None:
    page = text(filled, "/reporting/", ANA, "es")

    assert "2 de 7 días esta semana" in page
    assert "miércoles, 9 de septiembre: Era demasiado fácil" in page
    assert 'lang="es"' in page


def test_a_patient_without_a_program_is_told_so(client: FlaskClient) -> None:
    page = text(client, "/reporting/", ANA)

    assert "There is no program for you yet" in page
    assert 'href="/adherence/"' in page


def test_a_program_that_has_not_begun_says_when_it_does(client: FlaskClient) -> None:
    fill(client, [patient(), prescribed(start=MONDAY + 7 * DAY)])

    assert "The program begins on Monday, September 14." in text(client, "/reporting/", ANA)


def test_a_first_day_has_nothing_to_draw_yet(client: FlaskClient) -> None:
    fill(client, [patient(), prescribed(start=MONDAY + 3 * DAY)])

    page = text(client, "/reporting/", ANA)

    assert "Nothing to draw yet" in page
    assert "0 of 7 days this week" in page


def test_earlier_programs_are_listed_and_can_be_read(filled: FlaskClient) -> None:
    fill(filled, [prescribed(start=MONDAY - 28 * DAY, end=MONDAY - DAY, program=OTHER)])

    page = text(filled, "/reporting/", ANA)

    assert f'href="/reporting/programs/{OTHER}"' in page
    assert "2 of 7 days this week" in page
    earlier = text(filled, f"/reporting/programs/{OTHER}", ANA)
    assert "This program ended on Sunday, September 6" in earlier
    assert f'href="/reporting/programs/{PROGRAM}"' in earlier


def test_a_patient_finds_no_other_patients_page(client: FlaskClient) -> None:
    fill(client, [prescribed(patient=BOB)])

    assert look(client, STAFF, ANA).status_code == 404
    assert "There is no program for you yet" in text(client, "/reporting/", ANA)


@pytest.mark.parametrize(
    ("path", "person", "status"),
    [(STAFF, CY, 404), (STAFF, ADA, 403), ("/reporting/", BO, 403)],
)
def test_a_page_is_only_for_those_it_is_for(
    filled: FlaskClient, path: str, person: str, status: int
) -> None:
    assert look(filled, path, person).status_code == status


def test_whoever_is_not_signed_in_is_led_to_sign_in(filled: FlaskClient) -> None:
    patients, staff = filled.get("/reporting/"), filled.get(STAFF)

    assert patients.headers["Location"] == "/adherence/session?next=/reporting/"
    assert staff.headers["Location"] == f"/prescription/session?next={STAFF}"
