"""A program on paper: how each exercise is done, and a sheet to write down what was done.

The browser prints it or saves it as PDF; the paper's size is chosen by the page.
"""

from typing import Any

from flask import render_template, request

from prescription import desk, exercise
from prescription.pages import pages
from shared.web.identity import asker, page, service

PAPERS = ("a4", "letter")
# Days of a log sheet: two weeks fit beside the names in large type.
DAYS = range(14)


@pages.get("/programs/<program>/print")
@page("program.history")
def print_program(program: str) -> Any:
    """Show a program as it is printed, in large type, with a blank log sheet."""
    found, _ = desk.program(program)
    paper = request.args.get("paper", "")
    language = found["patient"]["language"]
    rows = [one | _told(one, language) for one in found["program"]["exercises"]]
    return render_template(
        "prescription/print.html",
        **found,
        rows=rows,
        paper=paper if paper in PAPERS else PAPERS[0],
        papers=PAPERS,
        days=DAYS,
    )


def _told(one: dict[str, Any], language: str) -> dict[str, Any]:
    """Return what an exercise says of itself in the patient's language, in its version."""
    state = service().streams.peek(exercise.KIND, asker().tenant, one["exercise"]).state
    version = state.versions[one["version"] - 1]
    wordings = version.guide.wordings if version.guide else ()
    own = next((wording for wording in wordings if wording.language == language), None)
    said = own or version
    return {"plain_name": said.plain_name, "steps": said.steps, "stop_if": said.stop_if}
