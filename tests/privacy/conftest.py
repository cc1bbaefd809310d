"""A practice group of its own for each test: erasing is for ever."""

from collections.abc import Iterator

import pytest

from shared import mongo
from tests.privacy.world import Practice, open_practice


@pytest.fixture
def practice(database: mongo.Database) -> Iterator[Practice]:
    yield open_practice(database)
    client = database.client
    for name in client.list_database_names():
        if name.startswith(f"{database.name}_"):
            client.drop_database(name)
