import http.client
from typing import Any

import pytest
import requests

from deploy.local.stack import Stack

PAGE = {"Accept": "text/html"}


def raw(front: Stack, path: str, host: str | None = None) -> int:
    """Ask for a path exactly as it is spelled; clients would tidy it."""
    connection = http.client.HTTPConnection("127.0.0.1", front.ports["edge"], timeout=10)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host or f"localhost:{front.ports['edge']}")
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def echoed(front: Stack, method: str, path: str, **more: Any) -> Any:
    return requests.request(method, front.origin + path, timeout=10, **more).json()


def test_a_request_reaches_its_service_as_it_was_sent(front: Stack) -> None:
    path = "/prescription/v1/programs/a%20b?limit=2&cursor=%2F"

    seen = echoed(front, "POST", path, data="{}", headers={"Idempotency-Key": "k"})

    assert (seen["method"], seen["path"], seen["body"]) == ("POST", path, "{}")
    assert seen["headers"]["Idempotency-Key"] == "k"


def test_a_stream_of_unknown_length_reaches_its_service(front: Stack) -> None:
    answer = requests.post(
        f"{front.origin}/prescription/x",
        data=iter([b"one", b"two"]),
        timeout=10,
    )

    assert answer.json()["headers"]["Transfer-Encoding"] == "chunked"


def test_the_service_learns_who_asked_and_nobody_else_says_so(front: Stack) -> None:
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example", "Forwarded": "x"}

    headers = echoed(front, "GET", "/prescription/", headers=forged)["headers"]

    assert headers["X-Forwarded-For"] in ("127.0.0.1", "::1")
    assert headers["X-Forwarded-Host"] == f"localhost:{front.ports['edge']}"
    assert headers["X-Forwarded-Proto"] == "http"
    assert "Forwarded" not in headers


def test_headers_of_one_connection_stay_there(front: Stack) -> None:
    own = {"Connection": "keep-alive, X-Mine", "X-Mine": "1", "TE": "trailers"}

    answer = requests.get(f"{front.origin}/prescription/", headers=own, timeout=10)

    assert not {"X-Mine", "Te", "TE"} & set(answer.json()["headers"])
    assert "Keep-Alive" not in answer.headers
    assert answer.status_code == 201
    assert answer.cookies.get_dict() == {"a": "1", "b": "2"}


def test_head_is_answered_without_a_body(front: Stack) -> None:
    answer = requests.head(f"{front.origin}/prescription/", timeout=10)

    assert int(answer.headers["Content-Length"]) > 0
    assert answer.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/prescription/v1/cards?ids=1",
        "/prescription/v1/cards/lookup",
        "/prescription/v1/texts",
        "/prescription/v1/streams/1/events",
        "/prescription/v1/heads",
        "/prescription/v1/%63ards",
        "/prescription//v1/cards",
        "/prescription/v1/./cards",
        "/prescription/x/../v1/cards",
        "/prescription/x/%2e%2e/v1/cards",
        "/prescription/v1%2fcards",
        "/prescription/livez",
        "/prescription/metrics",
        "/livez",
        "/readyz",
        "/metrics",
        "//prescription/v1/cards",
        "/unknown/",
    ],
)
def test_what_is_for_services_alone_is_not_there(front: Stack, path: str) -> None:
    assert raw(front, path) == 404


def test_names_that_only_look_like_it_are_served(front: Stack) -> None:
    assert raw(front, "/prescription/v1/cardsets") == 201
    assert raw(front, "/prescription/metrics.html") == 201


def test_a_service_that_is_away_is_said_in_plain_words(front: Stack) -> None:
    page = requests.get(f"{front.origin}/reporting/", headers=PAGE, timeout=10)
    problem = requests.get(f"{front.origin}/reporting/v1/x", timeout=10)

    assert (page.status_code, page.headers["Retry-After"]) == (502, "2")
    assert "The reporting part is not answering yet" in page.text
    assert problem.headers["Content-Type"].startswith("application/problem+json")
    assert (problem.status_code, problem.headers["Retry-After"]) == (502, "2")


def test_the_front_page_leads_to_both_doors_and_the_mails(front: Stack) -> None:
    page = requests.get(front.origin, headers=PAGE, timeout=10).text

    assert "%2Fprescription%2Fsign-in" in page or "/prescription/sign-in" in page
    assert "/adherence/sign-in" in page
    assert 'href="/mail/"' in page


def test_it_answers_to_this_machines_names_only(front: Stack) -> None:
    port = front.ports["edge"]

    assert raw(front, "/", f"127.0.0.1:{port}") == 200
    assert raw(front, "/", f"evil.example:{port}") == 421


def test_people_are_led_to_the_name_that_cookies_are_for(front: Stack) -> None:
    address = f"http://127.0.0.1:{front.ports['edge']}/mail/?a=1"

    answer = requests.get(address, headers=PAGE, allow_redirects=False, timeout=10)

    assert (answer.status_code, answer.headers["Location"]) == (308, f"{front.origin}/mail/?a=1")


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/prescription/" + "a" * 9000, "X", "y"),
        ("/prescription/", "X", "y" * 9000),
        ("/prescription/", "X" * 9000, "y"),
        ("/prescription/", "X", "y\0z"),
    ],
)
def test_longer_or_stranger_than_any_of_ours_goes_no_further(
    front: Stack, path: str, name: str, value: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.ports["edge"], timeout=10)
    connection.putrequest("GET", path)
    connection._buffer.append(f"{name}: {value}".encode())  # type: ignore[attr-defined]  # noqa: SLF001
    connection.endheaders()

    answer = connection.getresponse()

    assert answer.status in (400, 431)
    connection.close()
