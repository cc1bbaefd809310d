"""Operators see, drain and discard what is parked; nobody else does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from shared import park
from shared.mongo import Database
from tests.engine.pipeline import POISON, Bench, open_bench
from tests.given import given_service
from tests.people import ADA, ANA, BO, OPAL, SERVICE
from tests.web.test_kit import DEFINITION

PARKED = "/counting/v1/parked"
PAGE = "/counting/operations/"


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    """Streams a and b each fail at their second commit and have a third."""
    found = open_bench(database, "")
    POISON.add(13)
    for stream in "ab":
        for amounts in ([1], [13], [3]):
            found.apply(*found.published(found.count(stream, *amounts)))
    yield found
    POISON.clear()


@pytest.fixture
def client(bench: Bench) -> Iterator[FlaskClient]:
    with given_service(DEFINITION, bench.database, Path(__file__).parent) as client:
        yield client


def key(bench: Bench, stream: str) -> str:
    return str(bench.ledger(stream)["_id"])


def path(bench: Bench, stream: str) -> str:
    return f"{PARKED}/{quote(key(bench, stream))}"


def ask(client: FlaskClient, method: str, path: str, body: Any = None, person: str = OPAL) -> Any:
    headers = {"Authorization": f"Bearer {person}"}
    return client.open(path, method=method, json=body, headers=headers)


def post_form(client: FlaskClient, where: str, **fields: str) -> Any:
    client.set_cookie("hep", OPAL)
    page = client.get(PAGE).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    return client.post(f"{PAGE}{where}", data={"csrf": csrf, **fields})


def test_the_list_says_what_failed_and_where_without_the_record(
    client: FlaskClient, bench: Bench
) -> None:
    first, second = ask(client, "GET", PARKED).json["items"]

    assert (first["key"], second["key"]) == (key(bench, "a"), key(bench, "b"))
    assert (first["stream"], first["sequence"]) == ("counter-a", 2)
    assert first["error"].startswith("Broken in on_counted")
    assert "record" not in first


def test_the_list_comes_in_pages(client: FlaskClient) -> None:
    first = ask(client, "GET", f"{PARKED}?limit=1").json
    second = ask(client, "GET", f"{PARKED}?limit=1&cursor={first['next']}").json

    assert [found["stream"] for found in first["items"] + second["items"]] == [
        "counter-a",
        "counter-b",
    ]
    assert second["next"] is None


def test_one_key_is_shown_with_its_record_as_received(client: FlaskClient, bench: Bench) -> None:
    found = ask(client, "GET", path(bench, "a")).json

    assert '"amount":13' in found["record"]


@pytest.mark.parametrize("person", [ANA, BO, ADA, SERVICE])
def test_nobody_of_a_practice_and_no_service_sees_it(
    client: FlaskClient, bench: Bench, person: str
) -> None:
    answers = [
        ask(client, "GET", PARKED, person=person),
        ask(client, "GET", path(bench, "a"), person=person),
        ask(client, "POST", f"{PARKED}/drain", {}, person=person),
        ask(client, "POST", f"{path(bench, 'a')}/drain", {}, person=person),
        ask(client, "POST", f"{path(bench, 'a')}/discard", {}, person=person),
    ]

    assert {answer.status_code for answer in answers} <= {403, 422}
    assert len(park.listed(bench.database)) == 2


def test_an_operator_is_nobody_in_a_practice(client: FlaskClient) -> None:
    assert ask(client, "GET", "/counting/v1/counters").status_code == 403


def test_a_drained_key_goes_on_and_cannot_be_drained_twice(
    client: FlaskClient, bench: Bench
) -> None:
    POISON.clear()
    first = ask(client, "POST", f"{path(bench, 'a')}/drain")
    second = ask(client, "POST", f"{path(bench, 'a')}/drain")
    bench.healer().step()

    assert (first.status_code, first.json) == (202, {"drained": 1})
    assert second.status_code == 404
    assert bench.amounts("a") == [1, 13, 3]
    assert bench.ledger("b")["state"] == "parked"


def test_all_are_drained_at_a_rate(client: FlaskClient, bench: Bench) -> None:
    POISON.clear()
    answer = ask(client, "POST", f"{PARKED}/drain", {"rate": 1})
    bench.healer().step()

    assert answer.json == {"drained": 2}
    assert bench.amounts("a") == [1, 13, 3]
    assert bench.amounts("b") == [1]


def test_discarding_needs_a_reason_and_keeps_who_decided(client: FlaskClient, bench: Bench) -> None:
    refused = ask(client, "POST", f"{path(bench, 'a')}/discard", {"sequence": 2, "reason": " "})
    answer = ask(client, "POST", f"{path(bench, 'a')}/discard", {"sequence": 2, "reason": "twice"})
    bench.healer().step()

    assert refused.status_code == 422
    assert answer.status_code == 204
    assert bench.amounts("a") == [1, 3]
    (kept,) = bench.database["discarded"].find({})
    assert (kept["reason"], kept["actor"]) == ("twice", "opal")


def test_a_commit_that_nobody_looked_at_is_not_discarded(client: FlaskClient, bench: Bench) -> None:
    answer = ask(client, "POST", f"{path(bench, 'a')}/discard", {"sequence": 1, "reason": "old"})

    assert answer.status_code == 404
    assert len(park.listed(bench.database)) == 2


def test_the_page_lists_what_is_parked_and_says_what_to_do(
    client: FlaskClient, bench: Bench
) -> None:
    client.set_cookie("hep", OPAL)
    listed, shown = client.get(PAGE).text, client.get(f"{PAGE}keys?key={quote(key(bench, 'a'))}")

    assert "Parked events" in listed
    assert "counter-a" in listed
    assert "&#34;amount&#34;:13" in shown.text
    assert "This cannot be undone" in shown.text


def test_the_page_is_for_operators_in_their_language(client: FlaskClient) -> None:
    client.set_cookie("hep", BO)
    assert client.get(PAGE).status_code == 403

    client.set_cookie("hep", OPAL)
    assert "Eventos aparcados" in client.get(f"{PAGE}?lang=es").text


def test_who_is_not_signed_in_is_led_to_sign_in(client: FlaskClient) -> None:
    answer = client.get(PAGE)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/prescription/session?next={PAGE}"


def test_forms_of_the_page_drain_and_discard(client: FlaskClient, bench: Bench) -> None:
    one = post_form(client, "discard", parked=key(bench, "a"), sequence="2", reason="twice")
    rest = post_form(client, "drain", rate="")

    assert one.headers["Location"] == f"{PAGE}?did=discarded"
    assert rest.headers["Location"] == f"{PAGE}?did=drained"
    assert park.listed(bench.database) == []
    assert "Nothing is parked" in client.get(PAGE).text


def test_a_form_without_a_reason_comes_back_with_the_error(
    client: FlaskClient, bench: Bench
) -> None:
    answer = post_form(client, "discard", parked=key(bench, "a"), sequence="2", reason="")

    assert answer.status_code == 422
    assert "Say why, in at most 500 characters" in answer.text
    assert len(park.listed(bench.database)) == 2
