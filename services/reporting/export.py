"""What this service shows of a patient: it keeps nothing that others do not keep too."""

from dataclasses import asdict
from typing import Any

from reporting import queries
from shared.service import Rows, Service


def export(service: Service, tenant: str, patient: str) -> Rows:
    """Return the days of the patient's programs as the timeline has them."""
    today = queries.today(service, tenant, patient)
    return {
        "day": [
            {"program": found["program"], **day}
            for found in queries.programs(service, tenant, patient)
            for day in _days(service, found, today)
        ]
    }


def _days(service: Service, document: dict[str, Any], today: Any) -> list[dict[str, Any]]:
    found = queries.timeline(service, document["tenant"], document["program"], today)
    return [asdict(day) for day in found.days]
