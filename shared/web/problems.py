"""Refusals as RFC 9457 problem documents, and as pages for people.

Scoped by path: what is under `/v1/` answers `application/problem+json`, all else a page.
"""

from typing import Any

import structlog
from flask import Flask, Response, render_template, request
from marshmallow import Schema, fields
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException

from shared.commands import KeyReused
from shared.errors import Fault, Refusal, flatten
from shared.keyring import KeyMissing
from shared.store import Conflict, TooLarge
from shared.tokens import IssuerAway, Unauthorized

CONTENT_TYPE = "application/problem+json"
# What the framework says to people in front of a browser, said to a program.
DETAILS = {
    404: "There is no such address; /<service>/openapi.json lists those that there are.",
    405: "This address takes other methods; the header Allow names them.",
}

log = structlog.get_logger("web")


class FaultSchema(Schema):
    """One thing wrong with one field."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer to the field"})
    reason = fields.String(required=True, metadata={"description": "why, and what to do"})


class ProblemSchema(Schema):
    """RFC 9457 problem document."""

    type = fields.String(required=True, metadata={"description": "stable name of the problem"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    errors = fields.List(fields.Nested(FaultSchema))


def register(app: Flask) -> None:
    """Answer every failure of the app as a problem or a page."""

    def refused(fault: Refusal) -> Response:
        answer = problem(fault.status, fault.slug, fault.title, fault.detail, fault.faults)
        return _again(answer, fault.retry_after)

    def http(fault: HTTPException) -> Response | HTTPException:
        if fault.code is None or fault.code < 400:
            return fault
        return _http(fault)

    def unauthorized(fault: Unauthorized) -> Response:
        log.info("unauthorized", reason=str(fault), route=str(request.url_rule))
        answer = problem(401, "unauthorized", "Please sign in", str(fault))
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return answer

    def away(fault: Exception) -> Response:
        log.warning("engine_away", fault=type(fault).__name__)
        answer = problem(503, "away", "This part is away for a moment", "Try again in a moment.")
        return _again(answer, 1)

    def broken(fault: Exception) -> Response:
        log.error("request_failed", exc_info=fault, route=str(request.url_rule))
        return problem(500, "broken", "Something broke on our side", "It was written down.")

    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Unauthorized, unauthorized)
    app.register_error_handler(IssuerAway, away)
    app.register_error_handler(PyMongoError, away)
    app.register_error_handler(KeyMissing, away)
    app.register_error_handler(Conflict, _conflict)
    app.register_error_handler(KeyReused, _key_reused)
    app.register_error_handler(TooLarge, _too_large)
    app.register_error_handler(Exception, broken)


def problem(
    status: int, slug: str, title: str, detail: str = "", faults: tuple[Fault, ...] = ()
) -> Response:
    """Return a failure in the form that the asker reads."""
    if "/v1/" not in request.path:
        page = render_template("problem.html", status=status, title=title, detail=detail)
        return Response(page, status, content_type="text/html; charset=utf-8")
    body: dict[str, Any] = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": [{"pointer": fault.pointer, "reason": fault.reason} for fault in faults],
    }
    kept = {name: value for name, value in body.items() if value or name == "status"}
    return Response(ProblemSchema().dumps(kept), status, content_type=CONTENT_TYPE)


def _again(answer: Response, seconds: int) -> Response:
    """Say after how many seconds the same may be sent again, where that helps."""
    if seconds:
        answer.headers["Retry-After"] = str(seconds)
    return answer


def _http(fault: HTTPException) -> Response:
    messages = getattr(fault, "data", {}).get("messages", {})
    if messages:
        faults = tuple(flatten(messages))
        return problem(422, "invalid", "Something in the request is not right", "", faults)
    status = fault.code or 500
    detail = DETAILS.get(status, fault.description or "")
    answer = problem(status, _slug(fault.name), fault.name, detail)
    for name, value in fault.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _conflict(_: Conflict) -> Response:
    return problem(409, "conflict", "Others are changing this too", "Read it again and try again.")


def _key_reused(_: KeyReused) -> Response:
    return problem(
        422,
        "key-reused",
        "This idempotency key was used with another body",
        "Send the same body again, or a new key.",
        (Fault("/Idempotency-Key", "was used with another body before"),),
    )


def _too_large(_: TooLarge) -> Response:
    return problem(413, "too-large", "This is too much at once", "Split the request.")
