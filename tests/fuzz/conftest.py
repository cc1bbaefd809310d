"""A world of its own for those who send it nonsense."""

from collections.abc import Iterator

import pytest

from shared import mongo
from tests.permission import world as worlds
from tests.permission.world import World

NAME = "test_fuzz"


@pytest.fixture(scope="module")
def world(mongodb: str) -> Iterator[World]:
    with mongo.connect(mongodb, "tests") as client:
        yield worlds.made(client[NAME])
        for name in client.list_database_names():
            if name.startswith(NAME):
                client.drop_database(name)


@pytest.fixture(scope="session")
def examples(request: pytest.FixtureRequest) -> int:
    """How many requests are made up for each operation; `make fuzz` makes up many."""
    return int(request.config.getoption("--examples"))
