"""A platform on engines of its own that has lived through faults, for all tests of a file."""

from collections.abc import Iterator

import pytest

from tests.chaos.lived import Lived
from tests.chaos.run import Size, history_in, run
from tests.chaos.verdict import case
from tests.running import running

SEED = 7
SHORT = Size(duration=36, part=6, patients=4)


# A platform takes half a core while it runs: no longer than one file needs it.
@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("chaos")
    history = history_in(folder)
    with running(folder / "data", "", "") as platform:
        run(platform, history, SEED, SHORT)
        yield Lived(case(platform.stack, history.file))
