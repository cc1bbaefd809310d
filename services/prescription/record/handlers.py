"""The handler of clinical records."""

from collections.abc import Mapping

from prescription import patient
from prescription.record import chart
from prescription.record.commands import SetRecord
from prescription.rules import rules
from shared.errors import Fault, Stale
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause


def set_record(command: SetRecord, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(chart.KIND, cause, command.patient)
    if command.version != loaded.version:
        told = Fault("/If-Match", f'It is at "{loaded.version}" now.')
        raise Stale("Somebody changed this since you read it. Read it again.", faults=[told])
    whose = service.streams.peek(patient.KIND, cause.tenant, command.patient).state
    events = chart.put(command, whose, rules())
    return service.streams.append(loaded, events, cause, key=command.patient)


HANDLERS: Mapping[type, Handler] = {SetRecord: set_record}
