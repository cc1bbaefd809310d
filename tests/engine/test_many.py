"""Many processes share the partitions; they come and go under load, and nothing is lost."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from tests.engine.pipeline import Bench
from tests.waiting import eventually

MEMBERS = 3
SECONDS, CHANGES = 10.0, 4
STREAMS = [f"s{number}" for number in range(24)]


@dataclass
class Group:
    """Processes that share the work of one bench."""

    bench: Bench
    uri: str
    chance: random.Random
    joined: int = 0
    members: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def join(self) -> None:
        """Start one more."""
        where = (self.uri, self.bench.database.name, self.bench.bootstrap, self.bench.service)
        command = [sys.executable, "-m", "tests.engine.member", *where, f"m{self.joined}"]
        self.joined += 1
        self.members.append(subprocess.Popen(command))

    def leave(self) -> None:
        """End one, in order or by SIGKILL."""
        member = self.members.pop(self.chance.randrange(len(self.members)))
        self.chance.choice([member.terminate, member.kill])()
        member.wait()


@contextmanager
def coming_and_going(group: Group) -> Iterator[None]:
    """Let members leave and others join meanwhile; afterwards as many are there as before."""
    stop = Event()

    def change() -> None:
        while not stop.wait(group.chance.uniform(0.5, 2.0)):
            group.leave()
            group.join()

    changing = Thread(target=change, name="changes")
    changing.start()
    try:
        yield
    finally:
        stop.set()
        changing.join()


def test_processes_come_and_go_under_load_and_each_event_is_applied_once(
    bench: Bench, mongodb: str
) -> None:
    group = Group(bench, mongodb, random.Random(8))
    counted: dict[str, list[int]] = {name: [] for name in STREAMS}
    for _ in range(MEMBERS):
        group.join()
    try:
        ends = time.monotonic() + SECONDS
        with coming_and_going(group):
            # On a busy machine they come and go more slowly, and are waited for.
            while time.monotonic() < ends or group.joined < MEMBERS + CHANGES:
                name = group.chance.choice(STREAMS)
                amounts = [group.chance.randrange(100) for _ in range(group.chance.randint(1, 3))]
                bench.count(name, *amounts)
                counted[name] += amounts

        eventually(lambda: {name: bench.amounts(name) for name in STREAMS} == counted, 60)
    finally:
        for member in group.members:
            member.terminate()
        for member in group.members:
            member.wait()
    assert group.joined >= MEMBERS + CHANGES
