"""A running platform for the journeys of a file: each makes a practice group of its own."""

from collections.abc import Iterator

import pytest

from tests.running import Platform, running


# A platform takes half a core while it runs: no longer than one file needs it.
@pytest.fixture(scope="module")
def platform(
    tmp_path_factory: pytest.TempPathFactory, kafka: str, mongodb: str
) -> Iterator[Platform]:
    with running(tmp_path_factory.mktemp("platform") / "data", kafka, mongodb) as found:
        yield found
