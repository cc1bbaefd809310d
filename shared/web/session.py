"""Sessions of pages: two cookies, the way to renew them, and a page where one ends them.

The page's cookie is a token of ten minutes that every service verifies by itself. The other one is
for this service alone: it renews the first. A page whose token is over leads here, and from here
back, a form that was sent included.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask import session as pending
from werkzeug.wrappers import Response

from shared import audit
from shared.metrics import SIGN_INS
from shared.service import Definition
from shared.session import Held, limits
from shared.tokens import Identity
from shared.web.identity import PAGE, asker, cookie_name, located, note, page, quoted, service

AGAIN = "again"
# What a browser calls itself, the most telling first; no more is kept of it.
FAMILIES = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
LOCAL = re.compile(r"/(?:[^/\\\s\x00-\x1f\x7f][^\\\x00-\x20\x7f]*)?")
LONGEST = 2000
NOBODY = Identity("", "", (), (), "", 0)


def begin(answer: Response, who: Identity, kind: str) -> Held:
    """Sign somebody in: begin a session and give the answer its cookies.

    Args:
        answer: on its way to the browser.
        who: as verified.
        kind: staff or patient; decides how long it lasts.
    """
    secret, held = service().sessions.begin(who, kind, _device())
    note(who, "sign_in.begin", (), audit.LET_THROUGH)
    SIGN_INS.labels("begun").inc()
    _give(answer, held)
    _set(answer, _renewing(), secret, limits(kind).kept, path=_path())
    return held


def end(who: Identity, session: str | None = None) -> int:
    """End one of somebody's sessions, or all of them; return how many there were."""
    ended = service().sessions.end(who.tenant, who.subject, session)
    note(who, "sign_in.end", (), audit.LET_THROUGH)
    return ended


def listed(who: Identity) -> Sequence[Held]:
    """Return the sessions of somebody at this service, the last used first."""
    return service().sessions.listed(who.tenant, who.subject)


def failed(who: Identity = NOBODY) -> None:
    """Write down that somebody tried to sign in and could not."""
    note(who, "sign_in.begin", (), audit.REFUSED)
    SIGN_INS.labels("failed").inc()


def forget(answer: Response) -> None:
    """Take both cookies back."""
    _set(answer, cookie_name(PAGE), "", timedelta(0))
    _set(answer, _renewing(), "", timedelta(0), path=_path())


def local(target: str) -> str:
    """Return a path of our own, whatever was asked for: this service's first page."""
    fits = len(target) <= LONGEST and LOCAL.fullmatch(target)
    return target if fits else f"/{service().name}/"


def create_pages(definition: Definition) -> Blueprint:
    """Return the pages of a service's sessions."""
    pages = Blueprint("session", __name__, url_prefix=f"/{definition.name}")

    @pages.route("/session", methods=["GET", "POST"])
    def renew() -> Response:
        target = local(request.args.get("next", ""))
        held = _renewed(definition)
        if held is None:
            answer = redirect(f"/{definition.name}/sign-in?next={quoted(target)}", 303)
            forget(answer)
            return answer
        answer = redirect(target, 302 if request.method == "GET" else 307)
        _give(answer, held)
        return answer

    @pages.post("/sign-out")
    def sign_out() -> Response:
        held = service().sessions.find(_secret())
        if held:
            end(held.who, held.id)
        return _gone()

    @pages.get("/sessions")
    @page("sign_in.list")
    def show() -> Any:
        who = _own()
        return render_template(
            "sessions.html",
            service=definition.name,
            held=listed(who),
            this=who.session,
            did=request.args.get("did", ""),
        )

    @pages.post("/sessions/end")
    @page("sign_in.end")
    def end_own() -> Response:
        """End the session that the form names, or all."""
        who, chosen = _own(), request.form.get("session", "")
        end(who, chosen or None)
        if chosen and chosen != who.session:
            return redirect(f"/{definition.name}/sessions?did=ended", 303)
        return _gone()

    return pages


def _gone() -> Response:
    """Lead out, and have the provider ask again who it is at the next sign-in of this browser."""
    pending[AGAIN] = True
    answer = redirect("/", 303)
    # What a patient had this device keep goes as well.
    answer.headers["Clear-Site-Data"] = '"storage"'
    forget(answer)
    return answer


def _renewed(definition: Definition) -> Held | None:
    secret = _secret()
    if not secret:
        return None
    before = service().sessions.find(secret)
    held = service().sessions.renew(secret, lambda who: definition.now(who, service()))
    if before and not held:
        note(before.who, "sign_in.end", (), audit.LET_THROUGH)
    return held


def _own() -> Identity:
    """Return who asks, whose own sessions these are; no record is in them."""
    asker().disclose([])
    return asker().identity


def _secret() -> str:
    return request.cookies.get(_renewing(), "")


def _renewing() -> str:
    return cookie_name(f"hep-renew-{service().name}")


def _path() -> str:
    """Return where the renewing cookie is sent: a name that is for this host alone is for all."""
    return "/" if _secure() else f"/{service().name}/"


def _secure() -> bool:
    return service().settings.origin.startswith("https:")


def _give(answer: Response, held: Held) -> None:
    # A region's sites are of the token, not of the session: the next token names them as they are
    # then, and the other services know no regions.
    token = service().sessions.token(replace(held, who=located(held.who)))
    # It is kept longer than it holds: what is over still says where it can be renewed.
    _set(answer, cookie_name(PAGE), token, limits(held.kind).kept)


def _set(
    answer: Response, name: str, value: str, kept: timedelta | None, *, path: str = "/"
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=kept,
        path=path,
        httponly=True,
        secure=_secure(),
        samesite="Lax",
    )


def _device() -> str:
    said = request.headers.get("User-Agent", "")
    return next((family for mark, family in FAMILIES if mark in said), "")
