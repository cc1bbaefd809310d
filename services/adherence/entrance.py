"""Pages for whoever is not signed in yet: by the link of a message, or by the code on paper.

Opening a link changes nothing, so that programs which look into mails use nothing up: the button
does. The secret stands behind the `#`, which no browser sends and no log holds.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from adherence import admission, arrival, forms, secret
from adherence.arrival import Mistaken
from adherence.invitation import Closed, Unknown
from adherence.rules import rules
from shared.errors import Invalid, Refusal
from shared.web import session
from shared.web.identity import service, try_once

LIMIT = "invitation.address"
FIELDS = ("code", "birth_year")
LOCAL = ("localhost", "127.0.0.1")

entrance = Blueprint("entrance", __name__)


@entrance.before_app_request
def choose() -> Response | None:
    """Ask a patient how to come in, before anybody is sent to another provider."""
    if request.endpoint != "signin.sign_in" or "by" in request.args:
        return None
    return redirect(url_for("pages.entrance.show_ways", next=request.args.get("next")), 303)


@entrance.get("/enter")
def show_ways() -> Any:
    """Show the ways in."""
    target = session.local(request.args.get("next", ""))
    provider = url_for("signin.sign_in", by="provider", next=target)
    return render_template("adherence/enter.html", invented=_is_for_trying() and provider)


@entrance.get("/invitation")
def show_link() -> Any:
    """Show one button; the secret stays in the browser until it is pressed."""
    return render_template("adherence/link.html", key=secrets.token_hex(16))


@entrance.post("/invitation")
def redeem_link() -> Any:
    """Let in who has the link."""
    _begin()
    found = secret.by_link(service(), request.form.get("secret", ""))
    try:
        return arrival.let_in(found, request.form.get("key", ""))
    except (Closed, Unknown) as refusal:
        return _refused(refusal, "link")


@entrance.route("/code", methods=["GET", "POST"])
def redeem_code() -> Any:
    """Ask for the code and the year of birth; let in who knows both."""
    if request.method == "GET":
        return _draw_code({})
    _begin()
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        year = forms.number(typed["birth_year"])
        body = admission.CodeRequest().load(typed | {"birth_year": year})
        found = secret.by_code(service(), body["code"], body["birth_year"], rules().inviting)
        return arrival.let_in(found, request.form.get("key", ""))
    except ValidationError as refusal:
        return _draw_code(typed, forms.errors(refusal, FIELDS))
    except (Unknown, Mistaken) as refusal:
        return _draw_code(typed, {"code": refusal.detail}, getattr(refusal, "left", None))
    except Closed as refusal:
        return _refused(refusal, "paper")


def _begin() -> None:
    """Count a try, and take it from our own page alone: nobody is signed in from elsewhere.

    Raises:
        TooMany: there were too many from this address.
        Invalid: the form is of another site.
    """
    try_once(LIMIT, request.remote_addr or "")
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        raise Invalid("This form is out of date. Go back, reload the page and send it again.")


def _draw_code(
    typed: Mapping[str, str], errors: Mapping[str, str] | None = None, left: int | None = None
) -> Response:
    """Return the page of the code as it was typed, with how many tries are left."""
    text = render_template(
        "adherence/code.html",
        values=dict.fromkeys(FIELDS, "") | dict(typed),
        errors=errors or {},
        left=left,
        key=secrets.token_hex(16),
    )
    return Response(text, 422 if errors else 200, content_type="text/html; charset=utf-8")


def _refused(refusal: Refusal, way: str) -> Response:
    text = render_template("adherence/closed.html", why=refusal.slug, way=way)
    return Response(text, refusal.status, content_type="text/html; charset=utf-8")


def _is_for_trying() -> bool:
    """Tell whether this is one machine, where invented people sign in at a click."""
    return urlsplit(service().settings.origin).hostname in LOCAL
