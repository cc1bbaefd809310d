"""From the POST until the timeline shows it, beside the same chain by plain clients."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

import requests
from kafka import KafkaConsumer, TopicPartition
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import kafka
from shared.mongo import Client
from tests.bench.load import Load

DURABLE = WriteConcern(w="majority", j=True)


def visible(load: Load, http: requests.Session) -> float:
    """Log a session and read the timeline at its position; return the seconds."""
    began = time.monotonic()
    program, answer = load.log(http)
    path = f"{load.platform.stack.origin}/reporting/v1/programs/{program}/timeline"
    headers = {
        "Authorization": f"Bearer {load.platform.token(load.clinic.bo)}",
        "Hep-Min-Position": answer.headers["Hep-Position"],
    }
    timeline = http.get(path, headers=headers, timeout=30)
    timeline.raise_for_status()
    if "Hep-Stale" in timeline.headers:
        raise RuntimeError("the timeline did not show the session within its bound")
    return time.monotonic() - began


@dataclass(slots=True)
class Chain:
    """Insert, see the change, produce, consume, write a document, read it: nothing else."""

    client: Client
    name: str
    changes: Any
    producer: Any
    reader: Any

    def step(self) -> float:
        """Take one event through the chain; return the seconds."""
        database, identity = self.client[self.name], uuid.uuid4().hex
        began = time.monotonic()
        database.get_collection("commits", write_concern=DURABLE).insert_one({"_id": identity})
        while (change := self.changes.try_next()) is None:
            pass
        value = change["fullDocument"]["_id"].encode()
        self.producer.send(self.name, key=value, value=value).get(30)
        while not (polled := self.reader.poll(timeout_ms=100)):
            pass
        (record,) = (record for records in polled.values() for record in records)
        with self.client.start_session() as session:
            session.start_transaction(ReadConcern("snapshot"), DURABLE)
            document = {"_id": record.value.decode()}
            database["documents"].replace_one(document, document, upsert=True, session=session)
            session.commit_transaction()
        database["documents"].find_one({"_id": identity})
        return time.monotonic() - began


def open_chain(client: Client, bootstrap: str) -> Chain:
    """Make the collections, the topic and the clients."""
    name = f"bench{uuid.uuid4().hex[:8]}"
    kafka.ensure_topic(bootstrap, name)
    for collection in ("commits", "documents"):
        client[name][collection].insert_one({"_id": "first"})
    reader = KafkaConsumer(bootstrap_servers=bootstrap, fetch_max_wait_ms=100)
    reader.assign([TopicPartition(name, number) for number in range(kafka.PARTITIONS)])
    reader.seek_to_end()
    reader.poll(timeout_ms=0)
    changes = client[name]["commits"].watch(max_await_time_ms=50)
    return Chain(client, name, changes, kafka.producer(bootstrap, name), reader)
