"""Who asks: from the bearer token of an API call or the cookie of a page, verified."""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import structlog
from flask import current_app, g, redirect, request

from shared import permission
from shared.errors import Invalid
from shared.permission import Action, Asker
from shared.service import Service
from shared.tokens import Identity, Unauthorized

COOKIE = "hep"
TENANT = "Hep-Tenant"
CSRF = "csrf"
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
        return Identity(found.subject, tenant, found.roles, (), "", found.expires)
    return found


def asker() -> Asker:
    """Return who asks, for the action that the route is declared with."""
    return cast(Asker, g.asker)


def allow(name: str) -> Callable[[View], View]:
    """Let in whom the table names for this action; send no answer that went around it."""
    action = permission.action(name)

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            _admit(action)
            return _closed(view(*args, **kwargs))

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
                _admit(action)
            except Unauthorized:
                where = "adherence" if set(action.who) == {"patient"} else "prescription"
                return redirect(f"/{where}/sign-in?next={request.full_path.rstrip('?')}")
            if request.method == "POST":
                check_csrf(request.form.get(CSRF, ""))
            return _closed(view(*args, **kwargs))

        checked.action = action  # type: ignore[attr-defined]
        return cast(View, checked)

    return decorate


def _admit(action: Action) -> None:
    g.asker = Asker(identity(), action)


def _closed(answer: Any) -> Any:
    asker().close()
    return answer


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
