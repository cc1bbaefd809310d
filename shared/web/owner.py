"""What a service answers to others about its own streams: how far they go, and their events.

For services alone: whoever missed something on Kafka fills it from here.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from shared.envelope import encode, publish
from shared.service import Definition, Service
from shared.store import commits
from shared.web.api import json_answer
from shared.web.identity import allow, identity, service

PAGE_EVENTS = 500
PAGE_COMMITS = 1000
# The store keeps milliseconds.
MOMENT = timedelta(milliseconds=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class HeadsQuery(Schema):
    """Span of time of a question for heads."""

    changed_since = fields.AwareDateTime(load_default=LONG_AGO, metadata={"description": "from"})
    until = fields.AwareDateTime(required=True, metadata={"description": "up to, included"})


class EventsQuery(Schema):
    """Query of a stream's events."""

    from_ = fields.Integer(
        data_key="from", load_default=0, metadata={"description": "sequence to begin after"}
    )


def create_routes(definition: Definition) -> Blueprint:
    """Return the routes of a service's own streams."""
    routes = Blueprint("owner", __name__, url_prefix=f"/{definition.name}/v1")

    @routes.route("/heads", methods=["GET"])
    @allow("head.read")
    @routes.arguments(HeadsQuery, location="query")
    @routes.response(200, description="How far the streams go that were added to in the span")
    def heads(query: dict[str, Any]) -> Any:
        return json_answer(_heads(service(), query["changed_since"], query["until"]))

    @routes.route("/streams/<stream>/events", methods=["GET"])
    @allow("stream.read")
    @routes.arguments(EventsQuery, location="query")
    @routes.response(200, description="The published events of a stream, as CloudEvents")
    def events(query: dict[str, Any], stream: str) -> Any:
        return json_answer(_events(definition, service(), stream, query["from_"]))

    return routes


def _heads(service: Service, since: datetime, until: datetime) -> dict[str, Any]:
    """Return the heads of a window of commits, the furthest of each stream."""
    written = commits(service.database)
    wanted = {"_id": 0, "key": 1, "stream": 1, "epoch": 1, "sequence": 1, "recorded": 1}
    span = {"recorded": {"$gte": since, "$lte": until}}
    found = list(written.find(span, wanted).sort("recorded", 1).limit(PAGE_COMMITS))
    following = None
    if len(found) == PAGE_COMMITS:
        # A window ends with a whole moment, so that the next begins with another.
        moment: datetime = found[-1]["recorded"]
        found.extend(written.find({"recorded": moment}, wanted))
        following = (moment + MOMENT).isoformat()
    furthest: dict[tuple[str, str], dict[str, Any]] = {}
    for commit in found:
        stream = commit["stream"].split("|")[1]
        fresh = {"key": commit["key"], "stream": stream, "epoch": commit["epoch"], "sequence": 0}
        head = furthest.setdefault((commit["key"], stream), fresh)
        head["sequence"] = max(head["sequence"], commit["sequence"])
    return {"items": list(furthest.values()), "next": following}


def _events(definition: Definition, service: Service, stream: str, after: int) -> dict[str, Any]:
    items: list[Any] = []
    for commit in service.streams.store.load(identity().tenant, stream, after=after):
        if len(items) >= PAGE_EVENTS:
            return {"items": items, "next": items[-1]["sequence"]}
        items.extend(
            orjson.loads(encode(event))
            for event in publish(commit, definition.name, definition.codec, definition.published)
            if event.sequence > after
        )
    return {"items": items, "next": None}
