"""The JSON API of tasks and proposals: the queue, a task closed, a proposal answered."""

from typing import Any

from prescription import queries as programs
from prescription.answers import Created, page
from prescription.routes import changed, done, routes
from prescription.task import answers, commands, queries, schemas
from prescription.task.board import BY_HAND
from prescription.task.projections import TASKS
from shared.web import api
from shared.web.identity import allow, asker, service

PROPOSAL = "/programs/<program>/proposals/<proposal>"


@routes.route("/tasks", methods=["GET"])
@allow("task.list")
@api.reads(TASKS)
@routes.arguments(schemas.TasksQuery, location="query")
@routes.response(200, page(answers.Waiting))
def list_tasks(query: dict[str, Any]) -> Any:
    """Return who needs a therapist, most urgent first, each with the reasons."""
    after, limit = api.after(query["cursor"]), query["limit"]
    found = queries.queue(query["whose"], asker(), service(), after=after, limit=limit)
    return api.listing(found, limit, "order", _waiting)


@routes.route("/patients/<patient>/tasks/<task>/closing", methods=["POST"])
@allow("task.close")
@routes.arguments(schemas.ClosingRequest)
@routes.response(201, Created)
def close_task(body: dict[str, Any], patient: str, task: str) -> Any:
    """Say with a word that there is nothing to do any more about a task."""
    programs.in_reach(patient, asker(), service())
    cause = api.cause(body)
    command = commands.CloseTask(task=task, patient=patient, reason=BY_HAND, **body)
    return done(task, api.execute(command, cause), "tasks")


@routes.route(f"{PROPOSAL}/acceptance", methods=["POST"])
@allow("proposal.answer")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.AcceptanceRequest)
@routes.response(201, Created)
def accept_proposal(body: dict[str, Any], program: str, proposal: str) -> Any:
    """Revise a program as was proposed, or with other values; If-Match names what was read."""
    programs.load_program(program, asker(), service())
    return changed(commands.AcceptProposal, program, "programs", body | {"proposal": proposal})


@routes.route(f"{PROPOSAL}/decline", methods=["POST"])
@allow("proposal.answer")
@routes.arguments(schemas.DeclineRequest)
@routes.response(201, Created)
def decline_proposal(body: dict[str, Any], program: str, proposal: str) -> Any:
    """Leave a program as it is; it is not proposed again on the same evidence."""
    programs.load_program(program, asker(), service())
    cause = api.cause(body)
    commit = api.execute(commands.DeclineProposal(program, proposal, **body), cause)
    return done(program, commit, f"programs/{program}")


def _waiting(found: dict[str, Any]) -> dict[str, Any]:
    own = {name: found[name] for name in ("patient", "name", "therapist")}
    return own | {"tasks": [queries.answer(task) for task in found["tasks"]]}
