"""What the suite runs on: engines (one-machine, containers, or given by environment), a browser.

`HEP_KAFKA` and `HEP_MONGODB` name engines that run already; `--engines=containers` starts pinned
images by testcontainers; otherwise the one-machine engines start, once for all tests.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog
from playwright.sync_api import Browser, expect, sync_playwright

from deploy.local import engines, ports
from shared import mongo
from tests.containers import kafka_container, mongodb_container

# A shared machine may stand still for longer than any deadline of an example.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")
# A page that is as it should be is so at once; one that is not is told of this much later.
expect.set_options(timeout=20_000)
# What fails on purpose is logged often: to draw it with rich took a seventh of all the time.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
EXAMPLES = 5
# These start platforms or go through thousands of steps: begun first, all workers end together.
LONG = {"chaos", "journeys", "engine", "fuzz", "test_rebuild.py"}


def pytest_configure(config: pytest.Config) -> None:
    """Have stacks of workers that run side by side look for ports in ranges of their own."""
    if (examples := config.getoption("--examples")) > EXAMPLES:
        hypothesis.settings.register_profile("long", deadline=None, max_examples=20 * examples)
        hypothesis.settings.load_profile("long")
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        number = int(worker.removeprefix("gw")) + 1
        os.environ["HEP_FIRST_PORT"] = str(ports.FIRST + number * ports.SPAN)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.isdisjoint(item.path.parts))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engines",
        choices=["local", "containers"],
        default="local",
        help="what to run on where HEP_KAFKA and HEP_MONGODB do not say",
    )
    parser.addoption(
        "--examples",
        type=int,
        default=EXAMPLES,
        help="requests that tests/fuzz makes up for each operation",
    )


@pytest.fixture(scope="session")
def engine_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("engines")
    yield data
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def mongodb(request: pytest.FixtureRequest, engine_data: Path) -> Iterator[str]:
    """Address of a server that speaks MongoDB's protocol, with transactions and change streams."""
    if given := os.environ.get("HEP_MONGODB"):
        yield given
        return
    if request.config.getoption("--engines") == "containers":
        with mongodb_container() as uri:
            yield uri
        return
    engine = engines.secantus(engine_data)
    engine.start()
    yield engines.uri(engine.port)
    engine.stop()


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest, engine_data: Path) -> Iterator[str]:
    """Bootstrap address of a Kafka broker."""
    if given := os.environ.get("HEP_KAFKA"):
        yield given
        return
    if request.config.getoption("--engines") == "containers":
        with kafka_container() as bootstrap:
            yield bootstrap
        return
    engine = engines.kafka(engine_data)
    engine.start()
    yield f"127.0.0.1:{engine.port}"
    engine.stop()


@pytest.fixture
def database(mongodb: str) -> Iterator[mongo.Database]:
    """A database of this test's own; a server that is not the suite's is left as it was."""
    with mongo.connect(mongodb, "tests") as client:
        name = f"test_{uuid.uuid4().hex[:12]}"
        yield client[name]
        if os.environ.get("HEP_MONGODB"):
            client.drop_database(name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if not chromium:
        # A newcomer may have none; where changes are judged one must be there.
        missing = "no browser: install chromium (Debian: apt install chromium)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with sync_playwright() as playwright:
        # The sandbox needs rights that a container seldom has; the pages are our own.
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
