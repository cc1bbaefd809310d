"""All that this service keeps of a patient, with words opened."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from prescription import patient, program, story
from prescription.projections import LISTS
from prescription.record import chart
from shared.service import Rows, Service
from shared.tenancy import LIMIT


def export(service: Service, tenant: str, identity: str) -> Rows:
    """Return the patient's card, record, programs and their revisions, as rows by kind."""
    programs = list(_programs(service, tenant, identity))
    revised = [
        {"program": found["id"], **revision}
        for found in programs
        for revision in found.pop("revisions")
    ]
    return {
        "patient": list(_patient(service, tenant, identity)),
        "program": programs,
        "record": list(_record(service, tenant, identity)),
        "revision": revised,
    }


def _patient(service: Service, tenant: str, identity: str) -> Iterator[dict[str, Any]]:
    found = service.streams.peek(patient.KIND, tenant, identity).state
    if found.registered:
        precautions = found.registered.precautions or ""
        opened = service.vault.open(tenant, [identity, precautions])
        card: dict[str, Any] = opened.get(identity, {})
        yield card | asdict(found.registered) | {"precautions": opened.get(precautions)}


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
