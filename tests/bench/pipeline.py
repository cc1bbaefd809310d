"""The way from commit to document without HTTP: relayed and projected events a second.

The platform's relay and consumer run here over copies of real commits, in databases and topics of
their own; beside them the plain clients move the same records and as many documents.
"""

import dataclasses
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from pymongo import ReplaceOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from adherence.app import DEFINITION as ADHERENCE
from reporting.app import DEFINITION as REPORTING
from shared import envelope, kafka
from shared.consume import Consumer
from shared.metrics import APPLIED, RELAYED
from shared.mongo import Client
from shared.publication import topic_name
from shared.relay import Relay
from shared.store import Commit, MongoStore, to_document

EVENTS = 3000
BATCH = 250
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
POLL_SECONDS = 0.005
BOUND_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Where the copies go, and what is copied."""

    client: Client
    bootstrap: str
    sample: Commit

    def commits(self) -> list[Commit]:
        """Return copies of the sample: the first commits of programs of their own."""
        return [
            dataclasses.replace(
                self.sample,
                stream=f"program-{identity}",
                key=f"{self.sample.tenant}|{identity}",
                version=1,
                sequence=1,
                events=(dataclasses.replace(self.sample.events[0], sequence=1),),
            )
            for identity in (uuid.uuid4().hex for _ in range(EVENTS))
        ]

    def records(self, commits: list[Commit]) -> list[tuple[bytes, bytes]]:
        """Return key and value of what the commits publish."""
        return [
            (event.key.encode(), envelope.encode(event))
            for commit in commits
            for event in envelope.publish(
                commit, ADHERENCE.name, ADHERENCE.codec, ADHERENCE.published
            )
        ]

    def relayed(self) -> float:
        """Return events a second from the change stream to Kafka's acknowledgement."""
        name = f"bench{uuid.uuid4().hex[:8]}"
        database = self.client[name]
        store = MongoStore(database)
        store.prepare()
        relay = Relay(
            service=name,
            database=database,
            store=store,
            codec=ADHERENCE.codec,
            published=ADHERENCE.published,
            bootstrap=self.bootstrap,
            holder=name,
        )
        checkpoint = {"token": {"$exists": True}}
        with running(relay.run):
            until(lambda: database["checkpoints"].find_one(checkpoint))
        store.collection.insert_many([to_document(commit) for commit in self.commits()])
        before = RELAYED._value.get()  # noqa: SLF001 - the library reads counters only as text
        return self._rate(relay.run, lambda: RELAYED._value.get() - before)  # noqa: SLF001

    def relayed_raw(self) -> float:
        """Return changes a second read by the plain driver and sent by the plain producer."""
        name = f"bench{uuid.uuid4().hex[:8]}"
        kafka.ensure_topic(self.bootstrap, topic_name(name))
        commits, collection = self.commits(), self.client[name]["commits"]
        ready = iter(self.records(commits))
        producer = kafka.producer(self.bootstrap, name)
        collection.insert_one({"_id": "first"})
        with collection.watch(batch_size=500, max_await_time_ms=50) as changes:
            collection.insert_many([to_document(commit) for commit in commits])
            began, sent = time.monotonic(), 0
            while sent < EVENTS:
                futures: list[Any] = []
                while len(futures) < 500 and (changes.try_next()) is not None:
                    key, value = next(ready)
                    futures.append(producer.send(topic_name(name), key=key, value=value))
                for future in futures:
                    future.get(30)
                sent += len(futures)
            spent = time.monotonic() - began
        producer.close()
        return EVENTS / spent

    def projected(self) -> float:
        """Return events a second from Kafka into the timeline's documents."""
        name = f"bench{uuid.uuid4().hex[:8]}"
        (found,) = (p for p in REPORTING.projections if p.name == "timeline")
        projection = dataclasses.replace(found, name=name, services=(name,))
        self._fill(name)
        consumer = Consumer(projection, self.client[name], self.bootstrap, LONG_AGO, name)
        applied = APPLIED.labels(projection.consumer)._value.get  # noqa: SLF001
        return self._rate(consumer.run, applied)

    def projected_raw(self) -> float:
        """Return records a second polled and written as documents by the plain clients."""
        name = f"bench{uuid.uuid4().hex[:8]}"
        self._fill(name)
        database = self.client[name]
        for collection in ("timeline", "ledgers", "positions"):
            database[collection].insert_one({"_id": "first"})
        reader = KafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        reader.assign(
            [TopicPartition(topic_name(name), number) for number in range(kafka.PARTITIONS)]
        )
        began, written = None, 0
        while written < EVENTS:
            for records in reader.poll(timeout_ms=200, max_records=2 * BATCH).values():
                began = began or time.monotonic()
                for start in range(0, len(records), BATCH):
                    written += self._write(database, records[start : start + BATCH])
        reader.close()
        return EVENTS / (time.monotonic() - (began or 0))

    def _write(self, database: Any, records: list[Any]) -> int:
        """Write a position, and for every record a document and a ledger, in one transaction."""
        with self.client.start_session() as session:
            session.start_transaction(ReadConcern("snapshot"), WriteConcern(w="majority", j=True))
            place = {"_id": f"p{records[0].partition}"}
            database["positions"].replace_one(
                place, {**place, "offset": records[-1].offset}, upsert=True, session=session
            )
            documents = [
                {"_id": record.key.decode(), "payload": record.value.decode()} for record in records
            ]
            ids = {"_id": {"$in": [document["_id"] for document in documents]}}
            for collection in ("timeline", "ledgers"):
                list(database[collection].find(ids, session=session))
                writes = [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
                database[collection].bulk_write(writes, session=session)
            session.commit_transaction()
        return len(records)

    def _fill(self, name: str) -> None:
        kafka.ensure_topic(self.bootstrap, topic_name(name))
        producer = kafka.producer(self.bootstrap, name)
        for key, value in self.records(self.commits()):
            producer.send(topic_name(name), key=key, value=value)
        producer.flush()
        producer.close()

    @staticmethod
    def _rate(run: Callable[[threading.Event], None], count: Callable[[], float]) -> float:
        """Run a role until all is counted; time from the first seen to the last."""
        with running(run):
            until(lambda: count() > 0)
            began, first = time.monotonic(), count()
            until(lambda: count() >= EVENTS)
            return (EVENTS - first) / (time.monotonic() - began)


def until(condition: Callable[[], object]) -> None:
    """Return once the condition is true.

    Raises:
        TimeoutError: it was not within five minutes.
    """
    deadline = time.monotonic() + BOUND_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(POLL_SECONDS)


@contextmanager
def running(run: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run one role in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
