"""The JSON API of a running program: review, pause, resume, step, phase, difference."""

from typing import Any

from prescription import queries
from prescription.answers import Created
from prescription.course import answers, commands, schemas
from prescription.course import queries as course
from prescription.course.difference import told
from prescription.routes import changed, routes
from shared.web import api
from shared.web.identity import allow, asker, service

ONE = "/programs/<program>"


def _steer(kind: Any, program: str, body: dict[str, Any]) -> Any:
    """Run a command on a program that the asker sees, at the version of If-Match."""
    queries.load_program(program, asker(), service())
    return changed(kind, program, "programs", body)


@routes.route(f"{ONE}/reviews", methods=["POST"])
@allow("program.review")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.ReviewRequest)
@routes.response(201, Created)
def review_program(body: dict[str, Any], program: str) -> Any:
    """Say that a program was looked at and goes on as it is; If-Match names what was read."""
    return _steer(commands.ReviewProgram, program, body)


@routes.route(f"{ONE}/pause", methods=["POST"])
@allow("program.pause")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.PauseRequest)
@routes.response(201, Created)
def pause_program(body: dict[str, Any], program: str) -> Any:
    """Have a program ask for nothing until it is resumed; If-Match names what was read."""
    return _steer(commands.PauseProgram, program, body)


@routes.route(f"{ONE}/resumption", methods=["POST"])
@allow("program.resume")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.ResumeRequest)
@routes.response(201, Created)
def resume_program(body: dict[str, Any], program: str) -> Any:
    """Have a paused program ask again; If-Match names what was read."""
    return _steer(commands.ResumeProgram, program, body)


@routes.route(f"{ONE}/steps", methods=["POST"])
@allow("program.revise")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.StepRequest)
@routes.response(201, Created)
def step_exercise(body: dict[str, Any], program: str) -> Any:
    """Move one exercise a step: more, less, harder, easier, or another; it is a revision."""
    return _steer(commands.StepExercise, program, body)


@routes.route(f"{ONE}/phases", methods=["POST"])
@allow("program.revise")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.PhaseChangeRequest)
@routes.response(201, Created)
def change_phase(body: dict[str, Any], program: str) -> Any:
    """Have a program go on in another phase, with the same exercises; it is a revision."""
    return _steer(commands.ChangePhase, program, body)


@routes.route(f"{ONE}/difference", methods=["GET"])
@allow("program.history")
@routes.arguments(schemas.DifferenceQuery, location="query")
@routes.response(200, answers.Difference)
def read_difference(query: dict[str, Any], program: str) -> Any:
    """Return what differs between two revisions, per exercise and field, and in words."""
    first, second = query["first"], query["to"]
    changes = course.difference(program, first, second, asker(), service())
    return {"before": first, "after": second, "changes": told(changes)}
