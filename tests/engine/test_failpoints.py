"""Wherever a process dies, another goes on: nothing is lost, and nothing is done twice."""

import ast
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from shared import generation, kafka, mongo
from shared.envelope import encode, publish
from shared.main import ROLES
from shared.mongo import Database
from shared.publication import topic_name
from shared.service import Definition, Service
from shared.verify import verify
from tests.engine.counting import build
from tests.engine.mortal import ASKED, define
from tests.waiting import eventually

STREAMS = ("asked", "decided", "told")
# Of each of two things that are asked two events come, and of each event one of each kind.
COUNTED = [22, 44, 44]
Process = subprocess.Popen[bytes]
ROOT = Path(__file__).parents[2]
POINTS = (
    "stream.after_append",
    "relay.in_scan",
    "relay.before_ack",
    "relay.after_ack",
    "consume.before_commit",
    "consume.after_commit",
    "heal.before_commit",
    "heal.after_commit",
    "due.after_decision",
    "send.after_delivery",
    "send.before_record",
    "send.after_record",
    "rebuild.before_switch",
    "rebuild.after_switch",
)


@contextmanager
def process(
    database: Database, uri: str, bootstrap: str, inbox: Path, point: str
) -> Iterator[Process]:
    where = (uri, database.name, bootstrap, database.name)
    roles = "consume" if point.startswith("heal.") else ROLES
    environment = os.environ | {"HEP_FAILPOINT": point, "INBOX": str(inbox), "ROLES": roles}
    command = [sys.executable, "-m", "tests.engine.mortal", *where]
    found: Process = subprocess.Popen(command, env=environment)
    try:
        yield found
    finally:
        found.terminate()
        found.wait(30)


def leave_gap(definition: Definition, service: Service) -> None:
    """Send the last of what was asked and nothing before it: the dying one has no relay."""
    load = service.streams.store.load
    eventually(lambda: len(load("north", "counter-asked")) == len(ASKED))
    topic, last = topic_name(definition.name), load("north", "counter-asked")[-1]
    kafka.ensure_topic(service.settings.kafka, topic)
    producer = kafka.producer(service.settings.kafka, "test")
    for event in publish(last, definition.name, definition.codec, definition.published):
        producer.send(topic, key=event.key.encode(), value=encode(event)).get(10)
    producer.close()


def live(uri: str, bootstrap: str, folder: Path, point: str) -> list[str]:
    """Let a process die at a point and another go on; return what is wrong in the end."""
    name, inbox = f"svc{uuid.uuid4().hex[:8]}", folder / point
    definition = define(name)
    with mongo.connect(uri, name) as client:
        database = client[name]
        service = build(definition, database, bootstrap)
        with process(database, uri, bootstrap, inbox, point) as dying:
            if point.startswith("heal."):
                leave_gap(definition, service)
            dying.wait(60)
        with process(database, uri, bootstrap, inbox, ""), suppress(AssertionError):
            eventually(lambda: counted(database) == COUNTED, 90)
            eventually(lambda: is_live(database, definition), 90)
        died = dying.returncode == -signal.SIGKILL
        return [*judge(definition, service, inbox), *([] if died else ["it did not die"])]


def counted(database: Database) -> list[int]:
    """Return what the generation that is built has counted of each stream."""
    found = [database["totals.totals@2"].find_one({"_id": f"north|{name}"}) for name in STREAMS]
    return [each["total"] if each else 0 for each in found]


def is_live(database: Database, definition: Definition) -> bool:
    return generation.live(database, definition.projections[0]).generation == 2


def judge(definition: Definition, service: Service, inbox: Path) -> Iterator[str]:
    """Yield what was lost, what was done twice, and what is not at rest."""
    database = service.database
    yield from map(str, verify(definition, service).findings)
    if counted(database) != COUNTED:
        yield f"counted to {counted(database)}"
    if not is_live(database, definition):
        yield "what was built is not live"
    if len(service.streams.store.load("north", "counter-asked")) != len(ASKED):
        yield "what was asked is not committed once"
    delivered = inbox.read_text().split() if inbox.exists() else []
    repeated = {each for each in delivered if delivered.count(each) > 1}
    cut_off = {each["_id"] for each in database["intents"].find({"interrupted": {"$gt": 0}})}
    if len(set(delivered)) != 4 or not repeated <= cut_off:
        yield f"mails {delivered}"


@pytest.fixture(scope="module")
def lives(
    mongodb: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """Live through all points, some at once: most of it is waiting for what the dead one held."""
    folder = tmp_path_factory.mktemp("inboxes")
    bootstrap = request.getfixturevalue("kafka")
    with ThreadPoolExecutor(3) as pool:
        found = pool.map(lambda point: live(mongodb, bootstrap, folder, point), POINTS)
        return dict(zip(POINTS, found, strict=True))


@pytest.mark.invariant(n=7)
@pytest.mark.parametrize("point", POINTS)
def test_a_process_that_dies_here_loses_nothing_and_does_nothing_twice(
    lives: dict[str, list[str]], point: str
) -> None:
    assert lives[point] == []


def named() -> Iterator[str]:
    """Yield the points that the kit names."""
    for file in (ROOT / "shared").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "failpoint":
                yield ast.literal_eval(node.args[0])


def test_every_point_is_died_at_and_listed_for_operators() -> None:
    text = (ROOT / "docs" / "trust.md").read_text()
    listed = re.findall(r"^\| `(\w+\.\w+)` \|", text, re.MULTILINE)

    assert sorted(named()) == sorted(POINTS) == sorted(listed)
