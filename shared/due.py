"""Due work: what is to be decided at a moment, whatever happens to this process until then.

A document with `due_at`, written in a consumer's transaction. One claimer a service, under a
lease, runs each through the ordinary command handler with the document's id as command id, so
that its effect happens once. What the rule refuses is closed with the refusal shown. What is only
away is waited for; any other failure backs off and after five tries stays listed.

What waits for another try is overtaken by what falls due after it, on its own stream too: else one
reminder that fails would hold back all that follow for its patient, and an erasure. So a handler
decides on the stream as it stands and takes no earlier due work for done; work that must follow
other work is scheduled by its event, as each reminder is by the one before.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from shared import commands
from shared.clock import Clock
from shared.envelope import Envelope
from shared.errors import NotYet, Refusal
from shared.failpoint import failpoint
from shared.lease import Lease, lead
from shared.metrics import DUE as DUE_COUNT
from shared.mongo import Database, Document
from shared.peers import Away
from shared.stream import Cause

DUE = "due"
WINDOW = 50
TRIES = 5
AWAY = timedelta(seconds=30)
EARLIEST = timedelta(days=3650)
ASK_SECONDS = 3600.0

log = structlog.get_logger("due")


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to decide.

    Attributes:
        id: derived from its cause, so that the same cause gives it once.
        kind: which handler decides it.
        tenant: the practice group.
        stream: the stream it will decide on; one at a time is run of each.
        due_at: when.
        sequence: of the event that caused it, to order what is due at the same time.
        data: what the handler needs; ids only.
        correlation: of the event that caused it; `views.schedule` gives it, and what follows.
        causation: the event's id.
        traceparent: W3C trace context of the event.
    """

    id: str
    kind: str
    tenant: str
    stream: str
    due_at: datetime
    sequence: int
    data: Mapping[str, Any]
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""

    def cause(self, actor: str) -> Cause:
        """Return the cause of the command that decides it: the same however often it is run."""
        return Cause(
            tenant=self.tenant,
            actor=actor,
            command=self.id,
            correlation=self.correlation,
            causation=self.causation,
            traceparent=self.traceparent,
        )

    def document(self) -> Document:
        """Return it as the collection `due` keeps it."""
        return {
            "_id": self.id,
            "kind": self.kind,
            "tenant": self.tenant,
            "stream": self.stream,
            "due_at": self.due_at,
            "sequence": self.sequence,
            "data": dict(self.data),
            "correlation": self.correlation,
            "causation": self.causation,
            "traceparent": self.traceparent,
            "state": "open",
            "tries": 0,
        }


Decide = Callable[[Due], None]


@dataclass(slots=True)
class Timer:
    """The claimer of one service's due work.

    Attributes:
        database: where `due` is.
        handlers: kind to the function that decides it; it raises `Refusal` where a rule says no.
        clock: the platform's time.
        holder: name of this process in the lease.
        given: returns what is due and follows from no event, such as what a new version of the
            code brings; asked every hour.
        asked: when it was asked.
    """

    database: Database
    handlers: Mapping[str, Decide]
    clock: Clock
    holder: str
    given: Callable[[], Iterable[Due]] = tuple
    asked: float | None = field(default=None, init=False)

    def run(self, stop: Event) -> None:
        """Decide what falls due, until `stop`."""
        lead(Lease(self.database, "clock", self.holder), self.step, stop)

    def step(self) -> int:
        """Decide one window of what is due now; return how many."""
        self._take()
        now = self.clock()
        # While a deployment rolls, newer code may have scheduled what this cannot decide.
        known = {"$in": list(self.handlers)}
        span = {"$gt": now - EARLIEST, "$lte": now}
        window = (
            self.database[DUE]
            .find({"state": "open", "due_at": span, "kind": known})
            .sort([("due_at", 1), ("stream", 1), ("sequence", 1)])
            .limit(WINDOW)
        )
        found = list(window)
        for document in found:
            self._decide(document, now)
        return len(found)

    def _take(self) -> None:
        """Write down what is given, every hour: what is there already stays as it is."""
        if self.asked is not None and time.monotonic() - self.asked < ASK_SECONDS:
            return
        for due in self.given():
            self.database[DUE].update_one(
                {"_id": due.id}, {"$setOnInsert": due.document()}, upsert=True
            )
        self.asked = time.monotonic()

    def _decide(self, document: Document, now: datetime) -> None:
        due = _read(document)
        changes: Document
        try:
            self.handlers[due.kind](due)
            failpoint("due.after_decision")
            changes = {"state": "done"}
        except (NotYet, Away) as fault:
            log.warning("due_waits", kind=due.kind, reason=type(fault).__name__)
            changes = {"state": "open", "due_at": now + AWAY, "reason": type(fault).__name__}
        except Refusal as refusal:
            changes = {"state": "refused", "reason": refusal.slug}
        except PyMongoError:
            raise
        except Exception as fault:
            tries = document["tries"] + 1
            log.exception("due_failed", kind=due.kind, tries=tries)
            changes = {
                "tries": tries,
                "due_at": now + timedelta(seconds=2**tries),
                "reason": type(fault).__name__,
                "state": "failed" if tries == TRIES else "open",
            }
        self.database[DUE].update_one({"_id": due.id, "state": "open"}, {"$set": changes})
        DUE_COUNT.labels(due.kind, changes["state"]).inc()


def following(
    event: Envelope, kind: str, data: Mapping[str, Any], at: datetime | None = None
) -> Due:
    """Return what an event gives to decide on its own stream, once.

    Args:
        event: what causes it.
        kind: which handler decides it.
        data: what the handler needs; ids only.
        at: when; where nothing is said, as soon as the event is known.
    """
    return Due(
        id=commands.identify(event.id, kind),
        kind=kind,
        tenant=event.tenant,
        stream=event.subject,
        due_at=at or event.recorded,
        sequence=event.sequence,
        data=data,
    )


def _read(document: Document) -> Due:
    return Due(
        id=document["_id"],
        kind=document["kind"],
        tenant=document["tenant"],
        stream=document["stream"],
        due_at=document["due_at"],
        sequence=document["sequence"],
        data=document["data"],
        correlation=document["correlation"],
        causation=document["causation"],
        traceparent=document.get("traceparent", ""),
    )


def prepare(database: Database) -> None:
    """Create the index that windows of due work are read by."""
    database[DUE].create_index([("state", 1), ("due_at", 1)], name="state_due")
