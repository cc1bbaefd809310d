import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import stack
from deploy.local.stack import Stack
from tests.deploy.programs import HERE, Program, Run, start


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start Python with these arguments; whatever still runs is told to stop in the end."""
    started: list[Program] = []

    def launch(*command: object) -> Program:
        started.append(start(tmp_path / f"{len(started)}.out", *command))
        return started[-1]

    yield launch
    for program in started:
        if program.process.poll() is None:
            program.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Issuer, edge and mail catcher, with a stand-in for the prescription service.

    It ends before another stack starts, which could take the ports of the parts that are away.
    """
    data = tmp_path_factory.mktemp("front")
    program = start(data / "front.out", HERE / "front.py", data, "all")
    program.says("Everything is up")
    yield stack.load(data)
    assert program.end() == 0, program.said
