"""How often something may be tried, counted in the store by several processes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import monitoring

from shared import limit, metrics, mongo
from shared.errors import TooMany
from shared.limit import Limiter
from shared.mongo import Database
from shared.tokens import Unauthorized
from shared.vault import Vault
from tests.given import RING, given_service
from tests.people import ANA
from tests.web.test_kit import DEFINITION

# The store sweeps what lies in the past.
NOON = datetime(2126, 9, 7, 12, tzinfo=UTC)
KIND = "token.address"


class Writes(monitoring.CommandListener):
    """Counts what is sent to the store."""

    def __init__(self) -> None:
        self.count = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.count += event.command_name in ("update", "find")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Do nothing."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Do nothing."""


def limiter(database: Database) -> Limiter:
    limit.prepare(database)
    return Limiter(database, Vault(database, RING), lambda: NOON)


def refused(found: Limiter, tries: int, whom: str = "192.0.2.1") -> int:
    count = 0
    for _ in range(tries):
        try:
            found.take(KIND, whom)
        except TooMany:
            count += 1
    return count


def test_so_many_are_let_in_and_the_next_is_told_when_to_come_again(database: Database) -> None:
    found = limiter(database)

    assert refused(found, 100) == 0
    with pytest.raises(TooMany) as told:
        found.take(KIND, "192.0.2.1")
    assert 1 <= told.value.retry_after <= 60


def test_two_processes_count_together(database: Database) -> None:
    first, second = limiter(database), limiter(database)

    assert refused(first, 60) == 0
    assert refused(second, 60) == 20


def test_one_does_not_hinder_another(database: Database) -> None:
    found = limiter(database)
    refused(found, 150)

    assert refused(found, 100, "192.0.2.2") == 0


def test_the_next_span_begins_anew(database: Database) -> None:
    refused(limiter(database), 150)
    later = Limiter(database, Vault(database, RING), lambda: NOON.replace(minute=1))

    assert refused(later, 100) == 0


def test_ten_thousand_tries_are_counted_and_cost_a_few_hundred_questions(mongodb: str) -> None:
    told = metrics.LIMITED.labels(KIND)
    before, writes = told._value.get(), Writes()  # noqa: SLF001 - what Prometheus reads
    with mongo.connect(mongodb, "tests") as plain:
        address = plain.address
    assert address
    client = mongo.Client(*address, directConnection=True, event_listeners=[writes], tz_aware=True)
    with client:
        found = limiter(client["test_limit"])
        client["test_limit"]["limits"].delete_many({})

        assert refused(found, 10_000) == 9_900
        assert writes.count <= 250
        client.drop_database("test_limit")
    assert told._value.get() == before + 9_900  # noqa: SLF001


def test_the_store_does_not_say_whom(database: Database) -> None:
    refused(limiter(database), 1)

    assert "192.0.2.1" not in str(list(database["limits"].find()))


class Suspicious:
    """Takes one token for good, and all others for forged."""

    def verify(self, token: str, *, page: bool = False) -> Any:
        del page
        if token == "over":
            raise Unauthorized("It is over.", "expired")
        raise Unauthorized("It is forged.", "signature")


def test_forged_tokens_are_at_last_answered_429_and_others_are_not_hindered(
    database: Database,
) -> None:
    with given_service(DEFINITION, database, Path(__file__).parent) as client:
        good = client.application.extensions["hep"]
        # All within one span, whenever this runs.
        client.application.extensions["hep.limiter"].clock = lambda: NOON

        def statuses(token: str, times: int, verifier: Any) -> set[int]:
            object.__setattr__(good, "verifier", verifier)
            headers = {"Authorization": f"Bearer {token}"}
            path = "/counting/v1/counters/x"
            return {client.get(path, headers=headers).status_code for _ in range(times)}

        cast = good.verifier
        assert statuses("forged", 100, Suspicious()) == {401}
        assert statuses("forged", 5, Suspicious()) == {429}
        assert statuses("over", 5, Suspicious()) == {401}
        assert statuses(ANA, 1, cast) == {403}
