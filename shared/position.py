"""Read what you wrote: a command answers a position, a read waits until it was applied.

The token is opaque to clients: topic, epoch, key, stream and sequence of the commit's last
published event.
"""

import base64
import time
from dataclasses import dataclass

import orjson

from shared.ledger import LEDGERS, ledger_id
from shared.mongo import Database
from shared.publication import topic_name
from shared.store import Commit

POLL_SECONDS = 0.01
WAIT_SECONDS = 2.0


class BadPosition(Exception):
    """A token that this platform did not hand out."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a commit stands among the published events."""

    topic: str
    epoch: int
    key: str
    stream: str
    sequence: int

    def token(self) -> str:
        """Return the opaque form."""
        parts = [self.topic, self.epoch, self.key, self.stream, self.sequence]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def of_commit(service: str, commit: Commit) -> Position:
    """Return the position of a commit."""
    return Position(topic_name(service), commit.epoch, commit.key, commit.stream, commit.sequence)


def parse(token: str, tenant: str) -> Position:
    """Return the position that a token stands for.

    Raises:
        BadPosition: it is malformed, or another tenant's.
    """
    try:
        padded = token + "=" * (-len(token) % 4)
        name, epoch, key, stream, sequence = orjson.loads(base64.urlsafe_b64decode(padded))
        position = Position(str(name), int(epoch), str(key), str(stream), int(sequence))
    except (ValueError, TypeError):
        raise BadPosition from None
    if position.key.split("|", 1)[0] != tenant:
        raise BadPosition
    return position


def wait(
    database: Database, consumer: str, position: Position, seconds: float = WAIT_SECONDS
) -> bool:
    """Wait until the consumer has applied the position; tell whether it has."""
    identity = ledger_id(consumer, position.topic, position.epoch, position.key)
    deadline = time.monotonic() + seconds
    while True:
        found = database[LEDGERS].find_one({"_id": identity}) or {"streams": {}, "state": "open"}
        if found["streams"].get(position.stream, 0) >= position.sequence:
            return True
        # A parked or waiting key answers at once: it will not come by itself.
        if found["state"] != "open" or time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
