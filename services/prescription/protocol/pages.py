"""The pages of templates: look through them, look at one whole, retire it."""

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from prescription import desk, queries
from prescription.forms import Typed
from prescription.labels import label, say
from prescription.pages import pages
from prescription.protocol import commands
from prescription.protocol import queries as templates
from prescription.protocol.projections import TEMPLATES
from prescription.protocol.template import AlreadyRetired
from prescription.rules import rules
from shared.errors import Stale
from shared.web import api
from shared.web.identity import asker, page, service

HOME = "/templates"
ONE = f"{HOME}/<template>"
REFUSALS = (Stale, AlreadyRetired, templates.OfAnother)


@pages.get(HOME)
@page("template.read")
@api.reads(TEMPLATES)
def show_templates() -> Any:
    """Show all templates, or those that words and a part of the body find."""
    return render_template("prescription/templates.html", **_list())


@pages.get(ONE)
@page("template.read")
@api.reads(TEMPLATES)
def show_template(template: str) -> Any:
    """Show a template with its phases, criteria, doses and source."""
    return render_template("prescription/template.html", **_list(), **_one(template))


@pages.post(f"{ONE}/retire")
@page("template.retire")
@api.reads(TEMPLATES)
def retire_template(template: str) -> Any:
    """Have a template fill no draft any more; what a rule refuses comes back on its page."""
    try:
        templates.check_answering(template, asker(), service())
        version = desk.version(Typed(request.form.items()))
        command = commands.RetireTemplate(template, version)
        commit = api.execute(command, api.cause({}, key=request.form.get("key", "")))
    except REFUSALS as refusal:
        told = {"title": say(refusal.title), "text": say(str(refusal))}
        around: dict[str, Any] = {**_list(), **_one(template), "refusal": told}
        drawn = render_template("prescription/template.html", **around)
        return Response(drawn, refusal.status, content_type="text/html; charset=utf-8")
    return desk.lead_to(f"templates/{template}", commit, done="retired")


def _list() -> dict[str, Any]:
    """Return the list that stands left: what was asked for, what was found, where it goes on."""
    text, region = request.args.get("q", ""), request.args.get("region", "")
    region = region if region in rules().guide["regions"] else ""
    retired = request.args.get("retired", "") == "true"
    after, limit = api.after(request.args.get("cursor", "")), 50
    found = templates.templates(
        text, asker(), service(), region=region, retired=retired, after=after, limit=limit
    )
    listed = api.listing(found, limit, "order", dict)
    given = {"q": text, "region": region, "retired": "true" if retired else ""}
    given = {name: value for name, value in given.items() if value}
    return {
        "asked": {"q": text, "region": region, "retired": retired},
        "query": urlencode(given),
        "templates": listed["items"],
        "next": listed["next"] and urlencode(given | {"cursor": listed["next"]}),
    }


def _one(identity: str) -> dict[str, Any]:
    """Return what the page of a template shows of it."""
    found, version = templates.show(identity, asker(), service())
    owner = found["owner"]
    return {
        "template": found,
        "version": version,
        "owner": owner and queries.find_staff(owner, asker(), service())[0]["name"],
        "changes": not asker().identity.is_limited
        or (owner is not None and owner == templates.whose(asker(), service())),
        "fields": lambda names: ", ".join(str(label(name)).lower() for name in names),
        "key": desk.fresh_key(),
        "refusal": None,
    }
