"""A world of its own for those who send it nonsense."""

from collections.abc import Iterator

import pytest

from tests.permission import world as worlds
from tests.permission.world import World


@pytest.fixture(scope="module")
def world(mongodb: str) -> Iterator[World]:
    with worlds.standing(mongodb, "test_fuzz") as world:
        yield world


@pytest.fixture(scope="session")
def examples(request: pytest.FixtureRequest) -> int:
    """How many requests are made up for each operation; `make fuzz` makes up many."""
    return int(request.config.getoption("--examples"))
