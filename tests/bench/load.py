"""Commands over HTTP: sessions logged on many programs at once, beside plain inserts."""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Any

import requests
from pymongo import MongoClient
from pymongo.write_concern import WriteConcern

from tests.clinic import Clinic, session
from tests.running import Platform

THREADS = 4
COMMANDS = 120


@dataclass(frozen=True, slots=True)
class Load:
    """Programs on which sessions can be logged, and what to log next."""

    platform: Platform
    clinic: Clinic
    todo: Iterator[tuple[str, Any]]
    address: str = ""

    def at(self, address: str) -> "Load":
        """Return the same load, sent to a service itself and not to the edge."""
        return replace(self, address=address)

    def log(self, http: requests.Session) -> tuple[str, Any]:
        """Log one session; return its program and the answer."""
        program, answer = self.send(http)
        answer.raise_for_status()
        return program, answer

    def send(self, http: requests.Session) -> tuple[str, Any]:
        """Log the next session, whatever the answer; return its program and the answer."""
        program, body = next(self.todo)
        headers = {
            "Authorization": f"Bearer {self.platform.token(self.clinic.bo)}",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        path = (
            f"{self.address or self.platform.stack.origin}/adherence/v1/programs/{program}/sessions"
        )
        return program, http.post(path, json=body, headers=headers, timeout=30)


def prepare(platform: Platform, clinic: Clinic, programs: list[str]) -> Load:
    """Return the load: every program, one day after the other."""

    def todo() -> Iterator[tuple[str, Any]]:
        day = clinic.first
        while True:
            moment = datetime.combine(day, clock_time(12), UTC)
            for program in programs:
                yield program, session(clinic, day, moment)
            day += timedelta(days=1)

    return Load(platform, clinic, todo())


def commands(load: Load) -> float:
    """Return commands a second over HTTP, four at a time."""

    def some(_worker: int) -> None:
        with requests.Session() as http:
            for _ in range(COMMANDS // THREADS):
                load.log(http)

    return _rate(some)


def inserts(mongodb: str, sample: dict[str, Any]) -> float:
    """Return plain inserts a second of documents as large as a commit, each after one read."""
    client: MongoClient[Any] = MongoClient(mongodb)
    collection = client["bench_raw"].get_collection(
        "commits", write_concern=WriteConcern(w="majority", j=True)
    )

    # The same indexes as the platform's, or the reads would be scans.
    for name in ("from", "command"):
        collection.create_index([("stream", 1), (name, 1)], unique=True)

    def some(worker: int) -> None:
        for number in range(COMMANDS // THREADS):
            stream = uuid.uuid4().hex
            list(collection.find({"stream": stream}))
            identity = f"{stream}|{worker}|{number}"
            collection.insert_one(
                {**sample, "_id": identity, "stream": stream, "command": identity}
            )

    with client:
        return _rate(some)


def _rate(some: Callable[[int], None]) -> float:
    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(some, range(THREADS)))
    return COMMANDS / (time.monotonic() - began)
