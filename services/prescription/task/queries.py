"""What pages and routes read of tasks: who needs a therapist, most urgent first."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from prescription import queries, roster, shelves
from prescription.task.policies import settled
from prescription.task.projections import TASKS
from prescription.task.rules import rank
from prescription.task.telling import english
from shared.mongo import Document
from shared.permission import Asker
from shared.service import Service

MINE, ALL = "mine", "all"


def queue(
    whose: str, asker: Asker, service: Service, *, after: str = "", limit: int = 50
) -> list[dict[str, Any]]:
    """Return patients with open tasks, most urgent first, one more than asked where there are more.

    Args:
        whose: mine, those of the asker's own patients; all, those at the asker's sites.
        asker: sees those of the asker's sites.
        service: whose.
        after: `order` of the last one before.
        limit: of the page.
    """
    chosen: dict[str, Any] = {"waiting": True}
    if (sites := asker.span().sites) is not None:
        chosen["site"] = {"$in": list(sites)}
    if whose == MINE:
        chosen["therapist"] = {"$in": roster.own(asker.identity, service)}
    documents = service.documents(TASKS, "desks")
    page = documents.page(asker.tenant, chosen, order="order", after=after, limit=limit)
    asker.disclose(found["patient"] for found in page[:limit])
    return _named(page, asker, service)


def of_patient(identity: str, asker: Asker, service: Service) -> dict[str, Any]:
    """Return a patient's open tasks, and what was told of late, as `queue` has it.

    Raises:
        NotFound: nobody is here for this asker.
    """
    queries.in_reach(identity, asker, service)
    found = service.documents(TASKS, "desks").get(asker.tenant, identity)
    if found is None:
        return {"patient": identity, "programs": {}, "tasks": []}
    return _named([found], asker, service)[0]


def _named(page: Iterable[Document], asker: Asker, service: Service) -> list[dict[str, Any]]:
    found = [one | {"tasks": _tasks(one)} for one in page]
    tasks = [task for one in found for task in one["tasks"]]
    offered = {offer["exercise"] for task in tasks for offer in task["offers"]}
    names = {one["id"]: one["name"] for one in shelves.named([*offered], asker, service)}
    titles = {program["title"] for one in found for program in one["programs"].values()} - {None}
    words = service.vault.open(asker.tenant, [*titles, *(one["patient"] for one in found)])
    for one in found:
        card = words.get(one["patient"], {})
        one["name"] = card.get("name") if isinstance(card, dict) else None
        for task in one["tasks"]:
            program = one["programs"].get(task["program"], {})
            task |= {"title": words.get(program.get("title") or ""), "names": names}
            task["reason"] = english(task, names)
    return found


def _tasks(desk: Document) -> list[dict[str, Any]]:
    """Return a patient's open tasks, most urgent first; what is settled is as good as closed."""
    found = [
        {"id": identity, **task}
        for identity, task in desk["open"].items()
        if settled(desk, task) is None
    ]
    return sorted(found, key=lambda task: (rank(task["kind"]), task["raised"], task["id"]))


def answer(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task as answers.Task has it."""
    day = task["day"] and date.fromisoformat(task["day"])
    names = ("id", "program", "kind", "reason", "number", "of", "proposal", "offers")
    own = {name: task[name] for name in names}
    return own | {"day": day, "raised": datetime.fromisoformat(task["raised"])}
