"""Pages of staff: invite a patient, print the code, see whether it was used, end lost devices."""

import secrets
from pathlib import Path
from typing import Any

import segno
from babel.dates import format_date
from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from adherence import queries, secret
from adherence.commands import IssueInvitation, RevokeInvitation
from adherence.events import Way
from adherence.rules import rules
from shared.errors import NotYet, Refusal
from shared.language import DAYS, LANGUAGES
from shared.stream import Cause
from shared.web import api, words
from shared.web.identity import asker, page, service

PATIENT = "/patients/<patient>/invitation"
# Of a dot of the square code, in pixels; a page is printed larger or smaller.
DOT = 6
WORDS = Path(__file__).parent / "words"

reception = Blueprint("reception", __name__)


@reception.get(PATIENT)
@page("invitation.read")
def show_invitation(patient: str) -> Any:
    """Show how a patient was invited, whether it was used, and on which devices."""
    return _draw(patient)


@reception.post(PATIENT)
@page("invitation.issue")
def invite(patient: str) -> Any:
    """Invite a patient; a code on paper is shown at once, to be printed."""
    queries.patient_in_reach(service(), asker(), patient)
    body = {"way": request.form.get("way", "")}
    cause = api.cause(body, key=request.form.get("key", ""))
    way: Way = "paper" if body["way"] == "paper" else "link"
    try:
        api.execute(invites(patient, way, cause), cause)
    except NotYet as refusal:
        return _draw(patient, refusal)
    return _lead(patient, "/paper" if way == "paper" else "?done=sent")


@reception.get(f"{PATIENT}/paper")
@page("invitation.print")
def print_code(patient: str) -> Any:
    """Show the open code on a sheet for the patient."""
    found = queries.patient_in_reach(service(), asker(), patient)
    tenant, origin = asker().tenant, service().settings.origin
    own = [one for one in queries.door(service(), tenant, patient).of() if one.way == "paper"]
    code = queries.secret_of(service(), tenant, own[-1] if own else None)
    if not code:
        return _lead(patient, "?done=over")
    address = f"{origin}/adherence/code"
    spoken = found["language"].split("-")[0]
    spoken = spoken if spoken in LANGUAGES else "en"
    until = own[-1].expires.astimezone(queries.zone(service(), tenant, patient)).date()
    return render_template(
        "adherence/paper.html",
        patient=patient,
        name=(queries.card(service(), tenant, patient) or {}).get("name") or "",
        code=secret.grouped(code, rules().inviting),
        address=address,
        square=_square(address),
        expires=format_date(until, DAYS[spoken]["long"], locale=spoken),
        spoken=spoken,
        say=words.speaking(spoken, WORDS),
    )


@reception.post(f"{PATIENT}/revoke")
@page("invitation.revoke")
def revoke(patient: str) -> Any:
    """Take the open invitation back."""
    queries.patient_in_reach(service(), asker(), patient)
    identity = request.form.get("invitation", "")
    cause = api.cause({"invitation": identity}, key=request.form.get("key", ""))
    try:
        api.execute(RevokeInvitation(identity, patient), cause)
    except Refusal:
        return _lead(patient, "?done=over")
    return _lead(patient, "?done=revoked")


@reception.post(f"{PATIENT}/devices/end")
@page("device.end")
def end_devices(patient: str) -> Any:
    """Sign a patient out everywhere."""
    queries.patient_in_reach(service(), asker(), patient)
    service().sessions.end(asker().tenant, patient)
    return _lead(patient, "?done=ended")


def invites(patient: str, way: Way, cause: Cause) -> IssueInvitation:
    """Return the command that invites a patient.

    Raises:
        NotYet: a code needs the year of birth, and its owner does not answer.
    """
    year = queries.birth_year(service(), cause.tenant, patient) if way == "paper" else None
    return IssueInvitation(api.new_id(cause), patient, way, year)


def _draw(patient: str, refusal: Refusal | None = None) -> Response:
    queries.patient_in_reach(service(), asker(), patient)
    tenant = asker().tenant
    card = queries.card(service(), tenant, patient)
    text = render_template(
        "adherence/invitation.html",
        patient=patient,
        name=(card or {}).get("name") or "",
        email=(card or {}).get("email") or "",
        away=card is None,
        invited=queries.invited(service(), tenant, patient),
        devices=service().sessions.listed(tenant, patient),
        days={way: lasts.days for way, lasts in rules().inviting.lasts.items()},
        refusal=refusal,
        key=secrets.token_hex(16),
    )
    status = refusal.status if refusal else 200
    return Response(text, status, content_type="text/html; charset=utf-8")


def _lead(patient: str, more: str) -> Response:
    return redirect(f"/adherence/patients/{patient}/invitation{more}", 303)


def _square(address: str) -> Markup:
    """Return the address as a square code that a camera reads, drawn in the page itself."""
    # It holds nothing of the patient: our own address, and no secret.
    return Markup(segno.make(address, error="m").svg_inline(scale=DOT, omitsize=True))  # noqa: S704
