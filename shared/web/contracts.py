"""The published contracts: OpenAPI of the routes, AsyncAPI and JSON Schema of the events.

Generated from the same marshmallow schemas that the code loads and dumps by; committed under
each service's `contracts/`, compared in CI, and served.
"""

import json
from functools import cache, partial
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response
from flask_smorest import Api, Blueprint
from marshmallow import Schema

from shared.errors import NotFound
from shared.publication import topic_name
from shared.service import Definition, Front
from shared.web import accesses, exports, keys, owner, parking, refusals
from shared.web.api import json_answer
from shared.web.problems import ProblemSchema

ENVELOPE: dict[str, tuple[dict[str, Any], str]] = {
    "specversion": ({"const": "1.0"}, "CloudEvents version"),
    "id": ({"type": "string"}, "unique; the same whenever the event is published again"),
    "source": ({"type": "string"}, "the service, as /prescription"),
    "type": ({"type": "string"}, "hep.<service>.<noun>.<verb>.v1"),
    "subject": ({"type": "string"}, "the stream"),
    "time": ({"type": "string", "format": "date-time"}, "when it happened"),
    "recordedtime": ({"type": "string", "format": "date-time"}, "when it was recorded"),
    "datacontenttype": ({"const": "application/json"}, ""),
    "dataschema": ({"type": "string"}, "where the payload's JSON Schema is"),
    "partitionkey": ({"type": "string"}, "the Kafka key"),
    "tenant": ({"type": "string"}, "the practice group"),
    "site": ({"type": "string"}, "where it belongs; may be left out"),
    "sequence": ({"type": "integer", "minimum": 1}, "dense per stream over published events"),
    "epoch": ({"type": "integer", "minimum": 1}, "raised by a restore"),
    "commit": ({"type": "integer", "minimum": 1}, "version of the commit's first event"),
    "commitindex": ({"type": "integer", "minimum": 0}, "place in the commit"),
    "commitsize": ({"type": "integer", "minimum": 1}, "published events in the commit"),
    "streamversion": ({"type": "integer", "minimum": 1}, "version in the stream"),
    "correlation": ({"type": "string"}, "id of the conversation"),
    "causation": ({"type": "string"}, "id of what caused it; may be left out"),
    "traceparent": ({"type": "string"}, "W3C trace context; may be left out"),
}
OPTIONAL = {"site", "causation", "traceparent"}


class ScopedApi(Api):  # type: ignore[misc]
    """flask-smorest without its error handlers: ours answer problems, scoped by path."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave errors to `problems`."""


class SilentApi(ScopedApi):
    """Answers by its routes and describes none: that is most of what an app takes to start."""

    def register_blueprint(self, routes: Blueprint) -> None:
        """Register routes as flask-smorest does, up to where it begins to describe them."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][routes.name] = self
        self._app.register_blueprint(routes)


def add_routes(
    app: Flask, definition: Definition, front: Front, kind: type[ScopedApi] = SilentApi
) -> ScopedApi:
    """Have an app answer by all routes of a service, and return what stands behind them."""
    app.config.update(API_TITLE=f"HEP {definition.name}", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    api = kind(app)
    for routes in (front.api, *front.more):
        api.register_blueprint(routes)
    api.register_blueprint(owner.create_routes(definition))
    api.register_blueprint(accesses.create_routes(definition.name))
    api.register_blueprint(exports.create_routes(definition.name, definition.export))
    api.register_blueprint(parking.create_routes(definition.name))
    if definition.signs_in:
        api.register_blueprint(keys.create_routes(definition.name))
    return api


def register(app: Flask, definition: Definition) -> None:
    """Serve the contracts under the service's path."""
    document = cache(partial(openapi, definition))

    def openapi_json() -> Response:
        return json_answer(document())

    def asyncapi_json() -> Response:
        return json_answer(asyncapi(definition))

    def schema_json(name: str) -> Response:
        found = definition.payloads.get(name)
        if found is None:
            raise NotFound("There is no event of this name.")
        return json_answer(event_schema(definition, name))

    prefix = f"/{definition.name}"
    app.add_url_rule(f"{prefix}/openapi.json", "openapi", openapi_json)
    app.add_url_rule(f"{prefix}/asyncapi.json", "asyncapi", asyncapi_json)
    app.add_url_rule(f"{prefix}/schemas/<name>.json", "schema", schema_json)


def documents(definition: Definition) -> dict[str, str]:
    """Return the text of every contract by its path under `contracts/`."""
    found = {"openapi.json": openapi(definition), "asyncapi.json": asyncapi(definition)}
    for name in definition.payloads:
        found[f"events/{name}.json"] = event_schema(definition, name)
    return {
        path: json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        for path, document in found.items()
    }


def write(definition: Definition, folder: Path) -> None:
    """Write every contract under a folder, and remove what is no contract any more."""
    written = documents(definition)
    for old in folder.rglob("*.json"):
        if str(old.relative_to(folder)) not in written:
            old.unlink()
    for path, text in written.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def openapi(definition: Definition) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document; failures are documented as the problems they are."""
    api = add_routes(Flask(definition.name), definition, definition.front(), ScopedApi)
    document: dict[str, Any] = api.spec.to_dict()
    document["servers"] = [{"url": "/"}]
    document.setdefault("components", {})["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    document["security"] = [{"bearer": []}]
    refusals.describe(document)
    return document


def asyncapi(definition: Definition) -> dict[str, Any]:
    """Return the AsyncAPI 3 document of what the service publishes."""
    messages = {
        name: {
            "name": name,
            "title": name,
            "summary": _summary(definition, name),
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": f"#/components/schemas/{name}"},
            "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
        }
        for name in definition.payloads
    }
    address = topic_name(definition.name)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"HEP {definition.name} events", "version": "1.0.0"},
        "channels": {
            "events": {
                "address": address,
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"kafka": {"topic": address, "bindingVersion": "0.5.0"}},
            }
        },
        "operations": {"publish": {"action": "send", "channel": {"$ref": "#/channels/events"}}},
        "components": {
            "messages": messages,
            "schemas": {name: event_schema(definition, name) for name in definition.payloads},
        },
    }


def _summary(definition: Definition, name: str) -> str:
    for event, publication in definition.published.items():
        if publication.full_name(definition.name) == name:
            return (event.__doc__ or "").strip().split("\n", maxsplit=1)[0]
    return ""


def event_schema(definition: Definition, name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a published event, envelope and payload."""
    payload, definitions = payload_schema(definition.payloads[name])
    properties: dict[str, Any] = {
        attribute: {**schema, "description": text} if text else dict(schema)
        for attribute, (schema, text) in ENVELOPE.items()
    }
    properties["type"] = {"const": name}
    properties["data"] = payload
    found: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/{definition.name}/schemas/{name}.json",
        "title": name,
        "description": _summary(definition, name),
        "type": "object",
        "required": [*(attribute for attribute in ENVELOPE if attribute not in OPTIONAL), "data"],
        "properties": properties,
    }
    if definitions:
        found["$defs"] = definitions
    return found


def payload_schema(schema: type[Schema]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a marshmallow schema as JSON Schema, and the definitions it refers to."""
    spec = APISpec("", "", "3.1.0", plugins=[MarshmallowPlugin(schema_name_resolver=_name)])
    spec.components.schema("Payload", schema=schema())
    schemas: dict[str, Any] = spec.to_dict()["components"]["schemas"]
    payload = _open(schemas.pop("Payload"))
    return payload, {name: _open(inner) for name, inner in schemas.items()}


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _open(schema: Any) -> Any:
    """Refer within the document, and leave room: within a major version payloads may grow."""
    if isinstance(schema, dict):
        return {
            name: value.replace("#/components/schemas/", "#/$defs/")
            if name == "$ref"
            else _open(value)
            for name, value in schema.items()
            if name != "additionalProperties"
        }
    if isinstance(schema, list):
        return [_open(value) for value in schema]
    return schema
