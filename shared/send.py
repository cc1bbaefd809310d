"""Things to send: written with what caused them, sent by one worker, repeated only if cut off.

An intent is written in the consumer's transaction. `send` claims it, calls the channel with the
intent's id as the provider's own key, and records the outcome. A claim that was cut off may have
been delivered: it is sent again, counted in `interrupted`, and told apart by its id. What is not
sent by `useful_until` is closed as expired.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from shared.clock import Clock
from shared.commands import identify
from shared.errors import NotYet, Refusal
from shared.failpoint import failpoint
from shared.lease import Lease, lead
from shared.metrics import SENT
from shared.mongo import Database, Document
from shared.stream import Cause

INTENTS = "intents"
WINDOW = 50
EARLIEST = timedelta(days=3650)

log = structlog.get_logger("send")


class Unsendable(Exception):
    """The channel refuses this for good: a wrong address, a person who opted out."""


class Later(Exception):
    """Not now: the channel or an owner is away, or people sleep. Tried again until it expires.

    Attributes:
        until: when to try again; None for a moment that grows with the tries.
    """

    def __init__(self, reason: str, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.until = until


class Interrupted(Later):
    """The provider was lost while it was told, and may have delivered: tried again, and counted."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to send.

    Attributes:
        id: derived from its cause; the provider's idempotency key.
        kind: which sender sends it.
        tenant: the practice group.
        due_at: not before.
        useful_until: not after; counted from when its cause was recorded.
        data: ids and codes, never a name, an address or a person's words.
        correlation: of the event that caused it; `views.intend` gives it, and what follows.
        causation: the event's id.
        traceparent: W3C trace context of the event.
    """

    id: str
    kind: str
    tenant: str
    due_at: datetime
    useful_until: datetime
    data: Mapping[str, Any]
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""

    def cause(self, actor: str, outcome: str) -> Cause:
        """Return the cause of the command that records an outcome, however often it is run."""
        return Cause(
            tenant=self.tenant,
            actor=actor,
            command=identify(self.id, outcome),
            correlation=self.correlation,
            causation=self.causation,
            traceparent=self.traceparent,
        )

    def document(self) -> Document:
        """Return it as the collection `intents` keeps it."""
        return {
            "_id": self.id,
            "kind": self.kind,
            "tenant": self.tenant,
            "due_at": self.due_at,
            "useful_until": self.useful_until,
            "data": dict(self.data),
            "correlation": self.correlation,
            "causation": self.causation,
            "traceparent": self.traceparent,
            "state": "open",
            "tries": 0,
            "interrupted": 0,
            "reason": "",
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an intent.

    Attributes:
        state: sent, expired or failed.
        detail: which way it went, as its channel says; what kept it, where it was not sent.
    """

    state: str
    detail: str


Deliver = Callable[[Intent], str]
Record = Callable[[Intent, Outcome], None]


@dataclass(slots=True)
class Sender:
    """The sender of one service.

    Attributes:
        database: where `intents` is.
        channels: kind to the function that delivers and returns which way it went; raises
            `Unsendable` or `Later` with a code for the reason.
        record: called with the outcome, to commit it as an event.
        clock: the platform's time.
        holder: name of this process in the lease.
    """

    database: Database
    channels: Mapping[str, Deliver]
    record: Record
    clock: Clock
    holder: str

    def run(self, stop: Event) -> None:
        """Send what is due, until `stop`."""
        lead(Lease(self.database, "send", self.holder), self.step, stop)

    def step(self) -> int:
        """Send one window of what is due now; return how many were tried."""
        now = self.clock()
        window = (
            self.database[INTENTS]
            .find(
                {
                    "state": {"$in": ["open", "sending", "closing"]},
                    "due_at": {"$gt": now - EARLIEST, "$lte": now},
                }
            )
            .sort("due_at", 1)
            .limit(WINDOW)
        )
        found = list(window)
        for document in found:
            self._send(document, now)
        return len(found)

    def _send(self, document: Document, now: datetime) -> None:
        intent = Intent(
            id=document["_id"],
            kind=document["kind"],
            tenant=document["tenant"],
            due_at=document["due_at"],
            useful_until=document["useful_until"],
            data=document["data"],
            correlation=document.get("correlation", ""),
            causation=document.get("causation", ""),
            traceparent=document.get("traceparent", ""),
        )
        # Whoever finds it being sent knows that a delivery was cut off and may repeat.
        interrupted = document["interrupted"] + (document["state"] == "sending")
        if document["state"] == "closing":
            self._record(document, intent, now)
        elif now > intent.useful_until:
            self._close(document, intent, Outcome("expired", document["reason"]), now)
        elif self._move(document, state="sending", interrupted=interrupted):
            self._deliver(document, intent, now)

    def _deliver(self, document: Document, intent: Intent, now: datetime) -> None:
        try:
            way = self.channels[intent.kind](intent)
            failpoint("send.after_delivery")
        except Unsendable as fault:
            self._close(document, intent, Outcome("failed", str(fault)), now)
        except Later as fault:
            # A delivery whose end nobody saw may repeat, as one that this process was killed in.
            cut_off = document["interrupted"] + isinstance(fault, Interrupted)
            changes = {"state": "open", "reason": str(fault), "interrupted": cut_off}
            self._again(document, now, fault.until, **changes)
        except Exception as fault:
            log.exception("send_failed", kind=intent.kind)
            self._again(document, now, state="open", reason=type(fault).__name__)
        else:
            self._close(document, intent, Outcome("sent", way), now)

    def _close(self, document: Document, intent: Intent, outcome: Outcome, now: datetime) -> None:
        """Note the outcome before it is committed: cut off in between, nothing is sent again."""
        if self._move(document, state="closing", outcome=outcome.state, reason=outcome.detail):
            failpoint("send.before_record")
            self._record(document, intent, now)

    def _record(self, document: Document, intent: Intent, now: datetime) -> None:
        outcome = Outcome(document["outcome"], document["reason"])
        try:
            self.record(intent, outcome)
        except PyMongoError:
            raise
        except Exception as fault:
            log.exception("outcome_not_recorded", kind=intent.kind)
            # What a rule refuses for good is not asked again.
            if isinstance(fault, NotYet) or not isinstance(fault, Refusal):
                self._again(document, now)
                return
        failpoint("send.after_record")
        self._move(document, state=outcome.state)
        SENT.labels(intent.kind, outcome.state).inc()

    def _again(
        self, document: Document, now: datetime, until: datetime | None = None, **changes: Any
    ) -> None:
        tries = document["tries"] + 1
        due_at = until or now + timedelta(seconds=min(2**tries, 300))
        log.warning("send_later", kind=document["kind"], tries=tries, reason=changes.get("reason"))
        self._move(document, tries=tries, due_at=due_at, retried=until is None, **changes)

    def _move(self, document: Document, **changes: Any) -> bool:
        """Write changes; tell whether the intent was as it was read, and not another sender's."""
        seen = {name: document[name] for name in ("_id", "state", "interrupted")}
        document.update(changes)
        return self.database[INTENTS].update_one(seen, {"$set": changes}).matched_count == 1


def prepare(database: Database) -> None:
    """Create the index that windows of intents are read by."""
    database[INTENTS].create_index([("state", 1), ("due_at", 1)], name="state_due")
