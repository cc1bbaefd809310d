"""One running platform for all journeys: each makes a practice group of its own."""

from collections.abc import Iterator

import pytest

from tests.running import Platform, running


# A platform takes half a core while it runs: no longer than its own tests need it.
@pytest.fixture(scope="package")
def platform(
    tmp_path_factory: pytest.TempPathFactory, kafka: str, mongodb: str
) -> Iterator[Platform]:
    with running(tmp_path_factory.mktemp("platform") / "data", kafka, mongodb) as found:
        yield found
