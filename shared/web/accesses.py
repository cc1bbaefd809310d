"""Who looked at a patient's record: each service answers for itself, whoever asks gathers."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from shared import audit
from shared.mongo import Document
from shared.peers import Away
from shared.tokens import Identity
from shared.web.identity import allow, asker, service

MOST = 200


class AccessesQuery(Schema):
    """Whose record."""

    patient = fields.String(required=True, validate=validate.Length(1, 100))


class AccessSchema(Schema):
    """One time that somebody looked at a record, or changed it."""

    at = fields.AwareDateTime(required=True)
    actor = fields.String(required=True, metadata={"description": "id at the issuer"})
    roles = fields.List(fields.String(), required=True)
    action = fields.String(
        required=True, metadata={"description": "as docs/permissions.md names it"}
    )
    outcome = fields.String(required=True, metadata={"description": "let_through or refused"})
    service = fields.String(required=True, metadata={"description": "which kept it"})


class AccessesSchema(Schema):
    """The latest times, the newest first."""

    items = fields.List(fields.Nested(AccessSchema), required=True)
    away = fields.List(
        fields.String(), metadata={"description": "services that did not answer just now"}
    )


def create_routes(name: str) -> Blueprint:
    """Return the route by which other services ask."""
    routes = Blueprint("accesses", __name__, url_prefix=f"/{name}/v1/accesses")

    @routes.route("", methods=["GET"])
    @allow("access.read")
    @routes.arguments(AccessesQuery, location="query")
    @routes.response(200, AccessesSchema)
    def accesses(query: dict[str, Any]) -> Any:
        return {"items": own(asker().identity, query["patient"])}

    return routes


def own(who: Identity, patient: str) -> list[dict[str, Any]]:
    """Return what this service has written down about a patient, the newest first."""
    found = audit.looked(service().database, who.tenant, patient, MOST)
    return [_shown(entry) for entry in found]


def gathered(who: Identity, patient: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what all services have written down, the newest first, and which did not answer."""
    found, away = own(who, patient), []
    for owner in service().peers.addresses:
        if owner == service().name:
            continue
        try:
            answer = service().peers.get(owner, "accesses", who.tenant, {"patient": patient})
            found += AccessSchema(many=True).load(answer["items"])
        except Away:
            away.append(owner)
    return sorted(found, key=lambda one: one["at"], reverse=True)[:MOST], away


def names(who: Identity, entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return names of the staff in these entries by subject; none while their owner is away."""
    try:
        return service().peers.names(who.tenant, {entry["actor"] for entry in entries})
    except Away:
        return {}


def _shown(entry: Document) -> dict[str, Any]:
    names = ("at", "actor", "roles", "action", "outcome")
    return {"service": service().name, **{name: entry[name] for name in names}}
