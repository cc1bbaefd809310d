"""Check a service against its engines, and say what is wrong and which command mends it.

Whole streams have versions 1..n and sequences 1..m. The topic holds exactly the published events
of the store. Ledgers stand where topics end. What the projections hold equals the fold of the
events that their ledgers say were applied, document by document, and so do the ids of what they
sent and decided. What waits, is parked, late or led by nobody is told as what it is.
"""

from datetime import UTC, datetime

from shared import generation, kafka
from shared.due import DUE
from shared.generation import live
from shared.send import INTENTS
from shared.service import Definition, Service
from shared.verify import audits, effects, leases, ledgers, projections, sources, topics
from shared.verify.ledgers import Reading
from shared.verify.projections import Folded
from shared.verify.report import Finding, Report
from shared.verify.sources import Source
from shared.verify.stores import Stored
from shared.views import Views

__all__ = ["Finding", "Moving", "Report", "verify"]
# Far enough for a service that never began to act, and a date that zones can be applied to.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


class Moving(Exception):
    """Events came in while looking, so nothing can be said: verify again when it is quiet."""


def verify(definition: Definition, service: Service) -> Report:
    """Check one service; it reads only, and holds the topics in memory.

    Raises:
        Moving: the platform was not at rest.
    """
    report, stored = Report(), Stored()
    report.add(stored.read(definition, service))
    report.streams, report.events = stored.streams, len(stored.events)
    found = _sources(definition, service, stored)
    log = found[definition.name].log
    report.add(topics.relayed(service.database, stored, log))
    report.add(topics.published(stored, log))
    _read(definition, service, found, report)
    report.add(effects.overdue(service.database, service.clock()))
    report.add(leases.free(service.database))
    report.add(audits.held(service.database))
    for source in found.values():
        report.add(source.away())
        if kafka.ends(service.settings.kafka, source.log.topic) != source.log.ends:
            raise Moving
    return report


def _sources(definition: Definition, service: Service, stored: Stored) -> dict[str, Source]:
    owners = {owner for projection in definition.projections for owner in projection.services}
    found = {owner: sources.another(service, owner) for owner in owners - {definition.name}}
    return {definition.name: sources.own(definition, service, stored), **found}


def _read(
    definition: Definition, service: Service, found: dict[str, Source], report: Report
) -> None:
    """Check what the service has made of what it read."""
    database = service.database
    policies = database["policies"].find_one({"_id": "since"}) or {"at": NEVER}
    folded = Folded()
    for projection in (live(database, each) for each in definition.projections):
        read = [
            (Reading(projection, database, found[owner].log), found[owner])
            for owner in projection.services
        ]
        for reading, source in read:
            report.add(reading.findings(source))
        folded.fold(projection, read, Views(policies["at"]))
        report.documents += projections.count(projection, database)
        report.add(projections.compared(projection, database, folded))
        report.add(projections.generations(database, projection))
    report.add(folded.failed)
    report.add(ledgers.stuck(database, generation.kept(database, definition.projections)))
    report.add(ledgers.paused(database))
    report.add(ledgers.aside(database))
    for name in (INTENTS, DUE):
        there = {document["_id"] for document in database[name].find({}, {"_id": 1})}
        owed = folded.owed.get(name, {})
        report.documents += len(there)
        report.lost += [(name, owed[identity]) for identity in owed.keys() - there]
        report.add(effects.compared(name, there, owed, folded.allowed.get(name, {})))
