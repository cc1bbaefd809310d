"""What the broker has acknowledged of a topic, and whether it still has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared import kafka


class BrokerLost(Exception):
    """The broker's log is not the one that was written, or ends before what it acknowledged."""


@dataclass(slots=True)
class Written:
    """One topic as it was written.

    Attributes:
        bootstrap: Kafka's address.
        topic: its name.
        topic_id: the broker's id of it; one that was made anew has another.
        ends: partition to the end of what was acknowledged.
    """

    bootstrap: str
    topic: str
    topic_id: str
    ends: dict[str, int] = field(default_factory=dict)

    def note(self, written: Any) -> None:
        """Move the end of a partition.

        Raises:
            BrokerLost: a record lies where another was acknowledged.
        """
        partition = str(written.partition)
        end = self.ends.get(partition, 0)
        # Of a repeated batch the broker need not tell the offset.
        if 0 <= written.offset < end:
            raise BrokerLost("a record lies where another was acknowledged")
        self.ends[partition] = max(end, written.offset + 1)

    def check(self) -> None:
        """Look whether the broker still has it.

        Raises:
            BrokerLost: it has not.
        """
        if self.topic_id not in kafka.topic_ids(self.bootstrap, [self.topic]).values():
            raise BrokerLost("the topic is not the one that was written")
        if is_short(self.bootstrap, self.topic, self.ends):
            raise BrokerLost("a partition ends before what was acknowledged")


def is_short(bootstrap: str, topic: str, acknowledged: Mapping[str, int]) -> bool:
    """Tell whether a partition ends before what the broker has acknowledged."""
    ends = kafka.ends(bootstrap, topic)
    return any(ends.get(int(number), 0) < end for number, end in acknowledged.items())
