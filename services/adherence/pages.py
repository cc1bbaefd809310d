"""The pages of a patient."""

import flask

pages = flask.Blueprint("pages", __name__, url_prefix="/adherence")
