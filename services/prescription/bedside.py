"""What commands about a patient need: who is there, the date, that nothing outlives an erasure."""

from datetime import UTC, date
from zoneinfo import ZoneInfo

from prescription import patient
from prescription.patient import Patient
from shared.errors import NotFound
from shared.permission import NOBODY_HERE
from shared.service import Service
from shared.stream import Cause


def check_present(owner: str, service: Service, cause: Cause) -> None:
    """Refuse to write on of somebody who is not there any more.

    Raises:
        NotFound: nobody is here, or the patient was erased.
    """
    if not service.streams.peek(patient.KIND, cause.tenant, owner).state.present:
        raise NotFound(NOBODY_HERE)


def today(found: Patient, service: Service) -> date:
    """Return the date where the patient lives."""
    zone = ZoneInfo(found.registered.zone) if found.registered else UTC
    return service.clock().astimezone(zone).date()


def forget(owner: str, service: Service, cause: Cause) -> None:
    """Destroy what was sealed for a patient who was erased while this command ran."""
    if service.streams.peek(patient.KIND, cause.tenant, owner).state.erased:
        service.vault.erase(cause.tenant, owner)
