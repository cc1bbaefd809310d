"""What commands about a patient need: who is there, the date, that nothing outlives an erasure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

from prescription import exercise, patient
from prescription.dosage import Shelf
from prescription.patient import Patient
from prescription.program import Desk
from prescription.record import chart
from prescription.rules import rules
from prescription.text import Texts
from shared.errors import NotFound
from shared.permission import NOBODY_HERE
from shared.service import Service
from shared.store import Commit
from shared.stream import Cause, Loaded


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


def desk(
    owner: str,
    exercises: Iterable[str | None],
    kept: Mapping[str, int],
    service: Service,
    tenant: str,
) -> Desk:
    """Return what a decision on a program needs, folded from the streams themselves.

    Args:
        owner: the patient.
        exercises: that are asked for; those that the patient's site has, or that are kept, count.
        kept: exercises that the program has, wherever they come from, to their versions.
        service: whose.
        tenant: the practice group.
    """
    found = service.streams.peek(patient.KIND, tenant, owner).state
    site = found.registered.site if found.registered else ""
    states = {
        one: service.streams.peek(exercise.KIND, tenant, one).state for one in exercises if one
    }
    library = {one: state for one, state in states.items() if one in kept or state.serves(site)}
    known = service.streams.peek(chart.KIND, tenant, owner).state
    return Desk(found, Shelf(library, kept), today(found, service), rules(), known.conditions)


def append(
    loaded: Loaded[Any],
    events: list[object],
    texts: Texts,
    owner: str,
    service: Service,
    cause: Cause,
) -> Commit:
    """Seal what was said of a patient, then append what was decided.

    The patient may be erased meanwhile: nothing outlives that.
    """
    texts.seal(service.vault, owner)
    commit = service.streams.append(loaded, events, cause, key=owner)
    forget(owner, service, cause)
    return commit


def forget(owner: str, service: Service, cause: Cause) -> None:
    """Destroy what was sealed for a patient who was erased while this command ran."""
    if service.streams.peek(patient.KIND, cause.tenant, owner).state.erased:
        service.vault.erase(cause.tenant, owner)
