"""One world for all tests here; none of them changes what another one reads."""

from collections.abc import Iterator

import pytest

from tests.permission import world as worlds
from tests.permission.world import World


@pytest.fixture(scope="module")
def world(mongodb: str) -> Iterator[World]:
    with worlds.standing(mongodb, "test_permission") as world:
        yield world
