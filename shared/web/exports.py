"""All that the platform keeps of a patient: each service gives its part, whoever asks gathers."""

import csv
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from shared.errors import Refusal
from shared.peers import Away
from shared.service import Export, Rows
from shared.web import accesses, api
from shared.web.identity import allow, asker, service

# What a spreadsheet takes for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
JSON, CSV = "json", "csv"


class Incomplete(Refusal):
    """A service did not give its part: half an export is none."""

    slug = "others-away"
    title = "Not every part answers just now"
    status = 503
    retry_after = 5


class ExportsQuery(Schema):
    """Whose part."""

    patient = fields.String(required=True, validate=validate.Length(1, 100))


class ExportsSchema(Schema):
    """A service's part: rows by kind of record."""

    items = fields.Dict(keys=fields.String(), values=fields.List(fields.Dict()), required=True)


def create_routes(name: str, export: Export) -> Blueprint:
    """Return the route by which other services ask for a service's part."""
    routes = Blueprint("exports", __name__, url_prefix=f"/{name}/v1/exports")

    @routes.route("", methods=["GET"])
    @allow("export.read")
    @routes.arguments(ExportsQuery, location="query")
    @routes.response(200, ExportsSchema)
    def part(query: dict[str, Any]) -> Any:
        asker().disclose([query["patient"]])
        return api.json_answer({"items": own(asker().tenant, query["patient"], export)})

    return routes


def own(tenant: str, patient: str, export: Export) -> Rows:
    """Return this service's part, and who looked at it."""
    looked = accesses.own(asker().identity, patient)
    return {**export(service(), tenant, patient), "access": looked}


def gathered(tenant: str, patient: str, export: Export) -> dict[str, Rows]:
    """Return the parts of all services, by service.

    Raises:
        Incomplete: one of them did not answer.
    """
    found, away = {service().name: own(tenant, patient, export)}, []
    for owner in service().peers.addresses:
        if owner == service().name:
            continue
        try:
            answer = service().peers.get(owner, "exports", tenant, {"patient": patient})
            found[owner] = answer["items"]
        except Away:
            away.append(owner)
    if away:
        raise Incomplete(f"Not answered: {', '.join(away)}. Nothing is left out silently.")
    return found


def answer(found: Mapping[str, Rows], form: str, patient: str) -> Response:
    """Return an export as JSON, or as a zip of one CSV file a kind of record."""
    if form == JSON:
        body, kind = orjson.dumps({"patient": patient, "services": found}), "application/json"
    else:
        body, kind = zipped(found), "application/zip"
    name = f'attachment; filename="record.{"json" if form == JSON else "zip"}"'
    return Response(body, content_type=kind, headers={"Content-Disposition": name})


def zipped(found: Mapping[str, Rows]) -> bytes:
    """Return a zip with a file `service.kind.csv` for each kind of record that has rows."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for owner, kinds in found.items():
            for kind, rows in kinds.items():
                if rows:
                    file.writestr(f"{owner}.{kind}.csv", table(rows))
    return held.getvalue()


def table(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV; columns in the order in which they are first met."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def cell(value: Any) -> str:
    """Return a value as a cell: what holds others as JSON, and no text as a formula."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULAS) else value
    return orjson.dumps(value).decode().strip('"')
