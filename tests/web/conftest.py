"""The four services, for tests of what all pages and answers keep."""

from collections.abc import Iterator

import pytest

from tests.permission import world as worlds
from tests.permission.world import World


@pytest.fixture(scope="module")
def world(mongodb: str) -> Iterator[World]:
    with worlds.standing(mongodb, "test_web") as world:
        yield world
