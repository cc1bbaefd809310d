"""The bench that the engine is tried on, and the same one with a proxy before each engine."""

from collections.abc import Iterator

import pytest

from shared import consume, lease, mongo, relay, waits
from shared.mongo import Database
from tests.engine.pipeline import POISON, Bench, open_bench
from tests.wire.kafka import KafkaProxy
from tests.wire.mongodb import MongoProxy


@pytest.fixture
def bench(database: Database, kafka: str) -> Iterator[Bench]:
    yield open_bench(database, kafka)
    POISON.clear()


@pytest.fixture
def store(mongodb: str) -> Iterator[MongoProxy]:
    """The way to the store."""
    proxy = MongoProxy(mongodb)
    yield proxy
    proxy.stop()


@pytest.fixture
def broker(kafka: str) -> Iterator[KafkaProxy]:
    """The way to the broker."""
    proxy = KafkaProxy(kafka)
    yield proxy
    proxy.stop()


@pytest.fixture
def wired(
    bench: Bench, store: MongoProxy, broker: KafkaProxy, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """The bench's service, whose ways to its engines a test breaks."""
    for module in (relay, consume, lease):
        monkeypatch.setattr(module, "RETRY_SECONDS", 0.1)
    with mongo.connect(store.uri, "wired") as client:
        yield bench.through(client[bench.database.name], broker.bootstrap)


@pytest.fixture
def nobody_waits() -> Iterator[None]:
    """What parts of an earlier test waited for is forgotten."""
    waits.TOLD.clear()
    yield
    waits.TOLD.clear()
