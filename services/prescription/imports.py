"""The JSON API of imports: give a file in, see how far it has come, fetch what became of it."""

import csv
import hashlib
import io
from typing import Any

from flask import Response, request
from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import FileStorage

from prescription import answers, bundle, queries, sheet
from prescription.commands import StartImport
from prescription.events import Note
from prescription.intake import KIND
from prescription.labels import label, say
from prescription.projections import LISTS
from prescription.routes import done, routes
from prescription.rules import rules
from shared.store import Commit
from shared.web import api
from shared.web.identity import allow, asker, service

# What a form holds besides the file.
AROUND = 100_000
UPLOADS = ("prescription.start_import", "pages.give_in")
PATIENTS = ("number", "name", "email", "phone", "birth", "site", "therapist", "zone", "language")
STAFF = ("name", "email", "role", "sites")
# Fields that a file must have, all that are taken, and which says who a row is about.
KINDS = {
    "patients": (("number", "name", "birth", "site"), PATIENTS, "number"),
    "staff": (("name", "email", "role"), STAFF, "email"),
}


class ImportRequest(Schema):
    """What a file brings, and whose numbers it has."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    source = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={
            "description": "name of the other system, or the identifier system of a FHIR bundle: "
            "with the record number it says who a row is about, so keep to one"
        },
    )


class ImportFile(Schema):
    """The file: CSV, or a FHIR R4 Bundle of Patient as JSON."""

    file = Upload(required=True)


def widen() -> None:
    """Let a file come in where one is asked for; everywhere else a body stays small."""
    if request.endpoint in UPLOADS:
        request.max_content_length = rules().intake["bytes"] + AROUND
        request.max_form_memory_size = AROUND


routes.before_request(widen)


@routes.route("/imports", methods=["POST"])
@allow("import.start")
@routes.arguments(ImportRequest, location="query")
@routes.arguments(ImportFile, location="files")
@routes.response(202, answers.Created)
def start_import(query: dict[str, Any], files: dict[str, Any]) -> Any:
    """Give in a file of patients or staff; its rows are looked at one after the other from now."""
    commit, identity = give(query["kind"], query["source"], files["file"])
    return done(identity, commit, f"imports/{identity}", 202)


def give(kind: str, source: str, file: FileStorage, key: str = "") -> tuple[Commit, str]:
    """Start an import; return its commit and its id.

    Raises:
        FileImpossible: the file cannot be read as a whole.
    """
    asker().disclose(())
    data = file.stream.read()
    if len(data) > (most := rules().intake["bytes"]):
        raise sheet.refuse("It is larger than %(most)s MB.", most=most // 1_000_000)
    needed, known, named = KINDS[kind]
    is_bundle = kind == "patients" and data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
    found = bundle.read(data, source) if is_bundle else sheet.read(data, needed, known)
    cause = api.cause([kind, source, hashlib.sha256(data).hexdigest()], key=key)
    identity = api.new_id(cause)
    command = StartImport(
        intake=identity,
        kind=kind,
        source=source,
        encoding=found.encoding,
        rows=sheet.compared(found.rows, named),
        ignored=found.ignored,
        sites=asker().span().sites,
    )
    return api.execute(command, cause), identity


@routes.route("/imports", methods=["GET"])
@allow("import.read")
@api.reads(LISTS)
@routes.arguments(api.PageQuery, location="query")
@routes.response(200, answers.page(answers.ListedImport))
def list_imports(query: dict[str, Any]) -> Any:
    """Return the imports, the newest first."""
    after, limit = api.after(query["cursor"]), query["limit"]
    found = queries.imports(asker(), service(), after=after, limit=limit)
    return api.listing(found, limit, "order", dict)


@routes.route("/imports/<intake>", methods=["GET"])
@allow("import.read")
@routes.response(200, answers.Import)
def read_import(intake: str) -> Any:
    """Return how far an import has come, and the first two hundred things to say about its rows."""
    return queries.find_import(intake, asker(), service())


@routes.route("/imports/<intake>/report", methods=["GET"])
@allow("import.read")
@routes.response(200, content_type="text/csv")
def read_report(intake: str) -> Any:
    """Return what is to be said about the rows as CSV, safe to open in a spreadsheet."""
    return report(intake)


def report(identity: str) -> Response:
    """Return the report of an import as a file."""
    found = queries.find(KIND, identity, asker(), service()).state
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(say(one)) for one in ("Line", "What became of it", "Field", "Why")])
    writer.writerows(_cells(note) for note in found.notes)
    name = f"import-{identity[:8]}.csv"
    answer = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _cells(note: Note) -> list[str]:
    word = "refused" if note.refused else "look at it"
    cells = (str(note.line), say(word), label(note.field), say(note.sentence, **dict(note.values)))
    return [sheet.neutral(str(cell)) for cell in cells]
