"""What the state machine lets act, one step at a time: relays, members of a group, the broker.

All over the real engines. Only Kafka's group coordinator is stood in for, by the share that a
member is told: a real rebalance takes seconds, and tests/engine/test_many.py has them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from shared import envelope, kafka
from shared.consume import Consumer, LogChanged
from shared.envelope import Envelope
from shared.lease import Lease
from shared.publication import topic_name
from shared.term import Deposed, Term
from shared.written import BrokerLost
from tests.engine.pipeline import Bench
from tests.waiting import eventually

PAST = datetime(2000, 1, 1, tzinfo=UTC)
# What the loops of relay and consumer wait out: they start over.
FAULTS = (Deposed, BrokerLost, LogChanged, kafka.Fault)


class Died(BaseException):
    """The process ended here, as by `kill -9`."""


@dataclass
class Death:
    """Stands in for the failpoints: the process that comes to this one dies, once."""

    at: str = ""

    def __call__(self, name: str) -> None:
        if name == self.at:
            self.at = ""
            raise Died(name)


class Actor:
    """A process: what it does between two yields is one step."""

    acting: Iterator[None] | None = None

    def begin(self) -> Iterator[None]:
        raise NotImplementedError

    def step(self) -> None:
        """Begin, or go on. What ends by a fault begins anew the next time.

        Raises:
            Died: where it was to.
        """
        self.acting = self.acting or self.begin()
        try:
            if next(self.acting, self) is self:
                self.end()
        except FAULTS:
            self.acting = None
        except Died:
            self.acting = None
            raise

    def end(self) -> None:
        if self.acting:
            self.acting.close()  # type: ignore[attr-defined]
        self.acting = None


@dataclass
class Leader(Actor):
    """A relay, as long as it leads, or believes to.

    Attributes:
        bench: whose.
        holder: its name in the lease.
        term: the last one.
        lost: set where it has noticed that another may lead.
        looks: whether it looks for what was skipped or lost before its next step.
    """

    bench: Bench
    holder: str
    term: Term | None = None
    lost: Event = field(default_factory=Event)
    looks: bool = False

    def begin(self) -> Iterator[None]:
        self.lost, self.term = Event(), None
        lease = Lease(self.bench.database, "relay", self.holder)
        lease.prepare()
        if not lease.acquire():
            return
        with self.bench.relay(self.holder).leading(lease.token, self.lost) as self.term:
            while True:
                if self.looks:
                    self.term.look()
                self.term.step()
                yield

    def is_zombie(self, fence: int) -> bool:
        """Tell whether it goes on with a term after which another began."""
        return self.acting is not None and self.term is not None and self.term.fence < fence

    def be_another(self) -> None:
        """Start anew after a death: with another name, once the lease has run out."""
        self.holder += "'"
        expire(self.bench)


def expire(bench: Bench) -> None:
    """Let the relay's lease run out."""
    bench.database["leases"].update_one({"_id": "relay"}, {"$set": {"until": PAST}})


@dataclass
class Member(Actor):
    """A consumer with the share of the partitions that it knows of.

    Attributes:
        bench: whose.
        holder: its name.
        share: its partitions.
        client: that it reads by.
    """

    bench: Bench
    holder: str
    share: set[int]
    client: Any = None
    consumer: Consumer = field(init=False)

    def __post_init__(self) -> None:
        self.consumer = self.bench.consumer(self.holder)

    def begin(self) -> Iterator[None]:
        with self.consumer.reading(self._assign) as self.client:
            while True:
                self.consumer.step(self.client)
                yield

    def give(self, share: set[int]) -> None:
        """Tell it that its share is another; without any it leaves."""
        self.share = share
        if not share:
            self.end()
        elif self.acting:
            self._assign(self.client, [topic_name(self.bench.service)])

    def be_another(self) -> None:
        """Start anew after a death, in a process that knows nothing."""
        self.consumer = self.bench.consumer(self.holder)

    def _assign(self, client: Any, names: Sequence[str]) -> None:
        client.assign([TopicPartition(name, number) for name in names for number in self.share])


@dataclass
class Topic:
    """What the broker has of the topic, as somebody reads it who is no part of the platform.

    Attributes:
        bench: whose.
        id: of the topic, empty while there is none.
        log: its events, by partition.
    """

    bench: Bench
    id: str = ""
    log: dict[int, list[Envelope]] = field(default_factory=lambda: defaultdict(list))
    reader: Any = None

    def read(self) -> None:
        """Read what has come."""
        if not self.id:
            self._open()
        if self.reader is None:
            return
        ends = self.reader.end_offsets(self.reader.assignment())
        while any(self.reader.position(partition) < end for partition, end in ends.items()):
            for partition, records in self.reader.poll(timeout_ms=50).items():
                self.log[partition.partition] += [envelope.decode(found.value) for found in records]

    def wipe(self) -> None:
        """Delete it, as a broker has it whose disk was emptied."""
        name = topic_name(self.bench.service)
        self.close()
        admin = KafkaAdminClient(bootstrap_servers=self.bench.bootstrap)
        if kafka.topic_ids(self.bench.bootstrap, [name]):
            admin.delete_topics([name])
        admin.close()
        eventually(lambda: not kafka.topic_ids(self.bench.bootstrap, [name]))

    def close(self) -> None:
        if self.reader:
            self.reader.close(autocommit=False)
        self.id, self.reader = "", None
        self.log.clear()

    def _open(self) -> None:
        name = topic_name(self.bench.service)
        self.id = kafka.topic_ids(self.bench.bootstrap, [name]).get(name, "")
        if self.id:
            self.reader = KafkaConsumer(
                bootstrap_servers=self.bench.bootstrap,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                fetch_max_wait_ms=20,
            )
            self.reader.assign([TopicPartition(name, n) for n in range(kafka.PARTITIONS)])
