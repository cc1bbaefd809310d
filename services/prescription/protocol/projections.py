"""The list of templates that therapists look through."""

from typing import Any

from prescription.search import SHORTEST, folded
from shared.envelope import Envelope
from shared.mongo import Document
from shared.tenancy import qualify
from shared.views import Projection, Views

BRIEF = ("template", "name", "condition", "region", "title", "owner", "edition", "weeks", "source")


def on_published(event: Envelope, views: Views) -> None:
    own = {"word": event.data["word"], "version": 1, "retired": False}
    views.put("templates", {**_identified(event), **own, **_said(event)})


def on_revised(event: Envelope, views: Views) -> None:
    changed = _said(event) | {"version": event.data["version"]}
    views.put("templates", _own(event, views) | changed)


def on_retired(event: Envelope, views: Views) -> None:
    views.put("templates", _own(event, views) | {"retired": True})


def _identified(event: Envelope) -> Document:
    return {"_id": qualify(event.tenant, event.identity), "tenant": event.tenant}


def _said(event: Envelope) -> dict[str, Any]:
    data = event.data
    found = {name: data[name] for name in BRIEF}
    found |= {"phases": len(data["stages"]), "order": f"{data['name'].casefold()}|{event.identity}"}
    found["lacking"] = any(
        item["exercise"] is None for stage in data["stages"] for item in stage["exercises"]
    )
    named = {word for name in ("name", "condition", "title") for word in folded(data[name])}
    beginnings = {word[:end] for word in named for end in range(SHORTEST, len(word))}
    return found | {"words": sorted(named | beginnings)}


def _own(event: Envelope, views: Views) -> Document:
    found = views.get("templates", qualify(event.tenant, event.identity))
    if found is None:
        raise KeyError(event.subject)
    return found


TEMPLATES = Projection(
    name="templates",
    version=1,
    services=("prescription",),
    documents=lambda event: [("templates", qualify(event.tenant, event.identity))],
    handlers={
        "hep.prescription.template.published.v1": on_published,
        "hep.prescription.template.revised.v1": on_revised,
        "hep.prescription.template.retired.v1": on_retired,
    },
)
PROJECTIONS = [TEMPLATES]
INDEXES = ((TEMPLATES, "templates", ("retired", "order")),)
