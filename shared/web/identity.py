"""Who asks: from the bearer token of an API call or the cookie of a page, verified."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import quote

import structlog
from flask import current_app, g, redirect, request

from shared import audit, permission
from shared.audit import Entry
from shared.errors import Forbidden, Invalid, TooMany
from shared.limit import Limiter
from shared.permission import Action, Asker
from shared.service import Definition, Service
from shared.tokens import DOORS, PATIENTS, Identity, Unauthorized, peek
from shared.web.allowance import Allowance

TENANT = "Hep-Tenant"
CSRF = "csrf"
# The cookie that a page knows its reader by.
PAGE = "hep"
# Who has no token, or one that is over, tries nothing.
HARMLESS = ("absent", "expired")
BEARER = "Send an access token in the Authorization header."
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
        TooMany: too many from the same address did not hold.
    """
    if "unauthorized" in g:
        raise g.unauthorized
    if "identity" not in g:
        g.identity = _known()
        structlog.contextvars.bind_contextvars(tenant=g.identity.tenant)
    return cast(Identity, g.identity)


def _known() -> Identity:
    """Verify, once a request; what does not hold is counted, and at last answered 429."""
    try:
        return _verify()
    except Unauthorized as refusal:
        g.unauthorized = refusal
        if refusal.reason not in HARMLESS:
            try_once("token.address", request.remote_addr or "")
        raise


def try_once(kind: str, whom: str) -> None:
    """Count a try.

    Raises:
        TooMany: there were too many.
    """
    cast(Limiter, current_app.extensions["hep.limiter"]).take(kind, whom)


def _verify() -> Identity:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        found = service().verifier.verify(header.removeprefix("Bearer "))
    elif cookie := request.cookies.get(cookie_name(PAGE)):
        found = service().verifier.verify(cookie, page=True)
    else:
        raise Unauthorized(BEARER)
    if "service" in found.roles:
        tenant = request.headers.get(TENANT, "")
        found = Identity(found.subject, tenant, found.roles, (), "", found.expires)
    if found.tenant and not GROUP.fullmatch(found.tenant):
        raise Unauthorized("The token names no practice group of ours.")
    return located(found)


def located(found: Identity) -> Identity:
    """Return somebody with the sites of the regions that the token names, as far as known here."""
    if not found.regions:
        return found
    definition = cast(Definition, current_app.extensions["hep.definition"])
    within = definition.within(found.regions, found.tenant, service())
    return replace(found, sites=tuple(dict.fromkeys((*found.sites, *within))))


def cookie_name(name: str) -> str:
    """Return what a cookie is called here: over https one that no other host can set."""
    secure = service().settings.origin.startswith("https:")
    return f"__Host-{name}" if secure else name


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
            # A strange page can make a browser send its cookie, and no header of its own.
            if request.method != "GET" and "Authorization" not in request.headers:
                raise Unauthorized(BEARER)
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
                return _to_renew(action)
            with _admitted(action):
                if request.method == "POST":
                    check_csrf(request.form.get(CSRF, ""))
                return view(*args, **kwargs)

        checked.action = action  # type: ignore[attr-defined]
        return cast(View, checked)

    return decorate


def _to_renew(action: Action) -> Any:
    """Lead to where the session is renewed, which leads back; a form that was sent goes along."""
    back = quoted(request.full_path.rstrip("?"))
    code = 302 if request.method == "GET" else 307
    return redirect(f"/{_door(action)}/session?next={back}", code)


def quoted(path: str) -> str:
    """Return a path of ours as the value of a query."""
    return quote(path, safe="/")


def _door(action: Action) -> str:
    """Return where whoever asks signs in: where they did before, else by whom the page is for."""
    try:
        _, claims = peek(request.cookies.get(cookie_name(PAGE), ""))
    except Unauthorized:
        claims = {}
    before = str(claims.get("iss", "")).rpartition("/")[2]
    if before in DOORS:
        return before
    return "prescription" if set(action.who) - PATIENTS else "adherence"


@contextmanager
def _admitted(action: Action) -> Iterator[None]:
    """Let the asker in, and write down what became of it whatever happens inside."""
    who = identity()
    _allow_for(who)
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


def _allow_for(who: Identity) -> None:
    """Take the request from what the asker's practice group may ask for; ours is not counted.

    Raises:
        TooMany: it has asked for all of it.
    """
    if "service" in who.roles:
        return
    allowance = cast(Allowance, current_app.extensions["hep.allowance"])
    if wait := allowance.take(who.tenant):
        detail = "Your practice group asks for much at once. Ask again in a moment."
        raise TooMany(detail, retry_after=wait)


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
    service().journal.write(entry)


def traceparent() -> str:
    """Return the request's W3C trace context; nothing where there is none, or it is malformed."""
    given = request.headers.get("traceparent", "")
    return given if TRACEPARENT.fullmatch(given) else ""


def csrf_token() -> str:
    """Return the token that a form of this signed-in person carries."""
    key = service().vault.secret("forms")
    cookie = request.cookies.get(cookie_name(PAGE), "")
    subject = identity().subject if cookie else ""
    return hmac.new(key, f"csrf|{subject}".encode(), hashlib.sha256).hexdigest()


def check_csrf(token: str) -> None:
    """Refuse a form that did not come from our page.

    Raises:
        Invalid: the token is not this person's.
    """
    if not hmac.compare_digest(token, csrf_token()):
        raise Invalid("This form is out of date. Go back, reload the page and send it again.")
