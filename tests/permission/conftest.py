"""One world for all tests here; none of them changes what another one reads."""

from collections.abc import Iterator

import pytest

from shared import mongo
from tests.permission import world as worlds
from tests.permission.world import World

NAME = "test_permission"


@pytest.fixture(scope="module")
def world(mongodb: str) -> Iterator[World]:
    with mongo.connect(mongodb, "tests") as client:
        yield worlds.made(client[NAME])
        for name in client.list_database_names():
            if name.startswith(NAME):
                client.drop_database(name)
