"""What a service answers to others about its own streams."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent

from shared.clock import system
from shared.mongo import Database
from tests.engine.counting import open_counting
from tests.given import given_service
from tests.people import SERVICE


@dataclass
class Reads(CommandListener):
    """Remembers with what concern commits were read.

    Attributes:
        concerns: of each read.
    """

    concerns: list[Any] = field(default_factory=list)

    def started(self, event: CommandStartedEvent) -> None:
        if event.command.get("find") == "commits":
            self.concerns.append(event.command.get("readConcern"))

    def succeeded(self, event: object) -> None:
        """Nothing to remember."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to remember."""


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def watched(mongodb: str, database: Database, reads: Reads) -> Iterator[Database]:
    """The test's database, whose reads are remembered."""
    with pymongo.MongoClient(mongodb, tz_aware=True, event_listeners=[reads]) as client:
        yield client[database.name]


def test_heads_tell_only_of_what_no_election_undoes(watched: Database, reads: Reads) -> None:
    counting = open_counting(watched, "")
    counting.count("a", 1)
    counting.count("a", 2)
    name = counting.definition.name
    reads.concerns.clear()

    until = (system() + timedelta(minutes=1)).isoformat()
    with given_service(counting.definition, watched, templates=Path(__file__).parent) as client:
        answer = client.get(
            f"/{name}/v1/heads",
            query_string={"until": until},
            headers={"Authorization": f"Bearer {SERVICE}"},
        )

    assert [head["sequence"] for head in answer.json["items"]] == [2]
    assert reads.concerns == [{"level": "majority"}]
