"""The keys by which all services verify what people's sessions at this one are given."""

from typing import Any

from flask_smorest import Blueprint

from shared.web.api import json_answer
from shared.web.identity import service


def create_routes(name: str) -> Blueprint:
    """Return the route, which is open to everybody."""
    routes = Blueprint("keys", __name__, url_prefix=f"/{name}/v1")

    @routes.route("/keys", methods=["GET"])
    @routes.response(200, description="The JWK set (RFC 7517) that verifies this service's tokens")
    def keys() -> Any:
        return json_answer(service().sessions.signing.published())

    return routes
