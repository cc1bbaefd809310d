"""All that this service keeps of a patient, with words opened."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from adherence import queries
from adherence.projections import PROGRAMS
from adherence.signals import queries as signals
from shared.service import Rows, Service
from shared.tenancy import LIMIT


def export(service: Service, tenant: str, patient: str) -> Rows:
    """Return the patient's sessions, milestones, signals and supporters, as rows by kind."""
    programs = [found["program"] for found in _programs(service, tenant, patient)]
    return {
        "session": [row for found in programs for row in _sessions(service, tenant, found)],
        "milestone": [
            {"program": found, **row}
            for found in programs
            for row in queries.milestones(service, tenant, found)
        ],
        "signal": [row for found in programs for row in signals.noticed(service, tenant, found)],
        "supporter": [asdict(found) for found in queries.supporters(service, tenant, patient)],
    }


def _programs(service: Service, tenant: str, patient: str) -> Iterator[dict[str, Any]]:
    documents, after = service.documents(PROGRAMS, "programs"), ""
    while page := documents.page(
        tenant, {"patient": patient}, order="program", after=after, limit=LIMIT
    ):
        yield from page
        after = page[-1]["program"]


def _sessions(service: Service, tenant: str, program: str) -> Iterator[dict[str, Any]]:
    after = ""
    while page := queries.sessions(service, tenant, program, after=after, limit=LIMIT):
        for found in page:
            yield {name: value for name, value in found.items() if name not in ("_id", "tenant")}
        after = page[-1]["local_date"]
