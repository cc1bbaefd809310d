"""The JSON API."""

from flask_smorest import Blueprint

routes = Blueprint("prescription", __name__, url_prefix="/prescription/v1")
