"""All that this service keeps of a patient."""

from notifications import queries
from shared.service import Rows, Service

KEPT = (
    "message",
    "program",
    "kind",
    "local_date",
    "state",
    "channel",
    "reason",
    "written",
    "sent_at",
    "milestones",
)


def export(service: Service, tenant: str, patient: str) -> Rows:
    """Return what the patient was told, as rows by kind."""
    return {
        "message": [
            {name: found[name] for name in KEPT}
            for found in queries.messages(service, tenant, patient)
        ]
    }
