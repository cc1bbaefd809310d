"""What operators do about parked keys over HTTP: see them, drain them, discard one.

For the role `operator` alone: records hold the data of every practice. Asking twice does no harm:
a key that is not parked any more, or by another event, answers 404.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from shared import park
from shared.clock import system
from shared.errors import NotFound
from shared.ledger import parts
from shared.mongo import Document
from shared.web import api
from shared.web.identity import allow, identity, service

MAX_RATE = 6000
MAX_REASON = 500
RATE = "Type a whole number up to 6000."
REASON = "Say why, in at most 500 characters: it is kept with the record."

log = structlog.get_logger("parking")


class ParkedSchema(Schema):
    """A parked key."""

    key = fields.String(required=True, metadata={"description": "its id, as the paths take it"})
    consumer = fields.String(required=True, metadata={"description": "whose handler failed"})
    topic = fields.String(required=True)
    tenant = fields.String(required=True)
    stream = fields.String(required=True)
    type = fields.String(required=True, metadata={"description": "of the event that failed"})
    sequence = fields.Integer(required=True, metadata={"description": "of the event that failed"})
    error = fields.String(required=True, metadata={"description": "which fault, and where"})
    since = fields.AwareDateTime(required=True)


class RecordSchema(ParkedSchema):
    """A parked key with the record as it was received."""

    record = fields.String(required=True, metadata={"description": "may hold clinical facts"})


class ParkedPageSchema(Schema):
    """A page of parked keys."""

    items = fields.List(fields.Nested(ParkedSchema), required=True)
    next = fields.String(allow_none=True, metadata={"description": "cursor of the next page"})


class DrainSchema(Schema):
    """How fast all keys are to be drained."""

    rate = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(0, MAX_RATE, error=RATE),
        error_messages={"invalid": RATE},
        metadata={"description": "keys a minute; all at once if 0"},
    )


class DrainedSchema(Schema):
    """How many keys go on."""

    drained = fields.Integer(required=True)


class DiscardSchema(Schema):
    """Why the commit that fails is left out."""

    sequence = fields.Integer(
        strict=True,
        required=True,
        metadata={"description": "of the event that was looked at"},
    )
    reason = fields.String(
        required=True,
        validate=[
            validate.Length(max=MAX_REASON, error=REASON),
            validate.Regexp(r"\s*\S", error=REASON),
        ],
    )


def create_routes(name: str) -> Blueprint:
    """Return the routes of what a service has parked."""
    routes = Blueprint("parking", __name__, url_prefix=f"/{name}/v1/parked")

    @routes.route("", methods=["GET"])
    @allow("parked.read")
    @routes.arguments(api.PageQuery, location="query")
    @routes.response(200, ParkedPageSchema)
    def keys(query: dict[str, Any]) -> Any:
        return page(query["cursor"], query["limit"])

    @routes.route("/<key>", methods=["GET"])
    @allow("parked.read")
    @routes.response(200, RecordSchema)
    def key(key: str) -> Any:
        return shown(key)

    @routes.route("/drain", methods=["POST"])
    @allow("parked.mend")
    @routes.arguments(DrainSchema, required=False)
    @routes.response(202, DrainedSchema)
    def drain_all(body: dict[str, Any]) -> Any:
        return {"drained": drained(rate=body["rate"])}

    @routes.route("/<key>/drain", methods=["POST"])
    @allow("parked.mend")
    @routes.response(202, DrainedSchema)
    def drain(key: str) -> Any:
        return {"drained": drained(key)}

    @routes.route("/<key>/discard", methods=["POST"])
    @allow("parked.mend")
    @routes.arguments(DiscardSchema)
    @routes.response(204)
    def discard(body: dict[str, Any], key: str) -> None:
        discarded(key, **body)

    return routes


def page(cursor: str, limit: int) -> dict[str, Any]:
    """Return a page of what is parked."""
    found = park.listed(service().database, api.after(cursor), limit + 1)
    return api.listing(found, limit, "_id", _described)


def shown(key: str) -> dict[str, Any]:
    """Return a parked key with its record; who looked is written down.

    Raises:
        NotFound: it is not parked.
    """
    with _found():
        found = park.shown(service().database, key)
    log.info("parked_shown", ledger=key, actor=identity().subject)
    return _described(found) | {"record": found["raw"].decode(errors="replace")}


def drained(key: str = "", rate: int = 0) -> int:
    """Drain one key, or all of them at a rate; return how many.

    Raises:
        NotFound: the key is not parked.
    """
    database, count = service().database, 1
    if key:
        with _found():
            park.drain(database, key)
    else:
        count = park.drain_all(database, system(), rate)
    log.info("parked_drained", ledger=key or "all", rate=rate, actor=identity().subject)
    return count


def discarded(key: str, *, sequence: int, reason: str) -> None:
    """Leave out the commit that fails.

    Raises:
        NotFound: the key is not parked, or by another event than the one that was looked at.
    """
    actor = identity().subject
    with _found():
        park.discard(service().database, key, reason.strip(), actor, sequence)
    log.info("parked_discarded", ledger=key, sequence=sequence, actor=actor)


@contextmanager
def _found() -> Iterator[None]:
    try:
        yield
    except park.NotParked:
        raise NotFound(
            "This key is not parked any more, or by another event: look at the list again."
        ) from None


def _described(found: Document) -> dict[str, Any]:
    consumer, topic, _, _ = parts(found["_id"])
    names = ("tenant", "type", "sequence", "error")
    return {
        "key": found["_id"],
        "consumer": consumer,
        "topic": topic,
        "stream": found["subject"],
        "since": found["parked"],
        **{name: found[name] for name in names},
    }
