"""What every service answers, shown on a service of one counter over the real store."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from shared import position
from shared.errors import NotFound, Refusal
from shared.mongo import Database
from shared.publication import Publication
from shared.service import Definition, Front, Service
from shared.store import Commit
from shared.stream import Cause, Kind
from shared.views import Projection
from shared.web import api
from shared.web.identity import allow, identity, service
from tests.given import given_service
from tests.people import ANA, BO, CY


@dataclass(frozen=True, slots=True)
class Counted:
    """Something was counted."""

    amount: int


@dataclass(frozen=True, slots=True)
class Count:
    counter: str
    amount: int


class Full(Refusal):
    """The counter takes no more."""

    slug = "full"
    title = "The counter is full"


COUNTER = Kind("counter", 0, lambda state, event: state + event.amount)


def count(command: Count, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(COUNTER, cause, command.counter)
    if loaded.state + command.amount > 10:
        raise Full("It takes ten at most.")
    return service.streams.append(loaded, [Counted(command.amount)], cause)


class CountSchema(Schema):
    amount = fields.Integer(
        required=True, validate=validate.Range(1, 5, error="Must be 1 to 5, not {input}.")
    )


class CountedSchema(Schema):
    amount = fields.Integer(required=True)


routes = Blueprint("counting", __name__, url_prefix="/counting/v1")


@routes.route("/counters", methods=["POST"])
@allow("exercise.publish")
@routes.arguments(CountSchema)
@routes.response(201, CountSchema)
def create(body: dict[str, Any]) -> Any:
    cause = api.cause(body)
    counter = api.new_id(cause)
    commit = api.execute(Count(counter, **body), cause)
    return body, 201, api.headers(commit, f"/counting/v1/counters/{counter}")


@routes.route("/counters/<counter>", methods=["POST"])
@allow("exercise.publish")
@routes.arguments(CountSchema)
@routes.response(200, CountSchema)
def add(body: dict[str, Any], counter: str) -> Any:
    commit = api.execute(Count(counter, **body), api.cause(body))
    return body, 200, api.headers(commit)


@routes.route("/counters/<counter>", methods=["GET"])
@allow("exercise.read")
def read(counter: str) -> Any:
    loaded = service().streams.peek(COUNTER, identity().tenant, counter)
    if not loaded.version:
        raise NotFound("There is no such counter.")
    return api.json_answer({"total": loaded.state})


@routes.route("/counters", methods=["GET"])
@allow("exercise.publish")
@api.reads(Projection("totals", 1, ("counting",), {}))
def listed() -> Any:
    return api.json_answer({"items": []})


@routes.route("/broken", methods=["GET"])
def broken() -> Any:
    raise RuntimeError("Ana Ruiz")


DEFINITION = Definition(
    name="counting",
    events=[Counted],
    published={Counted: Publication("counter.counted", CountedSchema)},
    handlers={Count: count},
    projections=[],
    front=lambda: Front(routes, flask.Blueprint("pages", __name__)),
)


@pytest.fixture
def client(database: Database) -> Iterator[FlaskClient]:
    with given_service(DEFINITION, database, templates=Path(__file__).parent) as client:
        yield client


def post(client: FlaskClient, body: Any, key: str = "", person: str = BO) -> Any:
    headers = {"Authorization": f"Bearer {person}", "Idempotency-Key": key or uuid.uuid4().hex}
    return client.post("/counting/v1/counters", json=body, headers=headers)


def get(client: FlaskClient, path: str, person: str = BO, **headers: str) -> Any:
    return client.get(path, headers={"Authorization": f"Bearer {person}", **headers})


def test_a_command_answers_where_its_result_is_and_where_it_stands(client: FlaskClient) -> None:
    answer = post(client, {"amount": 3})

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    found = position.parse(answer.headers["Hep-Position"], "north")
    assert (found.topic, found.sequence) == ("hep.counting.v1", 1)
    assert get(client, answer.headers["Location"]).json == {"total": 3}


@pytest.mark.invariant(n=4)
def test_a_repeated_command_is_answered_the_same_and_done_once(client: FlaskClient) -> None:
    first = post(client, {"amount": 3}, key="k")
    again = post(client, {"amount": 3}, key="k")

    assert again.status_code == 201
    for name in ("Location", "ETag", "Hep-Position"):
        assert again.headers[name] == first.headers[name]
    assert again.data == first.data
    assert again.headers["Idempotent-Replay"] == "true"
    assert get(client, first.headers["Location"]).json == {"total": 3}


def test_a_repeated_key_with_another_body_is_refused(client: FlaskClient) -> None:
    first = post(client, {"amount": 3}, key="k")
    other = post(client, {"amount": 4}, key="k")

    assert other.status_code == 422
    assert other.json["type"] == "/problems/key-reused"
    assert get(client, first.headers["Location"]).json == {"total": 3}


def test_a_post_without_a_key_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/counting/v1/counters", json={"amount": 1}, headers={"Authorization": f"Bearer {BO}"}
    )

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/Idempotency-Key"


@pytest.mark.parametrize(
    ("body", "pointer", "reason"),
    [
        ({"amount": 9}, "/amount", "Must be 1 to 5, not 9."),
        ({}, "/amount", "Missing data for required field."),
        ({"amount": 1, "colour": "red"}, "/colour", "Unknown field."),
        ({"amount": "x"}, "/amount", "Not a valid integer."),
    ],
)
def test_a_problem_names_the_field_and_the_reason(
    client: FlaskClient, body: Any, pointer: str, reason: str
) -> None:
    answer = post(client, body)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"] == [{"pointer": pointer, "reason": reason}]


def test_malformed_json_is_a_problem(client: FlaskClient) -> None:
    answer = client.post(
        "/counting/v1/counters",
        data="{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {BO}", "Idempotency-Key": "k"},
    )

    assert answer.status_code == 400
    assert answer.json["type"] == "/problems/malformed"


def test_a_refusal_of_a_rule_is_a_problem_of_its_own_type(client: FlaskClient) -> None:
    location = post(client, {"amount": 5}).headers["Location"]
    headers = {"Authorization": f"Bearer {BO}"}

    first = client.post(
        location, json={"amount": 5}, headers={**headers, "Idempotency-Key": "second"}
    )
    refused = client.post(
        location, json={"amount": 1}, headers={**headers, "Idempotency-Key": "third"}
    )

    assert first.status_code == 200
    assert refused.status_code == 409
    assert refused.json["type"] == "/problems/full"
    assert refused.json["detail"] == "It takes ten at most."
    assert get(client, location).json == {"total": 10}


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ({}, "Send an access token in the Authorization header."),
        (
            {"Authorization": "Bearer nobody"},
            "The token is malformed or its signature does not hold.",
        ),
    ],
)
def test_without_a_token_that_holds_nobody_gets_in(
    client: FlaskClient, header: dict[str, str], detail: str
) -> None:
    answer = client.post("/counting/v1/counters", json={"amount": 1}, headers=header)

    assert answer.status_code == 401
    assert answer.json["detail"] == detail
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_another_role_is_refused(client: FlaskClient) -> None:
    answer = post(client, {"amount": 1}, person=ANA)

    assert answer.status_code == 403
    assert answer.json["type"] == "/problems/forbidden"


@pytest.mark.invariant(n=12)
def test_another_tenant_finds_nothing(client: FlaskClient) -> None:
    location = post(client, {"amount": 1}).headers["Location"]

    assert get(client, location, person=CY).status_code == 404


def test_a_read_that_its_projection_cannot_satisfy_says_that_it_is_stale(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(position, "WAIT_SECONDS", 0.0)
    token = post(client, {"amount": 1}).headers["Hep-Position"]

    answer = get(client, "/counting/v1/counters", **{"Hep-Min-Position": token})

    assert answer.headers["Hep-Stale"] == "true"


def test_a_read_answers_once_its_projection_has_applied_the_position(client: FlaskClient) -> None:
    token = post(client, {"amount": 1}).headers["Hep-Position"]
    found = position.parse(token, "north")
    held: Service = client.application.extensions["hep"]
    held.database["ledgers"].insert_one(
        {
            "_id": f"totals@1|{found.topic}|1|{found.key}",
            "state": "open",
            "streams": {found.stream: 1},
        }
    )

    answer = get(client, "/counting/v1/counters", **{"Hep-Min-Position": token})

    assert "Hep-Stale" not in answer.headers


@pytest.mark.invariant(n=12)
def test_another_tenants_position_is_refused(client: FlaskClient) -> None:
    token = replace(
        position.parse(post(client, {"amount": 1}).headers["Hep-Position"], "north"), key="south|x"
    ).token()

    answer = get(client, "/counting/v1/counters", **{"Hep-Min-Position": token})

    assert answer.status_code == 422


def test_a_fault_of_ours_tells_nobody_what_it_was(client: FlaskClient) -> None:
    answer = get(client, "/counting/v1/broken")

    assert answer.status_code == 500
    assert answer.json["type"] == "/problems/broken"
    assert b"Ana" not in answer.data


def test_unknown_paths_answer_problems_under_v1(client: FlaskClient) -> None:
    answer = get(client, "/counting/v1/nothing")

    assert (answer.status_code, answer.json["status"]) == (404, 404)


def test_the_contracts_are_served(client: FlaskClient) -> None:
    openapi = client.get("/counting/openapi.json").json
    asyncapi = client.get("/counting/asyncapi.json").json
    schema = client.get("/counting/schemas/hep.counting.counter.counted.v1.json").json

    assert openapi["openapi"] == "3.1.0"
    responses = openapi["paths"]["/counting/v1/counters"]["post"]["responses"]
    assert set(
        openapi["components"]["responses"][responses["422"]["$ref"].split("/")[-1]]["content"]
    ) == {"application/problem+json"}
    assert list(asyncapi["components"]["messages"]) == ["hep.counting.counter.counted.v1"]
    assert schema["properties"]["data"]["required"] == ["amount"]


def test_health_and_metrics_are_answered(client: FlaskClient) -> None:
    assert client.get("/livez").data == b"ok\n"
    assert client.get("/readyz").data == b"ok\n"
    assert b"hep_request_seconds" in client.get("/metrics").data


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.invariant(n=15)
@pytest.mark.parametrize(("given", "kept"), [(TRACE, TRACE), ("Ana Ruiz", ""), (f"{TRACE}-x", "")])
def test_a_trace_is_kept_with_the_commit_and_nothing_else_in_its_place(
    client: FlaskClient, database: Database, given: str, kept: str
) -> None:
    headers = {"Authorization": f"Bearer {BO}", "Idempotency-Key": "k1", "traceparent": given}
    client.post("/counting/v1/counters", json={"amount": 2}, headers=headers)

    assert [found["traceparent"] for found in database["commits"].find({})] == [kept]
