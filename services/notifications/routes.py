"""The JSON API under /notifications/v1."""

from typing import Any

from flask_smorest import Blueprint

from notifications import queries
from notifications.projections import MESSAGES
from notifications.schemas import MessageSchema, MessagesSchema
from shared.web import api
from shared.web.identity import allow, asker, service

routes = Blueprint("messages", __name__, url_prefix="/notifications/v1")


@routes.route("/patients/<patient>/messages", methods=["GET"])
@allow("message.read")
@routes.arguments(api.PageQuery, location="query")
@routes.response(200, MessagesSchema)
@api.reads(MESSAGES)
def messages(query: dict[str, Any], patient: str) -> Any:
    """List what a patient was told, the newest first."""
    limit = query["limit"]
    found = queries.inbox(
        service(), asker(), patient, after=api.after(query["cursor"]), limit=limit
    )
    return api.json_answer(api.listing(found, limit, "order", MessageSchema().dump))
