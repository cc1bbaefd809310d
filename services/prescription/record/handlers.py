"""The handler of clinical records."""

from collections.abc import Mapping

from prescription import patient
from prescription.edition import check_read
from prescription.record import chart
from prescription.record.commands import SetRecord
from prescription.rules import rules
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause


def set_record(command: SetRecord, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(chart.KIND, cause, command.patient)
    check_read(loaded, command.version)
    whose = service.streams.peek(patient.KIND, cause.tenant, command.patient).state
    events = chart.put(command, whose, rules())
    return service.streams.append(loaded, events, cause, key=command.patient)


HANDLERS: Mapping[type, Handler] = {SetRecord: set_record}
