"""The pages of therapists."""

from flask import Blueprint

pages = Blueprint("pages", __name__, url_prefix="/prescription")
