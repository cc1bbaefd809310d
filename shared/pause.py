"""Pause partitions whose keys cannot be parked any more: that many failures are one fault of ours.

The position of a paused partition stays where it is, and other partitions go on. Once keys were
drained or discarded it goes on by itself. Until then `work` is not ready, and says why.
"""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from shared import kafka
from shared.clock import system
from shared.metrics import PAUSED
from shared.mongo import Database
from shared.park import PAUSED as PAUSED_PARTITIONS
from shared.park import count

LOOK_SECONDS = 2.0

log = structlog.get_logger("pause")


@dataclass(slots=True)
class Pauses:
    """The paused partitions of one consumer in this process.

    Attributes:
        consumer: its name.
        database: where it parks.
        most: how many of its keys may be parked.
        partitions: those that are paused, each with the id of its position.
    """

    consumer: str
    database: Database
    most: int
    partitions: dict[Any, str] = field(default_factory=dict, init=False)
    looked: float = field(default=0.0, init=False)

    def begin(self, client: Any, partition: Any, position: str) -> None:
        """Pause a partition, and tell everybody."""
        kafka.pause(client, partition)
        self.partitions[partition] = position
        self.looked = time.monotonic()
        kept = {"consumer": self.consumer, "since": system()}
        self.database[PAUSED_PARTITIONS].update_one({"_id": position}, {"$set": kept}, upsert=True)
        self._observe()
        log.error("partition_paused", consumer=self.consumer, position=position, most=self.most)

    def forget(self, partition: Any, position: str) -> None:
        """Let a partition go on, whoever paused it."""
        self.partitions.pop(partition, None)
        self.database[PAUSED_PARTITIONS].delete_one({"_id": position})
        self._observe()

    def lose(self, partition: Any) -> None:
        """Leave a partition to the process that it was given to."""
        self.partitions.pop(partition, None)
        self._observe()

    def clear(self) -> None:
        """Leave nothing behind: this consumer ends, or starts over."""
        positions = list(self.partitions.values())
        self.partitions.clear()
        self._observe()
        if positions:
            with contextlib.suppress(PyMongoError):
                self.database[PAUSED_PARTITIONS].delete_many({"_id": {"$in": positions}})

    def end(self, client: Any, ready: Mapping[Any, int]) -> None:
        """Go on from where each partition stands, once keys may be parked again."""
        if not self.partitions or time.monotonic() - self.looked < LOOK_SECONDS:
            return
        self.looked = time.monotonic()
        if count(self.database, self.consumer) >= self.most:
            return
        for partition, position in list(self.partitions.items()):
            if partition in ready:
                kafka.seek(client, partition, ready[partition])
                kafka.resume(client, partition)
                log.info("partition_goes_on", consumer=self.consumer, position=position)
            self.forget(partition, position)

    def _observe(self) -> None:
        PAUSED.labels(self.consumer).set(len(self.partitions))
