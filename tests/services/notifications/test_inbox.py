"""The inbox over HTTP: whose it is, who may read it, in pages, and as the patient sees it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import notifications
from notifications.app import DEFINITION
from notifications.policies import celebration_id
from shared.envelope import Envelope
from tests.given import given_app
from tests.people import ADA, ANA, ANA_ID, BO, CY, DEE, SERVICE
from tests.services.notifications.world import World
from tests.unit.notifications.facts import (
    MOMENT,
    MONDAY,
    PROGRAM,
    days,
    decided,
    failed,
    logged,
    prescribed,
    reached,
    registered,
    sent,
)

TEMPLATES = Path(str(notifications.__file__)).parent / "templates"
PATH = f"/notifications/v1/patients/{ANA_ID}/messages"
FIRST_SESSION = reached("first_session", 1)
CELEBRATION = celebration_id(FIRST_SESSION)


@pytest.fixture
def client(world: World) -> Iterator[FlaskClient]:
    world.tell(registered(), prescribed())
    app = given_app(DEFINITION, world.service, TEMPLATES)
    with app.test_client() as client:
        yield client


def get(client: FlaskClient, path: str = PATH, person: str = ANA, **headers: str) -> Any:
    return client.get(path, headers={"Authorization": f"Bearer {person}", **headers})


def page(client: FlaskClient, query: str = "") -> str:
    client.set_cookie("hep", ANA)
    answer = client.get(f"/notifications/{query}")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def streaks(count: int) -> list[Envelope]:
    facts = []
    for number, day in enumerate(days(count)):
        moment = MOMENT + timedelta(days=number)
        facts += [
            logged(day, sequence=2 * number + 1, size=2, moment=moment),
            reached("streak", number + 1, day, sequence=2 * number + 2, moment=moment),
        ]
    return facts


def test_a_message_is_in_the_inbox_from_the_moment_it_is_written(
    client: FlaskClient, world: World
) -> None:
    world.tell(FIRST_SESSION)

    assert get(client).json == {
        "items": [
            {
                "id": CELEBRATION,
                "kind": "celebration",
                "state": "planned",
                "channel": None,
                "reason": None,
                "written": MOMENT.isoformat(),
                "sent_at": None,
                "local_date": MONDAY.isoformat(),
                "program": PROGRAM,
                "milestones": [{"kind": "first_session", "count": 1}],
            }
        ],
        "next": None,
    }


def test_what_became_of_a_message_is_told(client: FlaskClient, world: World) -> None:
    world.tell(FIRST_SESSION, sent(CELEBRATION, "celebration", [("first_session", 1)]))

    (found,) = get(client).json["items"]
    assert (found["state"], found["channel"]) == ("sent", "email")
    assert found["sent_at"] == MOMENT.isoformat()


def test_an_outcome_without_its_cause_is_not_shown(client: FlaskClient, world: World) -> None:
    world.tell(sent(CELEBRATION, "celebration"))

    assert get(client).json["items"] == []


def test_pages_go_from_the_newest_to_the_oldest(client: FlaskClient, world: World) -> None:
    world.tell(*streaks(5))

    counts, cursor = [], ""
    while cursor is not None:
        answer = get(client, f"{PATH}?limit=2&cursor={cursor}").json
        counts += [item["milestones"][0]["count"] for item in answer["items"]]
        cursor = answer["next"]

    assert counts == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("person", [ANA, BO, DEE])
def test_the_patient_and_who_treats_her_may_read(client: FlaskClient, person: str) -> None:
    assert get(client, person=person).status_code == 200


def test_another_service_may_read_for_its_tenant(client: FlaskClient) -> None:
    assert get(client, person=SERVICE, **{"Hep-Tenant": "north"}).status_code == 200
    assert get(client, person=SERVICE, **{"Hep-Tenant": "south"}).status_code == 404


@pytest.mark.parametrize(("person", "status"), [(ADA, 403), (CY, 404)])
def test_nobody_else_may(client: FlaskClient, person: str, status: int) -> None:
    answer = get(client, person=person)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_without_a_token_nobody_reads(client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 401


def test_a_patient_reads_her_own_messages_only(client: FlaskClient, world: World) -> None:
    other = "f" * 32
    world.tell(registered(patient=other))

    assert get(client, f"/notifications/v1/patients/{other}/messages").status_code == 404
    assert get(client, f"/notifications/v1/patients/{other}/messages", BO).status_code == 200


def test_a_patient_that_is_not_there_answers_404(client: FlaskClient) -> None:
    assert get(client, f"/notifications/v1/patients/{'0' * 32}/messages", BO).status_code == 404


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limit=0", "/limit"), ("limit=x", "/limit"), ("cursor=x", "/cursor")],
)
def test_a_query_that_cannot_be_names_the_field(
    client: FlaskClient, query: str, pointer: str
) -> None:
    answer = get(client, f"{PATH}?{query}")

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_the_page_of_who_has_no_messages_says_what_will_come(client: FlaskClient) -> None:
    assert "No messages yet" in page(client)


def test_the_page_of_who_is_not_known_here_yet_is_empty_too(world: World) -> None:
    app = given_app(DEFINITION, world.service, TEMPLATES)

    with app.test_client() as client:
        assert "No messages yet" in page(client)


def test_the_page_praises_and_says_how_the_message_went(client: FlaskClient, world: World) -> None:
    week = reached("first_week", 1, sequence=2, index=1, size=3)
    streak = reached("streak", 7, sequence=3, index=2, size=3)
    world.tell(week, streak, sent(celebration_id(week), "celebration"))

    shown = page(client)

    assert "<h2>7 sessions in a row</h2>" in shown
    assert "And that is not all: Your first full week." in shown
    assert "Also sent by e-mail" in shown


def test_a_mail_that_did_not_arrive_says_whom_to_ask(client: FlaskClient, world: World) -> None:
    world.tell(FIRST_SESSION, failed(CELEBRATION, "celebration", "smtp_550"))

    assert "ask your practice to check your address" in page(client)


def test_todays_reminder_leads_to_the_exercises_while_today_is_open(
    client: FlaskClient, world: World
) -> None:
    world.tell(decided(MONDAY, None))
    assert "Today is still open" in page(client)
    assert 'href="/adherence/"><span>Open today' in page(client)

    world.tell(logged(MONDAY))

    assert "Today is still open" not in page(client)
    assert "For Monday, September 7" in page(client)


def test_the_page_is_spanish_in_spanish(client: FlaskClient, world: World) -> None:
    world.tell(FIRST_SESSION, decided(MONDAY, None))

    shown = page(client, "?lang=es")

    assert "Su primera sesión" in shown
    assert "Hoy queda algo pendiente" in shown


def test_a_long_inbox_has_a_next_page(client: FlaskClient, world: World) -> None:
    world.tell(*streaks(25))

    first = page(client)
    cursor = first.split("?cursor=")[1].split('"')[0]
    second = page(client, f"?cursor={cursor}")

    assert (first.count("<article"), second.count("<article")) == (20, 5)
    assert "25 sessions in a row" in first
    assert "Next page" not in second


def test_staff_have_no_inbox(client: FlaskClient) -> None:
    client.set_cookie("hep", BO)

    assert client.get("/notifications/").status_code == 403


def test_who_is_not_signed_in_is_led_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/notifications/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/adherence/session?next=/notifications/")
