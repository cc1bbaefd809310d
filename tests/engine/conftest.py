"""The bench that the engine is tried on."""

from collections.abc import Iterator

import pytest

from shared.mongo import Database
from tests.engine.pipeline import POISON, Bench, open_bench


@pytest.fixture
def bench(database: Database, kafka: str) -> Iterator[Bench]:
    yield open_bench(database, kafka)
    POISON.clear()
