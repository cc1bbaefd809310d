"""A running platform for the journeys of a file: each makes a practice group of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Platform, running


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where platforms keep their keys: what one has sealed in the suite's store the next opens."""
    return tmp_path_factory.mktemp("platform") / "data"


# A platform takes half a core while it runs: no longer than one file needs it.
@pytest.fixture(scope="module")
def platform(data: Path, kafka: str, mongodb: str) -> Iterator[Platform]:
    with running(data, kafka, mongodb) as found:
        yield found
