"""What no schema makes up: bytes that are no text, depths, numbers without end, keys twice."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest

from shared.web import contracts
from tests.permission.asking import Route, ask, bodies, routes
from tests.permission.world import World, person

REFUSED = {400, 401, 403, 404, 409, 412, 413, 422, 428}
DEEP = 100_000
TEXTS = ("\0", "\ud800", "\u202eevil", "a\r\nSet-Cookie: hep=x", "../..", "=1+1", "x" * 100_000)
OTHERS = (None, True, -1, 2**63, 10**400, 1e308, float("nan"), [], {}, [[[[]]]], {"$gt": ""})
# RFC 7644 has its own form for what goes wrong.
FAILURES = {False: "application/problem+json", True: "application/scim+json"}
RAW = (
    b"",
    b"null",
    b"[]",
    b'"\xff\xfe"',
    b"\xef\xbb\xbf{}",
    b"{" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"name": ' + b"9" * 100_000 + b"}",
    b'{"name": "\\ud800"}',
    b'{"$where": "sleep(1)"}',
)


def commands(world: World) -> list[Route]:
    return [route for route in routes(world) if route.method == "POST" and not route.is_page]


@cache
def documented(service: str) -> Any:
    """Return the paths of a service's OpenAPI document."""
    return contracts.openapi(import_module(f"{service}.app").DEFINITION)["paths"]


def needs_body(route: Route) -> bool:
    """Tell whether the document says that the command has a body."""
    command = documented(route.service)[re.sub(r"<(\w+)>", r"{\1}", route.rule)]["post"]
    return bool(command.get("requestBody", {}).get("required"))


def send(world: World, route: Route, body: bytes, **headers: str) -> Any:
    """Send a body as somebody who may send it."""
    role = next(iter(route.action.who))
    patient = world.here["patient"] if role == "patient" else ""
    path = route.rule
    for name in route.names:
        path = path.replace(f"<{name}>", world.here[name])
    sent = {
        "Authorization": f"Bearer {person(role, patient=patient)}",
        "Idempotency-Key": "surprise",
        "If-Match": '"1"',
        **headers,
    }
    client = world.apps[route.service].test_client()
    return client.post(path, data=body, headers=sent, content_type="application/json")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where something stands in a body."""
    if path:
        yield path
    if isinstance(value, dict | list):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in steps:
            yield from leaves(inner, (*path, step))


def put(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return the body with another value at a place."""
    step, *rest = path
    changed = dict(body) if isinstance(body, dict) else list(body)
    changed[step] = put(changed[step], tuple(rest), value) if rest else value
    return changed


def test_a_strange_value_in_any_field_is_taken_or_refused_in_words(world: World) -> None:
    asked = 0
    for route in commands(world):
        body = bodies(world).get(route.endpoint, {})
        for path in leaves(body):
            for value in (*TEXTS, *OTHERS):
                sent = json.dumps(put(body, path, value)).encode()
                answer = send(world, route, sent)
                asked += 1

                where = (route.endpoint, path, repr(value)[:40], answer.status_code)
                assert answer.status_code in REFUSED | {200, 201, 202, 204}, where
                assert not answer.data or answer.is_json, where

    assert asked > 1000


@pytest.mark.parametrize("raw", RAW, ids=[repr(raw[:12]) for raw in RAW])
def test_bytes_that_are_no_command_are_refused_in_words(world: World, raw: bytes) -> None:
    for route in filter(needs_body, commands(world)):
        answer = send(world, route, raw)

        assert answer.status_code in REFUSED, (route.endpoint, answer.status_code)
        assert answer.content_type == FAILURES[route.endpoint.startswith("scim.")]


def test_a_name_that_comes_twice_in_an_object_is_refused(world: World) -> None:
    [route] = [route for route in commands(world) if route.endpoint.endswith("register_practice")]

    answer = send(world, route, b'{"name": "A", "name": "B", "language": "en"}')

    assert answer.status_code == 400
    assert answer.json["detail"] == "A name stands twice in one object."


@pytest.mark.parametrize("value", ["\0", "\xff", "é" * 300, "x" * 201, " ", "a\tb"])
def test_a_strange_key_is_refused_or_taken_as_it_is(world: World, value: str) -> None:
    for route in commands(world):
        answer = send(world, route, b"{}", **{"Idempotency-Key": value})

        assert answer.status_code < 500, (route.endpoint, value)


@pytest.mark.parametrize(
    "tenant", ["../", "..", "north|x", "north\0", "n\u043erth", "$ne", "n" * 5000, "north south"]
)
def test_a_tenant_that_is_none_is_refused(world: World, tenant: str) -> None:
    for route in routes(world):
        role = next(iter(route.action.who))
        if route.is_page or route.method != "GET" or role == "service":
            continue
        token = person(role, tenant, patient=world.here["patient"])

        answer = ask(world, route, token, world.here)

        assert answer.status_code == 401, (route.endpoint, tenant)
        assert answer.json["detail"] == "The token names no practice group of ours."


def test_another_service_cannot_ask_for_a_tenant_that_is_none(world: World) -> None:
    [route] = [route for route in routes(world) if route.endpoint == "adherence.read_texts"]

    answer = ask(world, route, person("service", ""), world.here, "north|program")

    assert answer.status_code == 401
