"""The refusals that every route may answer, as OpenAPI names them: here, once for all routes."""

from typing import Any

from shared.web.api import IF_MATCH, KEY, MAX_KEY
from shared.web.problems import CONTENT_TYPE

# Commands of operators that do the same however often they are sent need no key.
WITHOUT_KEY = {"parking", "scim"}
# What has a form of failures of its own.
OWN_FORM = {"scim"}
# What everybody may ask for without a token.
OPEN = {"keys"}
SIGNED_IN = {"401", "403"}
EVERY = {
    "401": "No token, or one that does not hold",
    "403": "The role may not do this",
    "404": "Not there, or not yours",
    "422": "Something in the request is not right: `errors` names each field",
    "429": "More than the practice group's share: the same again after Retry-After",
    "503": "Not yet, or away: the same again after Retry-After",
}
COMMAND = {"409": "A rule says no", "413": "More than can be taken at once"}
OWN = {
    "400": "Something in the request is not right",
    "409": "It is there already",
    "412": "It has changed since it was read",
}
BODY = {"400": "The body is not JSON"}
CONDITIONAL = {
    "412": "It has changed since it was read",
    "428": "If-Match is missing",
}
WAIT = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
PARAMETERS: dict[str, dict[str, Any]] = {
    KEY: {
        "in": "header",
        "name": KEY,
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
        "description": "any text of your own, new for each command",
    },
    IF_MATCH: {
        "in": "header",
        "name": IF_MATCH,
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        "description": "the ETag that you read",
    },
}


def describe(document: dict[str, Any]) -> None:
    """Write the refusals and the headers of commands into an OpenAPI document."""
    components = document["components"]
    components["parameters"] = PARAMETERS
    components["responses"] = {}
    for address, path in document.get("paths", {}).items():
        # What is searched for may name somebody, and is sent as a body; it changes nothing.
        asks = {"get", "post"} if address.endswith("/search") else {"get"}
        for method in {"get", "post", "put", "patch"} & path.keys():
            _describe(path[method], components["responses"], is_command=method not in asks)


def _describe(operation: dict[str, Any], shared: dict[str, Any], *, is_command: bool) -> None:
    """Give an operation its headers and refusals; what flask-smorest has put there goes."""
    if is_command and not WITHOUT_KEY & set(operation["tags"]):
        operation.setdefault("parameters", []).append(_refer("parameters", KEY))
    is_conditional = _refer("parameters", IF_MATCH) in operation.get("parameters", [])
    refusals = EVERY | (COMMAND if is_command else {}) | (CONDITIONAL if is_conditional else {})
    refusals |= BODY if "requestBody" in operation else {}
    if OPEN & set(operation["tags"]):
        operation["security"] = []
        refusals = {status: refusals[status] for status in refusals.keys() - SIGNED_IN}
    if OWN_FORM & set(operation["tags"]):
        told = {status: {"description": text} for status, text in (refusals | OWN).items()}
        for answer in _kept(operation).values():
            _as_scim(answer)
        operation["responses"] = _kept(operation) | told
        return
    operation["responses"] = _kept(operation) | {
        status: _refer("responses", status) for status in refusals
    }
    shared.update({status: _problem(status, text) for status, text in refusals.items()})


def _kept(operation: dict[str, Any]) -> dict[str, Any]:
    answers = operation["responses"]
    return {status: answer for status, answer in answers.items() if status.startswith("2")}


def _as_scim(answer: dict[str, Any]) -> None:
    """Name the media type of RFC 7644, section 3.1."""
    content = answer.get("content", {})
    if "application/json" in content:
        content["application/scim+json"] = content.pop("application/json")


def _problem(status: str, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": text,
        "content": {CONTENT_TYPE: {"schema": _refer("schemas", "Problem")}},
    }
    return found | ({"headers": WAIT} if status in ("429", "503") else {})


def _refer(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
