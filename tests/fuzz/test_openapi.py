"""Whatever is sent, the answer is one that the OpenAPI document names, and soon there."""

import pytest

from tests.fuzz import calls
from tests.permission.world import NAMES, World


# A document of a hundred operations takes a slow machine, shared with two others, ten minutes.
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("service", NAMES)
def test_every_answer_is_as_the_document_says(world: World, service: str, examples: int) -> None:
    found = calls.made_up(service, world, examples)

    assert not found.wrong, "\n".join(f"{where}: {text}" for where, text in found.wrong.items())
    assert found.calls > 200
    assert {"coverage", "fuzzing", "stateful"} <= {phase.lower() for phase in found.phases}
