"""The inbox: what a patient was told, and whether today's session is still open."""

from datetime import date
from typing import Any

import flask

from notifications import queries
from notifications.celebration import ranked
from notifications.projections import MESSAGES
from notifications.reminder import judge
from shared.errors import NotFound
from shared.mongo import Document
from shared.web import api
from shared.web.identity import asker, page, service

LIMIT = 20

pages = flask.Blueprint("pages", __name__, url_prefix="/notifications")


@pages.get("/")
@page("inbox.read")
@api.reads(MESSAGES)
def inbox() -> str:
    who = asker()
    who.disclose([who.patient])
    cursor = flask.request.args.get("cursor", "")
    try:
        found = queries.inbox(service(), who, who.patient, after=api.after(cursor), limit=LIMIT)
    except NotFound:
        # Who has just been registered is not known here yet, and has no message either.
        found = []
    listed = api.listing(found, LIMIT, "order", _shown)
    return flask.render_template(
        "notifications/inbox.html", messages=listed["items"], next=listed["next"]
    )


def _shown(message: Document) -> dict[str, Any]:
    """Return a message as the page shows it."""
    return {
        **message,
        "local_date": date.fromisoformat(message["local_date"]),
        "milestones": ranked(message["milestones"]),
        "open": message["kind"] == "reminder" and _is_open(message),
    }


def _is_open(reminder: Document) -> bool:
    """Tell whether a reminder is about today and today is still open."""
    try:
        desk = queries.desk(service(), reminder["tenant"], reminder["program"])
    except queries.Unknown:
        return False
    today = desk.today
    return reminder["local_date"] == today.isoformat() and judge(desk, today) == "due"
