"""SCIM 2.0 Users (RFC 7643, RFC 7644): staff as a directory provisions them.

`userName` is the address that somebody signs in with. Failures are answered in SCIM's form. Sites
are an extension of ours. A user is deactivated, never deleted: who prescribed what stays known.
"""

from typing import Any

import orjson
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields

from prescription import commands, patching, queries, roster, schemas
from prescription.routes import PREFIX
from prescription.staff import StaffKnown
from shared.commands import fingerprint
from shared.errors import Invalid, Stale, flatten
from shared.stream import Cause
from shared.web import api
from shared.web.identity import allow, asker, service

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
STAFF = "urn:hep:params:scim:schemas:1.0:Staff"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
KIND = "application/scim+json"
USERS = f"{PREFIX}/scim/v2/Users"
MOST = 200
# No list is as long, and what JSON may hold is bounded too (RFC 8259, section 6).
BEYOND = 2**31 - 1

scim = Blueprint("scim", __name__, url_prefix=USERS)


class Named(Schema):
    class Meta:
        unknown = EXCLUDE

    formatted = fields.String()
    givenName = fields.String()  # noqa: N815 - SCIM's name
    familyName = fields.String()  # noqa: N815


class Valued(Schema):
    class Meta:
        unknown = EXCLUDE

    value = fields.String(required=True)
    primary = fields.Boolean()


class Places(Schema):
    class Meta:
        unknown = EXCLUDE

    sites = fields.List(fields.String(), load_default=list)


class User(Schema):
    """A user, of whom what is ours is taken."""

    class Meta:
        unknown = EXCLUDE

    userName = fields.String(required=True)  # noqa: N815
    displayName = fields.String()  # noqa: N815
    name = fields.Nested(Named, load_default=dict)
    active = fields.Boolean(load_default=True)
    roles = fields.List(fields.Nested(Valued), load_default=list)
    places = fields.Nested(Places, data_key=STAFF, load_default=dict)


class Answer(Schema):
    """A user, or a list of them, as RFC 7643 has it."""

    class Meta:
        unknown = INCLUDE

    schemas = fields.List(fields.String(), required=True)


class Patch(Schema):
    """A patch: operations of RFC 7644, section 3.5.2."""

    class Meta:
        unknown = EXCLUDE

    Operations = fields.List(fields.Dict(), required=True)


class Found(Schema):
    """Which users."""

    class Meta:
        unknown = EXCLUDE

    filter = fields.String(load_default="")
    startIndex = fields.Integer(load_default=1)  # noqa: N815
    count = fields.Integer(load_default=MOST)


@scim.after_request
def speak(answer: Response) -> Response:
    """Say everything in SCIM's form, failures too."""
    if answer.status_code >= 400 and answer.is_json:
        problem = orjson.loads(answer.get_data())
        told = [problem.get("detail", ""), *(_fault(one) for one in problem.get("errors", []))]
        known = {"/problems/staff-known": "uniqueness", "/problems/no-such-filter": "invalidFilter"}
        kind = known.get(
            problem["type"], "invalidValue" if answer.status_code in (400, 422) else ""
        )
        status = 400 if answer.status_code == 422 else answer.status_code
        body = {"schemas": [ERROR], "status": str(status), "detail": " ".join(filter(None, told))}
        answer.set_data(orjson.dumps(body | ({"scimType": kind} if kind else {})))
        answer.status_code = status
    if answer.get_data():
        answer.content_type = KIND
    return answer


def _fault(one: dict[str, str]) -> str:
    return f"{one['pointer']}: {one['reason']}"


class NoSuchFilter(Invalid):
    """Only one filter is known."""

    slug = "no-such-filter"
    title = "This filter is not known here"
    status = 400


@scim.route("", methods=["POST"])
@allow("staff.provision")
@scim.arguments(User, content_type=KIND)
@scim.response(201, Answer)
def create_user(body: dict[str, Any]) -> Any:
    """Take somebody on."""
    _check_free(body["userName"], "")
    fresh = _body(body)
    cause = _cause(fresh)
    identity = api.new_id(cause)
    api.execute(commands.RegisterStaff(staff=identity, subject=None, **fresh), cause)
    return _told(identity, 201)


@scim.route("", methods=["GET"])
@allow("staff.provision")
@scim.arguments(Found, location="query")
@scim.response(200, Answer)
def list_users(query: dict[str, Any]) -> Any:
    """Return users: the one of `filter=userName eq "..."`, or the first two hundred."""
    start = max(min(query["startIndex"], BEYOND), 1)
    count = max(min(query["count"], MOST), 0)
    ids = _chosen(query["filter"])
    page = [_user(one)[0] for one in ids[start - 1 : start - 1 + count]]
    found = {"schemas": [LIST], "totalResults": len(ids), "startIndex": start}
    return api.json_answer(found | {"itemsPerPage": len(page), "Resources": page})


@scim.route("/<staff>", methods=["GET"])
@allow("staff.provision")
@scim.response(200, Answer)
def read_user(staff: str) -> Any:
    """Return a user."""
    return _told(staff)


@scim.route("/<staff>", methods=["PUT"])
@allow("staff.provision")
@scim.arguments(User, content_type=KIND)
@scim.response(200, Answer)
def replace_user(body: dict[str, Any], staff: str) -> Any:
    """Replace what is known of a user; If-Match, where it is sent, names the version."""
    return _save(staff, body)


@scim.route("/<staff>", methods=["PATCH"])
@allow("staff.provision")
@scim.arguments(Patch, content_type=KIND)
@scim.response(200, Answer)
def patch_user(body: dict[str, Any], staff: str) -> Any:
    """Change parts of a user: active, userName, displayName, name, roles, sites."""
    known, _ = _user(staff)
    return _save(staff, _loaded(User(), patching.applied(known, body["Operations"])))


def _save(staff: str, body: dict[str, Any]) -> Any:
    """Bring a user to what is asked, by the commands that this takes."""
    found, version = queries.find_staff(staff, asker(), service())
    if request.if_match and api.expected_version() != version:
        raise Stale("Somebody changed this user since you read it.")
    _check_free(body["userName"], staff)
    if body["active"] and found["left"]:
        version = api.execute(commands.ReturnStaff(staff, version), _cause([staff, version])).last
    fresh = _body(body)
    if any(fresh[name] != found[name] for name in fresh) and body["active"]:
        command = commands.ChangeStaff(staff=staff, version=version, **fresh)
        version = api.execute(command, _cause([staff, version, fresh])).last
    if found["left"] is None and not body["active"]:
        today = service().clock().date()
        leave = commands.LeaveStaff(staff=staff, version=version, date=today, successor=None)
        api.execute(leave, _cause([staff, version, "left"]))
    return _told(staff)


def _cause(wish: Any) -> Cause:
    """Return the cause of a command: the same wish at the same version is the same command."""
    return api.cause(wish, key=fingerprint(wish))


def _check_free(address: str, staff: str) -> None:
    if set(roster.with_email(address, asker().tenant, service())) - {staff}:
        raise StaffKnown("Somebody has this userName already.")


def _chosen(text: str) -> list[str]:
    """Return the ids of whom a filter chooses.

    Raises:
        NoSuchFilter: it is another than `userName eq`.
    """
    if not text:
        return [one["id"] for one in queries.colleagues(asker(), service(), limit=MOST)[:MOST]]
    address = patching.username(text)
    if address is None:
        raise NoSuchFilter('Ask for userName eq "bo@example.org".')
    return sorted(roster.with_email(address, asker().tenant, service()))


def _body(body: dict[str, Any]) -> dict[str, Any]:
    """Return a user as staff commands hold it."""
    name = body["name"]
    parts = " ".join(name[part] for part in ("givenName", "familyName") if name.get(part))
    found = {
        "name": body.get("displayName") or name.get("formatted") or parts or body["userName"],
        "email": body["userName"],
        "role": next((one["value"] for one in body["roles"]), ""),
        "sites": body["places"].get("sites", []),
    }
    return _loaded(schemas.StaffChange(), found)


def _loaded(schema: Schema, data: Any) -> dict[str, Any]:
    """Return what a schema makes of data that did not come as a body.

    Raises:
        Invalid: a field cannot be.
    """
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as wrong:
        raise Invalid("Look at the user.", faults=flatten(wrong.messages)) from None
    return loaded


def _user(staff: str) -> tuple[dict[str, Any], int]:
    found, version = queries.find_staff(staff, asker(), service())
    return {
        "schemas": [CORE, STAFF],
        "id": staff,
        "userName": found["email"],
        "displayName": found["name"],
        "name": {"formatted": found["name"]},
        "emails": [{"value": found["email"], "primary": True}],
        "active": found["left"] is None,
        "roles": [{"value": found["role"], "primary": True}],
        STAFF: {"sites": list(found["sites"])},
        "meta": {
            "resourceType": "User",
            "location": f"{USERS}/{staff}",
            "version": f'"{version}"',
        },
    }, version


def _told(staff: str, status: int = 200) -> Response:
    found, version = _user(staff)
    tag = {"ETag": f'"{version}"', "Location": f"{USERS}/{staff}"}
    return api.json_answer(found, status, tag)
