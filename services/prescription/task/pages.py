"""The review queue: who needs a therapist now, why, and what is done about it with one click."""

from functools import partial
from typing import Any

from flask import render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from prescription import desk, forms, roster
from prescription import queries as programs
from prescription.course.pages import refused, steer
from prescription.labels import say
from prescription.pages import pages
from prescription.program import KIND
from prescription.task import commands, queries, schemas
from prescription.task.board import BY_HAND
from prescription.task.projections import TASKS
from prescription.task.talk import talk, topics
from prescription.task.telling import shown, told
from shared.errors import Refusal
from shared.web import api
from shared.web.identity import asker, page, service

QUEUE = "queue"
# So many patients stand on a page of the queue.
SHOWN = 20
PROPOSAL = "/programs/<program>/proposals/<proposal>"


@pages.get("/queue")
@page("task.list")
@api.reads(TASKS)
def show_queue() -> Any:
    """Show who needs a therapist now, most urgent first."""
    return _draw()


@pages.get("/programs/<program>/conversation")
@page("program.history")
@api.reads(TASKS)
def show_conversation(program: str) -> Any:
    """Show what to ask before a visit, from what the log shows."""
    found, _ = desk.program(program)
    known = queries.of_patient(found["patient"]["id"], asker(), service())
    log = known["programs"].get(program, {}).get("log", {})
    tasks = [task for task in known["tasks"] if task["program"] == program]
    return render_template(
        "prescription/conversation.html",
        **found,
        shown=shown(log),
        reasons=[told(task, task["names"]) for task in tasks],
        topics=topics([task["kind"] for task in tasks], log, talk()),
        guide=talk(),
        say=say,
    )


@pages.post("/patients/<patient>/tasks/<task>/closing")
@page("task.close")
@api.reads(TASKS)
def close_task(patient: str, task: str) -> Any:
    """Say with a word that there is nothing to do any more about a task."""
    programs.in_reach(patient, asker(), service())
    try:
        body = schemas.ClosingRequest().load(_given("word"))
        cause = api.cause(body, key=request.form.get("key", ""))
        command = commands.CloseTask(task=task, patient=patient, reason=BY_HAND, **body)
        commit = api.execute(command, cause)
    except (ValidationError, Refusal) as refusal:
        return _draw(refusal)
    return desk.lead_to(QUEUE, commit, done="closed")


@pages.post(f"{PROPOSAL}/acceptance")
@page("proposal.answer")
@api.reads(TASKS)
def accept_proposal(program: str, proposal: str) -> Any:
    """Revise a program as was proposed, or with the values that were typed instead."""
    typed = {
        name.removeprefix("value-"): forms.decimal(text.strip())
        for name, text in request.form.items()
        if name.startswith("value-")
    }
    values = [{"exercise": one, "value": value} for one, value in typed.items()]
    accept = partial(commands.AcceptProposal, proposal=proposal)
    return steer(program, accept, schemas.AcceptanceRequest, {"values": values}, "revised")


@pages.post(f"{PROPOSAL}/decline")
@page("proposal.answer")
@api.reads(TASKS)
def decline_proposal(program: str, proposal: str) -> Any:
    """Leave a program as it is."""
    programs.load_program(program, asker(), service())
    try:
        body = schemas.DeclineRequest().load(_given("word"))
        cause = api.cause(body, key=request.form.get("key", ""))
        command = commands.DeclineProposal(program, proposal, **body)
        commit = api.execute(command, cause)
    except (ValidationError, Refusal) as refusal:
        return _draw(refusal)
    return desk.lead_to(QUEUE, commit, done="declined")


def _draw(refusal: Refusal | ValidationError | None = None) -> Response:
    who, held, after = asker(), service(), api.after(request.args.get("cursor", ""))
    # Whoever is nobody's therapist has no patients of their own to see.
    mine = request.args.get("whose") != queries.ALL and bool(roster.own(who.identity, held))
    whose = queries.MINE if mine else queries.ALL
    found = queries.queue(whose, who, held, after=after, limit=SHOWN)
    listed = api.listing(found, SHOWN, "order", dict)
    for one in listed["items"]:
        for task in one["tasks"]:
            task["says"] = told(task, task["names"])
    drawn = render_template(
        "prescription/queue.html",
        waiting=listed["items"],
        next=listed["next"],
        mine=mine,
        versions=versions(listed["items"]),
        key=desk.fresh_key(),
        refusal=refusal and refused(refusal),
    )
    status = 422 if isinstance(refusal, ValidationError) else refusal.status if refusal else 200
    return Response(drawn, status, content_type="text/html; charset=utf-8")


def versions(waiting: list[dict[str, Any]]) -> dict[str, int]:
    """Return the programs of tasks, each with the version that a click is made on."""
    ids = {task["program"] for one in waiting for task in one["tasks"]}
    streams = service().streams
    return {one: streams.peek(KIND, asker().tenant, one).version for one in ids}


def _given(*names: str) -> dict[str, str]:
    typed = {name: request.form.get(name, "").strip() for name in names}
    return {name: value for name, value in typed.items() if value}
