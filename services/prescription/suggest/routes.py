"""The JSON API of suggestions: a case in, a proposal out; it changes nothing and keeps nothing."""

from typing import Any

from prescription.projections import LISTS
from prescription.routes import routes
from prescription.suggest import answers, queries, schemas
from shared.web import api
from shared.web.identity import allow, asker, service


@routes.route("/suggestions", methods=["POST"])
@allow("suggestion.ask")
@api.reads(LISTS)
@routes.arguments(schemas.SuggestionQuery)
@routes.response(200, answers.Suggestion)
def suggest_exercises(body: dict[str, Any]) -> Any:
    """Suggest exercises for a case, each with its usual dose and why; a therapist decides."""
    return queries.propose(body["case"], body["language"], asker(), service())
