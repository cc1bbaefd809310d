"""All that this service keeps of a patient, with words opened."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from prescription import bedside, patient, program, story
from prescription.care import plan, queries
from prescription.flags import queries as flags
from prescription.flags import screening
from prescription.projections import LISTS
from prescription.record import chart
from prescription.task import board
from shared.service import Rows, Service
from shared.tenancy import LIMIT

# What happened to programs, each as rows of its own.
HAPPENED = ("revision", "review", "pause", "answer")


def export(service: Service, tenant: str, identity: str) -> Rows:
    """Return the patient's card and record, programs, care and screens, by kind."""
    programs = list(_programs(service, tenant, identity))
    plans = _plans(service, tenant, identity)
    visits = [visit for found in plans for visit in found.pop("visits")]
    screens = service.streams.peek(screening.KIND, tenant, identity)
    return {
        "patient": list(_patient(service, tenant, identity)),
        "program": programs,
        "task": list(_tasks(service, tenant, identity)),
        **{kind: _apart(programs, f"{kind}s") for kind in HAPPENED},
        "plan": plans,
        "visit": visits,
        "screen": flags.tell(screens, tenant, service),
        "record": list(_record(service, tenant, identity)),
    }


def _tasks(service: Service, tenant: str, identity: str) -> Iterator[dict[str, Any]]:
    """Yield what was opened and closed about a patient, with what therapists said of it."""
    for commit in service.streams.peek(board.KIND, tenant, identity).commits:
        for stored in commit.events:
            words = service.vault.open(tenant, [stored.data.get("word") or ""])
            said = {"word": next(iter(words.values()), None)} if "word" in stored.data else {}
            told = {"event": stored.type, "recorded": commit.recorded, "actor": commit.actor}
            yield {**stored.data, **told, **said}


def _apart(programs: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Take what happened to programs out of them, as rows of their own."""
    return [{"program": found["id"], **row} for found in programs for row in found.pop(kind)]


def _patient(service: Service, tenant: str, identity: str) -> Iterator[dict[str, Any]]:
    found = service.streams.peek(patient.KIND, tenant, identity).state
    if found.registered:
        precautions = found.registered.precautions or ""
        opened = service.vault.open(tenant, [identity, precautions])
        card: dict[str, Any] = opened.get(identity, {})
        yield card | asdict(found.registered) | {"precautions": opened.get(precautions)}


def _plans(service: Service, tenant: str, identity: str) -> list[dict[str, Any]]:
    found = service.streams.peek(patient.KIND, tenant, identity).state
    loaded = service.streams.peek(plan.KIND, tenant, identity)
    return queries.tell(loaded, bedside.today(found, service), tenant, service)


def _record(service: Service, tenant: str, identity: str) -> Iterator[dict[str, Any]]:
    loaded = service.streams.peek(chart.KIND, tenant, identity)
    if loaded.version:
        yield asdict(loaded.state)


def _programs(service: Service, tenant: str, identity: str) -> Iterator[dict[str, Any]]:
    documents, after = service.documents(LISTS, "programs"), ""
    while page := documents.page(
        tenant, {"patient": identity}, order="order", after=after, limit=LIMIT
    ):
        for found in page:
            loaded = service.streams.peek(program.KIND, tenant, found["program"])
            yield story.tell(loaded, tenant, service)
        after = page[-1]["order"]
