"""The pages of imports: give a file in, watch it, fetch the report."""

from typing import Any

from flask import make_response, render_template, request

from prescription import desk, forms, imports, queries
from prescription.bureau import HOME
from prescription.labels import say
from prescription.pages import BOTH, pages
from prescription.projections import LISTS
from prescription.rules import rules
from prescription.sheet import FileImpossible, refuse
from shared.web import api
from shared.web.identity import asker, page, service

AGAIN = "2"

pages.before_request(imports.widen)


@pages.route(f"{HOME}/imports/", methods=BOTH)
@page("import.start")
@api.reads(LISTS)
def give_in() -> Any:
    """Show the imports, and take another."""
    asker().disclose(())
    around: dict[str, Any] = {
        "imports": queries.imports(asker(), service())[:20],
        "limits": rules().intake,
    }
    values = forms.typed(request.form)
    if request.method == "GET":
        return desk.draw("imports.html", values, **around)
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise refuse("Choose a file.")
        kind = values["kind"] if values["kind"] in imports.KINDS else "patients"
        commit, identity = imports.give(kind, values["source"][:200], file, values["key"])
    except FileImpossible as refusal:
        return desk.draw("imports.html", values, refusal, **around)
    return desk.lead_to(f"administration/imports/{identity}", commit, done="import")


@pages.get(f"{HOME}/imports/<intake>")
@page("import.read")
def watch(intake: str) -> Any:
    """Show how far an import has come; the page loads itself anew until it is done."""
    found = queries.find_import(intake, asker(), service())
    for note in found["notes"]:
        note["reason"] = say(note["sentence"], **dict(note["values"]))
    answer = make_response(render_template("prescription/import.html", found=found))
    if not found["done"]:
        answer.headers["Refresh"] = AGAIN
    return answer


@pages.get(f"{HOME}/imports/<intake>/report")
@page("import.read")
def fetch_report(intake: str) -> Any:
    """Return the report as a file."""
    return imports.report(intake)
