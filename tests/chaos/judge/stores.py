"""What the stores hold, read over MongoDB's wire."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pymongo import MongoClient

from .case import READS, Case

Stream = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: where it stands, which command wrote it, and its events as type and data."""

    service: str
    tenant: str
    stream: str
    first: int
    last: int
    sequence: int
    key: str
    command: str
    events: tuple[tuple[str, dict[str, Any], int | None], ...]

    @property
    def id(self) -> str:
        return f"{self.service} {self.tenant}|{self.stream}|{self.first}"


@dataclass(slots=True)
class Stores:
    """What all services hold.

    Attributes:
        commits: in the order of their streams.
        ledgers: by service, as (consumer, topic, key), with the state and each stream's sequence.
        intents: messages to send, with how often a delivery was cut off.
        failed: due commands that were given up.
    """

    commits: list[Commit] = field(default_factory=list)
    ledgers: dict[str, dict[tuple[str, str, str], tuple[str, dict[str, int]]]] = field(
        default_factory=dict
    )
    intents: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def events(self, *types: str) -> Iterator[tuple[Commit, dict[str, Any]]]:
        """Yield the events of these types, each with its commit."""
        for commit in self.commits:
            for name, data, _ in commit.events:
                if name in types:
                    yield commit, data


def read(case: Case) -> Stores:
    """Read all stores."""
    stores = Stores()
    client: MongoClient[dict[str, Any]] = MongoClient(case.mongodb, appname="judge")
    with client:
        for service in READS:
            database = client[case.databases[service]]
            commits = (_commit(service, found) for found in database["commits"].find({}))
            stores.commits += sorted(commits, key=lambda one: (one.tenant, one.stream, one.first))
            stores.ledgers[service] = dict(map(_ledger, database["ledgers"].find({})))
            for intent in database["intents"].find({}):
                stores.intents[intent["_id"]] = intent["interrupted"]
            for due in database["due"].find({"state": "failed"}):
                stores.failed.append(f"{service} {due['kind']} {due['_id']}")
    return stores


def _commit(service: str, found: dict[str, Any]) -> Commit:
    tenant, stream = found["stream"].split("|")
    return Commit(
        service=service,
        tenant=tenant,
        stream=stream,
        first=found["from"],
        last=found["to"],
        sequence=found["sequence"],
        key=found["key"],
        command=found["command"],
        events=tuple(
            (event["type"], event["data"], event.get("sequence")) for event in found["events"]
        ),
    )


def _ledger(found: dict[str, Any]) -> tuple[tuple[str, str, str], tuple[str, dict[str, int]]]:
    consumer, topic, _epoch, key = found["_id"].split("|", 3)
    return (consumer, topic, key), (found["state"], found["streams"])
