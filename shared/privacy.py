"""Forgetting a person: in every service, once, by itself, and told with what was destroyed.

The erasure is an ordinary event of prescription's with a consumer of its own in each service. It
schedules due work, which goes on until it is done, whatever is away meanwhile: it destroys the key
and the sealed documents, discards what is parked or was set aside of the person, and closes what
was to be sent and decided. A mark stays in place of the key (shared/vault.py), so that nothing that
comes late is kept. The outcome is published: counts, nobody's data.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from marshmallow import Schema, fields

from shared import commands, session
from shared.due import DUE, Due, following
from shared.envelope import Envelope
from shared.forget import forget
from shared.publication import Publication
from shared.send import INTENTS
from shared.service import Service
from shared.store import Commit
from shared.stream import Cause, Kind
from shared.views import Projection, Views

ERASE = "erase"
ERASED = "hep.prescription.patient.erased.v1"
REASON = "erased"

Messages = Callable[[Service, str, str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """How much of each kind was destroyed: sealed documents, records as received, work to do."""

    sealed: int
    parked: int
    undecodable: int
    intents: int
    due: int


@dataclass(frozen=True, slots=True)
class ErasureCompleted:
    """A service destroyed what it held of an erased patient; counts say how much of each kind."""

    patient: str
    destroyed: Destroyed


class DestroyedSchema(Schema):
    """How much of each kind was destroyed."""

    sealed = fields.Integer(
        required=True, metadata={"description": "cards and texts, with their key"}
    )
    parked = fields.Integer(required=True, metadata={"description": "records that were parked"})
    undecodable = fields.Integer(
        required=True, metadata={"description": "records that were no events and named the patient"}
    )
    intents = fields.Integer(required=True, metadata={"description": "messages not sent any more"})
    due = fields.Integer(required=True, metadata={"description": "decisions not made any more"})


class ErasureCompletedPayload(Schema):
    patient = fields.String(required=True, metadata={"description": "the patient"})
    destroyed = fields.Nested(DestroyedSchema, required=True)


PUBLISHED: Mapping[type, Publication] = {
    ErasureCompleted: Publication("patient.erasure_completed", ErasureCompletedPayload)
}


def on_patient_erased(event: Envelope, views: Views) -> None:
    """Have the patient forgotten: also one who was erased before this service began to act."""
    at = max(event.recorded, views.since)
    views.schedule(event, following(event, ERASE, {"patient": event.identity}, at))


PRIVACY = Projection(
    name="privacy",
    version=1,
    services=("prescription",),
    handlers={ERASED: on_patient_erased},
)
# Each service's own: of a patient there is one erasure, and it is told once.
KIND = Kind("erasure", 0, lambda told, _: told + 1)


def erase(due: Due, service: Service, messages: Messages = lambda *_: ()) -> None:
    """Forget a patient, and tell.

    Args:
        due: whom it is about.
        service: which forgets.
        messages: returns the ids of what it has to send to a patient.
    """
    patient, vault = due.data["patient"], service.vault
    counts = forget(service.database, patient)
    counts["intents"] = _send_nothing(service, messages(service, due.tenant, patient))
    counts["due"] = _decide_nothing(due, service)
    session.forget(service.database, due.tenant, patient)
    vault.mark(due.tenant, patient, counts)
    vault.erase(due.tenant, patient)
    cause = due.cause(service.name)
    commands.run(lambda: _complete(patient, service, cause), cause)


def _complete(patient: str, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(KIND, cause, patient)
    if loaded.state:
        return loaded.commits[-1]
    told = Destroyed(**service.vault.destroyed(cause.tenant, patient))
    events = [ErasureCompleted(patient, told)]
    return service.streams.append(loaded, events, cause, key=patient)


def _send_nothing(service: Service, messages: Iterable[str]) -> int:
    """Have the sender close what is to be sent, as what could not be; it tells so itself."""
    closing = {"state": "closing", "outcome": "failed", "reason": REASON, "due_at": service.clock()}
    chosen = {"_id": {"$in": list(messages)}, "state": "open"}
    return int(service.database[INTENTS].update_many(chosen, {"$set": closing}).modified_count)


def _decide_nothing(due: Due, service: Service) -> int:
    chosen = {"state": "open", "tenant": due.tenant, "data.patient": due.data["patient"]}
    closed = {"state": "refused", "reason": REASON}
    found = service.database[DUE].update_many({**chosen, "kind": {"$ne": ERASE}}, {"$set": closed})
    return int(found.modified_count)
