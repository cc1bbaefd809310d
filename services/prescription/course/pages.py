"""The page of a program, and all that is done on it with one click; what differs between revisions.

What is refused comes back on the program's page, with what changed meanwhile where somebody else
was faster.
"""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from prescription import desk, forms, queries
from prescription.course import commands, schemas
from prescription.course import queries as course
from prescription.course.rules import steering
from prescription.course.stale import since
from prescription.course.telling import sentences
from prescription.forms import Typed
from prescription.labels import say
from prescription.pages import pages
from prescription.projections import LISTS
from prescription.task import queries as tasks
from prescription.task.projections import TASKS
from prescription.task.telling import told
from shared.errors import Invalid, Refusal, Stale
from shared.web import api
from shared.web.identity import asker, page, service

ONE = "/programs/<program>"


@pages.get(ONE)
@page("program.history")
@api.reads(LISTS)
@api.reads(TASKS)
def show_program(program: str) -> Any:
    """Show a program with its revisions, and what can be done with it now."""
    return draw(program)


@pages.post(f"{ONE}/reviews")
@page("program.review")
@api.reads(LISTS)
def review_program(program: str) -> Any:
    """Say that a program was looked at and goes on as it is."""
    return steer(program, commands.ReviewProgram, schemas.ReviewRequest, {}, "reviewed")


@pages.post(f"{ONE}/pause")
@page("program.pause")
@api.reads(LISTS)
def pause_program(program: str) -> Any:
    """Have a program rest."""
    body = _filled("reason", "note")
    return steer(program, commands.PauseProgram, schemas.PauseRequest, body, "paused")


@pages.post(f"{ONE}/resumption")
@page("program.resume")
@api.reads(LISTS)
def resume_program(program: str) -> Any:
    """Have a paused program go on."""
    return steer(program, commands.ResumeProgram, schemas.ResumeRequest, {}, "resumed")


@pages.post(f"{ONE}/steps")
@page("program.revise")
@api.reads(LISTS)
def step_exercise(program: str) -> Any:
    """Move an exercise a step; the button says which: `more:sets`, `harder:` and an id, `other`."""
    way, _, what = request.form.get("do", "").partition(":")
    body = _filled("exercise", "to") | {"step": way}
    if what:
        body |= {"field" if way in ("more", "less") else "to": what}
    return steer(program, commands.StepExercise, schemas.StepRequest, body, "revised")


@pages.post(f"{ONE}/phases")
@page("program.revise")
@api.reads(LISTS)
def change_phase(program: str) -> Any:
    """Have a program go on in another phase."""
    body = _filled("name") | {"number": forms.whole(request.form.get("number", ""))}
    return steer(program, commands.ChangePhase, schemas.PhaseChangeRequest, body, "revised")


@pages.get(f"{ONE}/difference")
@page("program.history")
def show_difference(program: str) -> Any:
    """Show what differs between two revisions; between the last two, where none are named."""
    found, _ = desk.program(program)
    last = len(found["program"]["revisions"])
    asked = {"from": max(1, last - 1), "to": last}
    given = {name: forms.whole(request.args.get(name, "")) for name in asked}
    asked |= {name: int(value) for name, value in given.items() if value in range(1, last + 1)}
    changes = course.difference(program, asked["from"], asked["to"], asker(), service())
    return render_template(
        "prescription/difference.html", **found, asked=asked, changes=sentences(changes)
    )


def draw(program: str, refusal: Refusal | ValidationError | None = None, seen: int = 0) -> Response:
    """Return the page of a program, with what was refused of a click on it, if anything was.

    Args:
        program: its id.
        refusal: why not.
        seen: the version that the click was made on.
    """
    found, version = desk.program(program)
    open_to_change = found["program"]["ended"] is None and not found["patient"]["erased"]
    loaded = queries.load_program(program, asker(), service())
    drawn = render_template(
        "prescription/program.html",
        **found,
        version=version,
        key=desk.fresh_key(),
        steering=steering(),
        steps=course.offered(found["program"], asker(), service()) if open_to_change else {},
        library=desk.library() if open_to_change else [],
        tasks=_tasks(found["program"]) if open_to_change else [],
        refusal=refusal and refused(refusal),
        since=sentences(since(loaded, seen, asker().tenant, service())) if seen else [],
    )
    status = 422 if isinstance(refusal, ValidationError) else refusal.status if refusal else 200
    return Response(drawn, status, content_type="text/html; charset=utf-8")


def steer(program: str, kind: Any, schema: Any, body: Mapping[str, Any], done: str) -> Response:
    """Run what a button asks for."""
    queries.load_program(program, asker(), service())
    version = desk.version(Typed(request.form.items()))
    # Another button of the same page is another command.
    key = ":".join((request.form.get("key", ""), request.form.get("do", "")))
    try:
        asked = schema().load(body)
        cause = api.cause(asked, key=key)
        commit = api.execute(kind(program, version=version, **asked), cause)
    except Stale as stale:
        return draw(program, stale, seen=version)
    except (ValidationError, Refusal) as refusal:
        return draw(program, refusal)
    home = "queue" if request.form.get("back") == "queue" else f"programs/{program}"
    return desk.lead_to(home, commit, done=done)


def _tasks(program: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the program needs a therapist for, as the queue shows it."""
    found = tasks.of_patient(program["patient"], asker(), service())["tasks"]
    own = [task for task in found if task["program"] == program["id"]]
    return [task | {"says": told(task, task["names"])} for task in own]


def refused(refusal: Refusal | ValidationError) -> dict[str, Any]:
    """Return a refusal in the reader's words: a title and sentences."""
    if isinstance(refusal, Stale):
        return {"title": say("Somebody changed this program meanwhile"), "texts": []}
    faults: list[Any] = [say(one.sentence, **one.values) for one in forms.wrong(refusal).values()]
    if isinstance(refusal, Invalid) or not isinstance(refusal, Refusal):
        return {"title": say("This is not saved"), "texts": faults}
    return {"title": say(refusal.title), "texts": [say(refusal.detail)]}


def _filled(*names: str) -> dict[str, str]:
    """Return the controls of these names that were filled in."""
    typed = {name: request.form.get(name, "").strip() for name in names}
    return {name: value for name, value in typed.items() if value}
