"""Pages of a patient's supporters: who sees what, invite one, take it back."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from adherence import admission, forms, queries
from adherence.commands import InviteSupporter, IssueInvitation, RemoveSupporter
from adherence.forms import REFUSED
from adherence.invitation import TooManySupporters
from adherence.rules import rules
from shared.web import api
from shared.web.identity import asker, page, service

FIELDS = ("name", "email", "parts")

supporters = Blueprint("supporters", __name__, url_prefix="/supporters")


@supporters.get("")
@page("supporter.list")
def show_supporters() -> Any:
    """Show who sees what."""
    who = asker()
    who.disclose([who.patient])
    return render_template(
        "adherence/supporters.html",
        supporters=queries.supporters(service(), who.tenant, who.patient),
        most=rules().inviting.supporters,
        key=secrets.token_hex(16),
    )


@supporters.route("/new", methods=["GET", "POST"])
@page("supporter.invite")
def invite() -> Any:
    """Let somebody see parts, and send them a link."""
    who = asker()
    who.disclose([who.patient])
    if request.method == "GET":
        return _draw({"name": "", "email": "", "parts": []})
    typed = {name: request.form.get(name, "").strip() for name in ("name", "email")}
    values = {**typed, "parts": [part for part in request.form.getlist("parts") if part]}
    cause = api.cause(values, key=request.form.get("key", ""))
    try:
        body = admission.SupporterRequest().load(values)
        parts = tuple(part for part in rules().inviting.parts if part in body["parts"])
        identity = api.new_id(cause)
        command = InviteSupporter(
            identity, identity, who.patient, body["name"], body["email"], parts
        )
        api.execute(command, cause)
    except TooManySupporters:
        return _lead("full")
    except REFUSED as refusal:
        return _draw(values, forms.errors(refusal, FIELDS))
    return _lead("invited")


@supporters.post("/<supporter>/again")
@page("supporter.invite")
def invite_again(supporter: str) -> Any:
    """Send a supporter a new link; the one before holds no more."""
    who = asker()
    who.disclose([who.patient])
    cause = api.cause({"supporter": supporter}, key=request.form.get("key", ""))
    command = IssueInvitation(api.new_id(cause), who.patient, "link", supporter=supporter)
    api.execute(command, cause)
    return _lead("invited")


@supporters.post("/<supporter>/remove")
@page("supporter.remove")
def remove(supporter: str) -> Any:
    """Let a supporter see nothing any more."""
    who = asker()
    who.disclose([who.patient])
    cause = api.cause({"supporter": supporter}, key=request.form.get("key", ""))
    api.execute(RemoveSupporter(supporter, who.patient), cause)
    return _lead("removed")


def _draw(values: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> Response:
    text = render_template(
        "adherence/supporter.html",
        values=values,
        errors=errors or {},
        parts=rules().inviting.parts,
        key=request.form.get("key") or secrets.token_hex(16),
    )
    return Response(text, 200 if errors is None else 422, content_type="text/html; charset=utf-8")


def _lead(done: str) -> Response:
    return redirect(f"/adherence/supporters?done={done}", 303)
