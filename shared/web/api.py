"""What every JSON route needs: run a command, wait for a position, answer a page of a list."""

import base64
import hashlib
import hmac
import math
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

import orjson
from flask import Response, current_app, g, request
from marshmallow import Schema, fields, validate
from webargs.fields import DelimitedList

from shared import commands, position
from shared.errors import Fault, Invalid, NotYet, Stale, TooMany
from shared.metrics import COMMANDS
from shared.service import Definition
from shared.store import Commit
from shared.stream import Cause
from shared.views import Projection
from shared.web.admission import Admission
from shared.web.identity import identity, service, traceparent

KEY = "Idempotency-Key"
IF_MATCH = "If-Match"
MIN_POSITION = "Hep-Min-Position"
POSITION = "Hep-Position"
STALE = "Hep-Stale"
MAX_KEY = 200
MOST_IDS = 200
View = TypeVar("View", bound=Callable[..., Any])


class PageQuery(Schema):
    """Query of a list."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = fields.String(load_default="")


class IdsQuery(Schema):
    """Ids to look up, separated by commas."""

    ids = DelimitedList(
        fields.String(),
        required=True,
        validate=validate.Length(max=MOST_IDS, error=f"Ask for {MOST_IDS} at most, in batches."),
    )


def cause(body: Any, *, key: str = "") -> Cause:
    """Return who asks for what, from this request.

    Args:
        body: the validated body, for its fingerprint.
        key: the idempotency key of a page's form; an API call has it in its header.

    Raises:
        Invalid: the key is missing or too long.
    """
    asker = identity()
    key = key or request.headers.get(KEY, "")
    if not 1 <= len(key) <= MAX_KEY:
        raise Invalid(
            "Every POST needs an Idempotency-Key: any text of your own, new for each command.",
            faults=(Fault(f"/{KEY}", "missing or longer than 200 characters"),),
        )
    return Cause(
        tenant=asker.tenant,
        actor=asker.subject,
        command=commands.identify(asker.tenant, asker.subject, request.path, key),
        fingerprint=commands.fingerprint([request.path, _plain(body)]),
        traceparent=traceparent(),
    )


def new_id(cause: Cause) -> str:
    """Return the id of what a command creates: the same when it is sent again."""
    return uuid.UUID(cause.command).hex


def execute(command: object, cause: Cause) -> Commit:
    """Run a command through its handler; remember its position for the answer.

    Raises:
        TooMany: the tenant has sent more than its share.
        Refusal: a rule says no.
    """
    definition = cast(Definition, current_app.extensions["hep.definition"])
    handler = definition.handlers[type(command)]
    name = type(command).__name__
    try:
        _admit(cause.tenant)
        commit, again = commands.run(lambda: handler(command, service(), cause), cause)
    except Exception:
        COMMANDS.labels(name, "refused").inc()
        raise
    COMMANDS.labels(name, "repeated" if again else "accepted").inc()
    g.commit = commit
    g.again = again
    return commit


def _admit(tenant: str) -> None:
    admission = cast(Admission, current_app.extensions["hep.admission"])
    if wait := admission.take(tenant, time.monotonic()):
        detail = "Your practice group sends much at once. What was not taken can be sent again."
        raise TooMany(detail, retry_after=math.ceil(wait))


def headers(commit: Commit, location: str = "") -> dict[str, str]:
    """Return what a command's answer carries."""
    found = {
        "ETag": f'"{commit.last}"',
        POSITION: position.of_commit(service().name, commit).token(),
    }
    if location:
        found["Location"] = location
    if g.get("again"):
        found["Idempotent-Replay"] = "true"
    return found


def expected_version() -> int:
    """Return the version that If-Match names.

    Raises:
        Stale: the header is missing or no version: the asker must read first.
    """
    tags = request.if_match.as_set() if request.if_match else set()
    for tag in tags:
        if tag.isdigit():
            return int(tag)
    refusal = Stale(
        'Send If-Match with the ETag that you read, for example "3".',
        faults=(Fault(f"/{IF_MATCH}", "missing"),),
    )
    refusal.status = 428
    refusal.slug = "if-match-needed"
    raise refusal


def reads(projection: Projection) -> Callable[[View], View]:
    """Let a read wait until the projection has applied what the asker has written."""

    def decorate(view: View) -> View:
        @wraps(view)
        def waiting(*args: Any, **kwargs: Any) -> Any:
            stale = not await_position(projection)
            answer = current_app.make_response(view(*args, **kwargs))
            if stale:
                answer.headers[STALE] = "true"
            return answer

        return cast(View, waiting)

    return decorate


def await_position(projection: Projection) -> bool:
    """Wait for the request's minimum position, if it names one; tell whether it was reached."""
    token = request.headers.get(MIN_POSITION) or request.args.get("seen", "")
    if not token:
        return True
    try:
        wanted = position.parse(token, identity().tenant)
    except position.BadPosition:
        raise Invalid(
            "The position is not one that this platform gave you.",
            faults=(Fault(f"/{MIN_POSITION}", "unknown"),),
        ) from None
    return position.wait(service().database, service().live(projection).consumer, wanted)


def require_position(projection: Projection) -> None:
    """Make a command wait for what it builds on.

    Raises:
        NotYet: it has not come within two seconds.
    """
    if not await_position(projection):
        raise NotYet("What this builds on is still on its way here. Try again in a moment.")


def listing(found: list[Any], limit: int, order: str, dump: Callable[[Any], Any]) -> dict[str, Any]:
    """Return one page of a list with the cursor of the next, from one document more than asked."""
    more = len(found) > limit
    kept = found[:limit]
    following = _cursor(str(kept[-1][order])) if more else None
    return {"items": [dump(document) for document in kept], "next": following}


def after(cursor: str) -> str:
    """Return the value that a page begins after.

    Raises:
        Invalid: the cursor is not one that this platform gave.
    """
    if not cursor:
        return ""
    try:
        decoded = base64.urlsafe_b64decode(cursor.encode())
        mark, value = decoded[:8], decoded[8:]
        if hmac.compare_digest(mark, _mark(value)):
            return value.decode()
    except ValueError:
        pass
    raise Invalid("This cursor is not one of ours.", faults=(Fault("/cursor", "unknown"),))


def _cursor(value: str) -> str:
    return base64.urlsafe_b64encode(_mark(value.encode()) + value.encode()).decode()


def _mark(value: bytes) -> bytes:
    scope = f"cursor|{identity().tenant}|{request.path}|".encode()
    return hmac.new(service().vault.secret("cursors"), scope + value, hashlib.sha256).digest()[:8]


def _plain(body: Any) -> Any:
    """Return what came as JSON, whatever a schema made of it."""
    if isinstance(body, Mapping):
        return {str(name): _plain(value) for name, value in body.items()}
    if isinstance(body, list | tuple):
        return [_plain(value) for value in body]
    if isinstance(body, str | int | float | bool | None):
        return body
    if isinstance(body, datetime):
        return body.isoformat()
    return str(body)


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    return Response(
        orjson.dumps(body), status, content_type="application/json", headers=dict(headers or {})
    )
