"""The JSON API of templates: found, looked at, put in, changed, retired."""

from typing import Any

from marshmallow import fields, validate

from prescription import answers as shared_answers
from prescription.protocol import answers, commands, queries, schemas
from prescription.protocol.projections import TEMPLATES
from prescription.routes import changed, done, routes
from prescription.rules import rules
from prescription.schemas import LINE
from shared.web import api
from shared.web.identity import allow, asker, service

REGIONS = ["", *rules().guide["regions"]]


class TemplatesQuery(api.PageQuery):
    """Query of the templates."""

    q = fields.String(load_default="", validate=validate.Length(max=LINE))
    region = fields.String(load_default="", validate=validate.OneOf(REGIONS))
    retired = fields.Boolean(
        load_default=False, metadata={"description": "those that fill drafts no more"}
    )


@routes.route("/templates", methods=["GET"])
@allow("template.read")
@api.reads(TEMPLATES)
@routes.arguments(TemplatesQuery, location="query")
@routes.response(200, shared_answers.page(answers.ListedTemplate))
def list_templates(query: dict[str, Any]) -> Any:
    """Return templates by name; words and a part of the body narrow them down."""
    narrowed = {name: query[name] for name in ("region", "retired", "limit")}
    after = api.after(query["cursor"])
    found = queries.templates(query["q"], asker(), service(), after=after, **narrowed)
    return api.listing(found, query["limit"], "order", dict)


@routes.route("/templates/<template>", methods=["GET"])
@allow("template.read")
@routes.response(200, answers.Template)
def read_template(template: str) -> Any:
    """Return a template with all its parts."""
    found, version = queries.show(template, asker(), service())
    return found, 200, {"ETag": f'"{version}"'}


@routes.route("/templates", methods=["POST"])
@allow("template.publish")
@routes.arguments(schemas.TemplateRequest)
@routes.response(201, shared_answers.Created)
def publish_template(body: dict[str, Any]) -> Any:
    """Put a template into the library of the practice; without an owner it is the asker's."""
    cause = api.cause(body)
    template = api.new_id(cause)
    command = commands.PublishTemplate(template=template, **_owned(body))
    return done(template, api.execute(command, cause), f"templates/{template}")


@routes.route("/templates/<template>/revisions", methods=["POST"])
@allow("template.revise")
@routes.doc(parameters=[api.IF_MATCH])
@routes.arguments(schemas.TemplateRequest)
@routes.response(201, shared_answers.Created)
def revise_template(body: dict[str, Any], template: str) -> Any:
    """Say what a template of the practice's own is like, all of it; If-Match names the version."""
    queries.check_answering(template, asker(), service())
    return changed(commands.ReviseTemplate, template, "templates", _owned(body))


@routes.route("/templates/<template>/retirement", methods=["POST"])
@allow("template.retire")
@routes.doc(parameters=[api.IF_MATCH])
@routes.response(201, shared_answers.Created)
def retire_template(template: str) -> Any:
    """Have a template fill no draft any more; programs made from it go on."""
    queries.check_answering(template, asker(), service())
    return changed(commands.RetireTemplate, template, "templates", {})


def _owned(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with the asker as the owner where it names nobody."""
    return body | {"owner": body["owner"] or queries.whose(asker(), service())}
