"""A run that is over: what there is to judge, and copies of it that something is planted in."""

import json
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared import kafka, mongo

OWNER = "adherence"


@dataclass(frozen=True)
class Lived:
    """A run that is over, with its platform still there."""

    case: dict[str, Any]

    def records(self) -> list[bytes]:
        """Return the records of one topic, each partition's in their order."""
        bootstrap, topic = self.case["kafka"], self.case["topics"][OWNER]
        return list(kafka.records(bootstrap, topic, kafka.ends(bootstrap, topic)))

    def mails(self) -> list[Path]:
        return sorted(Path(self.case["mails"]).glob("*.eml"))

    def history(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in Path(self.case["history"]).read_text().splitlines()]

    def uninterrupted(self) -> set[str]:
        """Return the messages of which no delivery was cut off."""
        with mongo.connect(self.case["mongodb"], "tests") as client:
            intents = client[self.case["databases"]["notifications"]]["intents"]
            return {found["_id"] for found in intents.find({"interrupted": 0})}


@dataclass
class Copy:
    """A copy to plant things in: other records, mails or lines than those that were found."""

    of: Lived
    folder: Path
    records: list[bytes] = field(init=False)
    history: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.records, self.history = self.of.records(), self.of.history()
        (self.folder / "mail").mkdir()
        for mail in self.of.mails():
            shutil.copy(mail, self.folder / "mail")

    def case(self) -> dict[str, Any]:
        """Write the copy down, and return it as a case of its own."""
        topic, history = f"chaos.{uuid.uuid4().hex[:12]}", self.folder / "history.jsonl"
        _write(self.of.case["kafka"], topic, self.records)
        history.write_text("".join(json.dumps(line) + "\n" for line in self.history))
        return {
            **self.of.case,
            "topics": {**self.of.case["topics"], OWNER: topic},
            "mails": str(self.folder / "mail"),
            "history": str(history),
        }


def _write(bootstrap: str, topic: str, values: Iterable[bytes]) -> None:
    """Send records by their own keys: each partition gets what it had, in the order it had."""
    kafka.ensure_topic(bootstrap, topic)
    producer = kafka.producer(bootstrap, "tests")
    try:
        sent = [producer.send(topic, key=_key(value), value=value) for value in values]
        for one in sent:
            one.get(timeout=30)
    finally:
        producer.close(timeout=5)


def _key(value: bytes) -> bytes:
    return str(json.loads(value)["partitionkey"]).encode()


def place(value: bytes) -> tuple[str, int]:
    """Return a record's stream, with its tenant, and its sequence there."""
    found = json.loads(value)
    return f"{found['tenant']}|{found['subject']}", found["sequence"]


def pairs(values: list[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where the first two records of each stream are, one stream after the other."""
    places: dict[tuple[str, int], int] = {}
    for index, value in enumerate(values):
        places.setdefault(place(value), index)
    for (stream, sequence), index in places.items():
        if sequence == 1 and (stream, 2) in places:
            yield index, places[stream, 2]
