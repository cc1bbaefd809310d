"""Who asks: from the bearer token of an API call or the cookie of a page, verified."""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import structlog
from flask import current_app, g, redirect, request

from shared.errors import Forbidden, Invalid, NotFound
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


def allow(*roles: str) -> Callable[[View], View]:
    """Let these roles in; the roles stand in the view's attribute `roles`, for the docs."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            check_role(*roles)
            return view(*args, **kwargs)

        checked.roles = roles  # type: ignore[attr-defined]
        return cast(View, checked)

    return decorate


def page(*roles: str) -> Callable[[View], View]:
    """Let these roles see a page; send everybody else to sign in, and check a form's token."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            try:
                check_role(*roles)
            except Unauthorized:
                where = "adherence" if roles == ("patient",) else "prescription"
                return redirect(f"/{where}/sign-in?next={request.full_path.rstrip('?')}")
            if request.method == "POST":
                check_csrf(request.form.get(CSRF, ""))
            return view(*args, **kwargs)

        checked.roles = roles  # type: ignore[attr-defined]
        return cast(View, checked)

    return decorate


def check_role(*roles: str) -> None:
    """Let only these roles go on.

    Raises:
        Forbidden: the asker has none of them.
    """
    if not set(roles) & set(identity().roles):
        raise Forbidden(f"This is for: {', '.join(roles)}.")


def check_patient(patient: str) -> None:
    """Let a patient see only what is the patient's own; what is not answers as if not there.

    Raises:
        NotFound: it is another patient's.
    """
    asker = identity()
    if "patient" in asker.roles and asker.patient != patient:
        raise NotFound("There is nothing here for you.")


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
