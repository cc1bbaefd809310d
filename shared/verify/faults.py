"""What can be wrong with a service, and which command mends each."""

from collections.abc import Mapping
from dataclasses import dataclass

NOTHING = "No command mends this"


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of thing that is not as it must be.

    Attributes:
        area: of the service: store, topic, ledger and so on.
        title: what is wrong, said of a number of them.
        advice: what the command does, what to wait for, or where to read where none mends it.
        command: arguments of the service's command line; `{}` stands for what is concerned.
        note: whether it is only to be known: nothing is wrong.
    """

    area: str
    title: str
    advice: str
    command: tuple[str, ...] = ()
    note: bool = False


RELAY = ("work", "--roles", "relay")
CONSUME = ("work", "--roles", "consume")
STORE = f"{NOTHING}: docs/operators.md, When the store itself is wrong."
AUDITED = f"{NOTHING}: docs/operators.md, When the audit does not hold."
REBUILT = "A new generation is built beside this one; then drop the old one."

# In the order of cause and effect: mend from the top.
FAULTS: Mapping[str, Fault] = {
    "store-gap": Fault("store", "commits do not follow the one before", STORE),
    "store-sequence": Fault("store", "commits have sequences that do not go on", STORE),
    "store-key": Fault("store", "commits have another Kafka key than their stream", STORE),
    "relay-none": Fault("topic", "relays never began", "It sends the whole store.", RELAY),
    "relay-topic": Fault(
        "topic", "topics are not those that were written", "It sends the whole store.", RELAY
    ),
    "relay-ahead": Fault(
        "topic", "partitions end before what they acknowledged", "It sends the whole store.", RELAY
    ),
    "topic-lacks": Fault(
        "topic",
        "published events are not in Kafka",
        "The relay sends the whole store again; readers drop what they know.",
        ("republish",),
    ),
    "topic-foreign": Fault("topic", "events in Kafka are not in the store", STORE),
    "topic-order": Fault(
        "topic",
        "streams have events that came late",
        "Readers waited for them; nothing is to be done.",
        note=True,
    ),
    "owner-away": Fault(
        "topic",
        "owners could not be asked how far their streams go",
        "Their topics were believed. Start them and verify again.",
        note=True,
    ),
    "undecodable": Fault(
        "topic",
        "records were set aside because they are no events",
        "What is missing comes from its owner. Find who wrote them, then dismiss them.",
        ("undecodable", "dismiss", "{}", "--reason", "REASON", "--actor", "ID"),
    ),
    "partition-paused": Fault(
        "ledger",
        "partitions are paused because too many keys are parked",
        "Once the cause is mended, all are drained; or discard some: it goes on by itself.",
        ("parked", "drain"),
    ),
    "position-none": Fault(
        "ledger", "partitions have no position", "It reads them from the beginning.", CONSUME
    ),
    "position-beyond": Fault(
        "ledger", "positions are beyond the log's end", "It reads them from the beginning.", CONSUME
    ),
    "position-behind": Fault("ledger", "partitions are not read to the end", "Wait.", CONSUME),
    "ledger-waiting": Fault(
        "ledger",
        "keys wait for what is missing",
        "Wait: it is fetched from the owner, which must run; the log's owner_away says if not.",
        CONSUME,
    ),
    "ledger-parked": Fault(
        "ledger",
        "keys are parked",
        "Once the cause is mended; or leave the one commit out: parked discard.",
        ("parked", "drain", "{}"),
    ),
    "ledger-unlisted": Fault(
        "ledger", "keys are parked without a record", "It goes on.", ("parked", "drain", "{}")
    ),
    "ledger-behind": Fault(
        "ledger",
        "streams are not applied to their end",
        "All heads are compared now, and what is missing is fetched from its owner.",
        ("compare",),
    ),
    "ledger-beyond": Fault(
        "ledger", "streams are applied beyond their end", REBUILT, ("rebuild", "{}")
    ),
    "fold-failed": Fault(
        "projection",
        "applied events cannot be applied again",
        f"{NOTHING}: the code was changed without raising the projection's version.",
    ),
    "document-lost": Fault("projection", "documents are missing", REBUILT, ("rebuild", "{}")),
    "document-foreign": Fault(
        "projection", "documents follow from no event", REBUILT, ("rebuild", "{}")
    ),
    "document-differs": Fault(
        "projection", "documents differ from their events", REBUILT, ("rebuild", "{}")
    ),
    "generation-building": Fault(
        "projection", "generations are being built", "Wait.", CONSUME, note=True
    ),
    "generation-old": Fault(
        "projection",
        "old generations take room",
        "When nobody wants to compare them any more.",
        ("rebuild", "{}"),
        note=True,
    ),
    "intent-lost": Fault(
        "effect", "intents are missing", "They are written back.", ("verify", "--restore")
    ),
    "intent-foreign": Fault(
        "effect", "intents follow from no event", f"{NOTHING}: look at how they came to be."
    ),
    "intent-stuck": Fault(
        "effect",
        "intents were to be sent long ago",
        "What was cut off may repeat; what is of no use any more is closed as expired.",
        ("work", "--roles", "send"),
    ),
    "due-lost": Fault(
        "effect", "due work is missing", "It is written back.", ("verify", "--restore")
    ),
    "due-foreign": Fault(
        "effect", "due work follows from no event", f"{NOTHING}: look at how it came to be."
    ),
    "due-overdue": Fault(
        "effect", "due work was due long ago", "It is decided.", ("work", "--roles", "clock")
    ),
    "due-failed": Fault(
        "effect",
        "due work failed five times",
        "Once the cause is mended, which the log line due_failed tells: they are decided again.",
        ("retry",),
    ),
    "lease-free": Fault(
        "lease",
        "leases are held by nobody",
        "Nothing of it is done until somebody does.",
        ("work", "--roles", "{}"),
        note=True,
    ),
    "audit-changed": Fault("audit", "entries are not what was written", AUDITED),
    "audit-missing": Fault("audit", "entries are gone", AUDITED),
    "audit-seal": Fault("audit", "seals do not hold", AUDITED),
}
