"""What is looked up of clinical records."""

from dataclasses import asdict
from typing import Any

from prescription import queries
from prescription.record import chart
from shared.permission import Asker
from shared.service import Service


def show(patient: str, asker: Asker, service: Service) -> tuple[dict[str, Any], int]:
    """Return a patient's record and its version, 0 where nothing was put in yet.

    Raises:
        NotFound: nobody is here for this asker.
    """
    queries.in_reach(patient, asker, service)
    loaded = service.streams.peek(chart.KIND, asker.tenant, patient)
    return {"patient": patient, **asdict(loaded.state)}, loaded.version
