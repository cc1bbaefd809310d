"""The JSON API of the start-of-care screen: its questions, a patient's answers, the decision."""

from typing import Any

from prescription.answers import Created
from prescription.fault import one_of
from prescription.flags import commands, queries, schemas
from prescription.flags.screening import ScreenImpossible
from prescription.routes import done, routes
from prescription.rules import rules
from shared.web import api
from shared.web.identity import allow, asker, service
from shared.web.words import language

SCREENS = "/patients/<patient>/screens"


@routes.route("/screen", methods=["GET"])
@allow("screen.questions")
@routes.arguments(schemas.QuestionsQuery, location="query")
@routes.response(200, schemas.Questions)
def read_questions(query: dict[str, Any]) -> Any:
    """Return what is asked for a part of the body, in the language of the request."""
    if faults := list(one_of("/region", query["region"], rules().guide["regions"])):
        raise ScreenImpossible("Look at the region.", faults=faults)
    return queries.questions(query["region"], language())


@routes.route(SCREENS, methods=["GET"])
@allow("screen.read")
@routes.response(200, schemas.Screening)
def read_screens(patient: str) -> Any:
    """Return a patient's screens, and whether they stop that a program is issued."""
    found, version = queries.find_screening(patient, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route(SCREENS, methods=["POST"])
@allow("screen.answer")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.ScreenRequest)
@routes.response(201, Created)
def answer_screen(body: dict[str, Any], patient: str) -> Any:
    """Record the answers; If-Match names the version of the screens, "0" for none yet."""
    queries.find_screening(patient, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    screen = api.new_id(cause)
    command = commands.AnswerScreen(patient, version, screen, **answers(body))
    return done(screen, api.execute(command, cause), f"patients/{patient}/screens")


@routes.route(f"{SCREENS}/<screen>/decision", methods=["POST"])
@allow("screen.decide")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.DecisionRequest)
@routes.response(201, Created)
def decide_screen(body: dict[str, Any], patient: str, screen: str) -> Any:
    """Record what follows from a screen that raises concern: continue, refer or hold."""
    queries.find_screening(patient, asker(), service())
    cause, version = api.cause(body), api.expected_version()
    command = commands.DecideScreen(patient, version, screen, **body)
    return done(screen, api.execute(command, cause), f"patients/{patient}/screens")


def answers(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a screen says; that all was asked is true by now."""
    return {name: value for name, value in body.items() if name != "asked"}
