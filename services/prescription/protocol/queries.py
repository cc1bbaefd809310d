"""What is looked up of templates: a list by name and words, one with all of its parts."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from prescription import roster, shelves
from prescription.protocol import template
from prescription.protocol.projections import BRIEF, TEMPLATES
from prescription.queries import find
from prescription.search import folded
from shared.errors import NotFound, Refusal
from shared.mongo import Document
from shared.permission import NOBODY_HERE, Asker
from shared.service import Service

# How many are looked through at most: a practice has some hundred.
MOST = 2000


class OfAnother(Refusal):
    """A template is changed by who answers for it, or for all clinics."""

    slug = "template-of-another"
    title = "Somebody else answers for this template"


def templates(
    text: str,
    asker: Asker,
    service: Service,
    *,
    region: str = "",
    retired: bool = False,
    after: str = "",
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Return templates by name, one more than asked where there are more.

    Args:
        text: words of the name, the condition or the title, whole or from their third letter on.
        asker: whose practice.
        service: whose.
        region: part of the body; empty for all.
        retired: those that are in use no more instead of those that are.
        after: `order` of the last one before.
        limit: of the page.
    """
    words = set(folded(text))
    found = service.documents(TEMPLATES, "templates").every(
        asker.tenant, {"retired": retired}, order="order", after=after
    )
    fitting = (
        _brief(one)
        for one in islice(found, MOST)
        if words.issubset(one["words"]) and region in ("", one["region"])
    )
    return list(islice(fitting, limit + 1))


def show(identity: str, asker: Asker, service: Service) -> tuple[dict[str, Any], int]:
    """Return a template with all its parts, and its version.

    Raises:
        NotFound: there is none for this asker.
    """
    loaded = find(template.KIND, identity, asker, service)
    state = loaded.state
    if state.latest is None:
        raise NotFound(NOBODY_HERE)
    found = asdict(state.latest)
    named = list(_named(found))
    names = {one["id"]: one["name"] for one in shelves.named(named, asker, service)}
    for stage in found["stages"]:
        for item in stage["exercises"]:
            item["called"] = names.get(item["exercise"])
        for one in (*stage["entry"], *stage["exit"]):
            one["called"] = names.get(one["exercise"])
    told = {"version": len(state.versions), "word": state.word, "retired": state.retired}
    return {**found, **told, "id": identity}, loaded.version


def check_answering(identity: str, asker: Asker, service: Service) -> None:
    """Refuse a change by somebody who answers neither for the template nor for all clinics.

    Raises:
        NotFound: there is no such template.
        OfAnother: it is so.
    """
    latest = find(template.KIND, identity, asker, service).state.latest
    owner = latest.owner if latest else None
    own = owner is not None and owner == whose(asker, service)
    if asker.identity.is_limited and not own:
        raise OfAnother("Ask who answers for it, or put in one of your own.")


def whose(asker: Asker, service: Service) -> str | None:
    """Return the staff member as whom somebody signs in; None where nobody is known as that."""
    return roster.staff(asker.identity.subject, asker.tenant, service)


def _named(found: dict[str, Any]) -> Iterator[str]:
    for stage in found["stages"]:
        for one in (*stage["exercises"], *stage["entry"], *stage["exit"]):
            if one["exercise"]:
                yield one["exercise"]


def _brief(found: Document) -> dict[str, Any]:
    names = (*BRIEF, "version", "word", "retired", "phases", "lacking", "order")
    return {name: found[name] for name in names} | {"id": found["template"]}
