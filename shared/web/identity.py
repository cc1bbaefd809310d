"""Who asks: from the bearer token of an API call or the cookie of a page, verified."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

import structlog
from flask import current_app, g, redirect, request

from shared import audit, permission
from shared.audit import Entry, Journal
from shared.errors import Forbidden, Invalid
from shared.permission import Action, Asker
from shared.service import Service
from shared.tokens import Identity, Unauthorized

COOKIE = "hep"
TENANT = "Hep-Tenant"
CSRF = "csrf"
# Whatever else stood here would be in every event and log line that follows.
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
# Whatever else stood here would be in every key, and could be taken for another one's.
GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
View = TypeVar("View", bound=Callable[..., Any])


def service() -> Service:
    """Return this process's service."""
    return cast(Service, current_app.extensions["hep"])


def identity() -> Identity:
    """Return who asks.

    Raises:
        Unauthorized: there is no token, or it does not hold.
    """
    if "identity" not in g:
        g.identity = _verify()
        structlog.contextvars.bind_contextvars(tenant=g.identity.tenant)
    return cast(Identity, g.identity)


def _verify() -> Identity:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        found = service().verifier.verify(header.removeprefix("Bearer "))
    elif cookie := request.cookies.get(COOKIE):
        found = service().verifier.verify(cookie)
    else:
        raise Unauthorized("Send an access token in the Authorization header.")
    if "service" in found.roles:
        tenant = request.headers.get(TENANT, "")
        found = Identity(found.subject, tenant, found.roles, (), "", found.expires)
    if found.tenant and not GROUP.fullmatch(found.tenant):
        raise Unauthorized("The token names no practice group of ours.")
    return found


def asker() -> Asker:
    """Return who asks, for the action that the route is declared with."""
    return cast(Asker, g.asker)


def allow(name: str) -> Callable[[View], View]:
    """Let in whom the table names for this action.

    No answer is sent that went around the table, and none before it was written down who asked.
    """
    action = permission.action(name)

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            with _admitted(action):
                return view(*args, **kwargs)

        checked.action = action  # type: ignore[attr-defined]
        return cast(View, checked)

    return decorate


def page(name: str) -> Callable[[View], View]:
    """Let in as `allow` does; send who is unknown to sign in, and check a form's token."""
    action = permission.action(name)

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            try:
                identity()
            except Unauthorized:
                where = "adherence" if set(action.who) == {"patient"} else "prescription"
                return redirect(f"/{where}/sign-in?next={request.full_path.rstrip('?')}")
            with _admitted(action):
                if request.method == "POST":
                    check_csrf(request.form.get(CSRF, ""))
                return view(*args, **kwargs)

        checked.action = action  # type: ignore[attr-defined]
        return cast(View, checked)

    return decorate


@contextmanager
def _admitted(action: Action) -> Iterator[None]:
    """Let the asker in, and write down what became of it whatever happens inside."""
    who = identity()
    try:
        g.asker = Asker(who, action)
    except Forbidden:
        note(who, action.name, (), audit.REFUSED)
        raise
    try:
        yield
        asker().close()
    finally:
        _note_asked(asker())


def _note_asked(asked: Asker) -> None:
    if asked.patients or asked.action.audited:
        note(asked.identity, asked.action.name, asked.patients or (), audit.LET_THROUGH)
    if asked.refused:
        note(asked.identity, asked.action.name, asked.refused, audit.REFUSED)


def note(who: Identity, action: str, patients: Iterable[str], outcome: str) -> None:
    """Write down who did what, before it is answered.

    Raises:
        PyMongoError: the store does not take it: nothing may be answered.
    """
    rule = request.url_rule.rule if request.url_rule else ""
    entry = Entry(
        tenant=who.tenant,
        actor=who.subject,
        roles=who.roles,
        action=action,
        patients=tuple(patients),
        outcome=outcome,
        method=request.method,
        route=rule,
        traceparent=traceparent(),
    )
    cast(Journal, current_app.extensions["hep.audit"]).write(entry)


def traceparent() -> str:
    """Return the request's W3C trace context; nothing where there is none, or it is malformed."""
    given = request.headers.get("traceparent", "")
    return given if TRACEPARENT.fullmatch(given) else ""


def csrf_token() -> str:
    """Return the token that a form of this signed-in person carries."""
    key = service().settings.master_key
    cookie = request.cookies.get(COOKIE, "")
    subject = identity().subject if cookie else ""
    return hmac.new(key, f"csrf|{subject}".encode(), hashlib.sha256).hexdigest()


def check_csrf(token: str) -> None:
    """Refuse a form that did not come from our page.

    Raises:
        Invalid: the token is not this person's.
    """
    if not hmac.compare_digest(token, csrf_token()):
        raise Invalid("This form is out of date. Go back, reload the page and send it again.")
