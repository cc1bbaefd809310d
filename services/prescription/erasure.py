"""The certificate of an erasure: who asked, what each service destroyed, what is still to come."""

from datetime import datetime
from typing import Any

from prescription import patient, queries
from prescription.patient import Patient
from prescription.projections import ERASURES, SERVICES
from prescription.retention import retention
from shared.mongo import Document
from shared.permission import Asker
from shared.service import Service
from shared.stream import Loaded


def certificate(identity: str, asker: Asker, service: Service) -> dict[str, Any]:
    """Return what became of an erasure, as answers.Erasure has it; nobody asked for one: no date.

    Raises:
        NotFound: nobody is here for this asker.
    """
    queries.in_reach(identity, asker, service)
    loaded = service.streams.peek(patient.KIND, asker.tenant, identity)
    if not loaded.state.erased:
        unasked: dict[str, Any] = {"patient": identity, "asked": None, "by": None}
        return unasked | {"completed": [], "outstanding": [], "outlives": []}
    asked, by = decided(loaded, "PatientErased")
    completed = _completed(service, asker.tenant, identity)
    return {
        "patient": identity,
        "asked": asked,
        "by": by,
        "completed": [
            {"service": name, "at": datetime.fromisoformat(told["at"]), **told["destroyed"]}
            for name, told in sorted(completed.items())
        ],
        "outstanding": [name for name in SERVICES if name not in completed],
        "outlives": [
            {"name": left.name, "text": left.text, "until": left.until(asked.date())}
            for left in retention().outlives
        ],
    }


def decided(loaded: Loaded[Patient], kind: str) -> tuple[datetime, str]:
    """Return when the latest event of a kind was recorded, and the id of who decided it."""
    commits = [
        commit for commit in loaded.commits if any(stored.type == kind for stored in commit.events)
    ]
    return commits[-1].recorded, commits[-1].actor


def _completed(service: Service, tenant: str, identity: str) -> dict[str, Any]:
    found: Document = service.documents(ERASURES, "erasures").get(tenant, identity) or {}
    return dict(found.get("completed", {}))
