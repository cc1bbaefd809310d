"""What one practice group's import costs the others: their commands beside it and without it."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event

import requests

from tests.bench.load import THREADS, Load
from tests.bench.pairs import Pair

COMMANDS = 40
ROUNDS = 4
# The others ask four times a second: each practice group stays below its own share.
EVERY_SECONDS = 0.25


@dataclass(slots=True)
class Import:
    """Sends as fast as it is let, and waits as it is told.

    Attributes:
        load: what it sends.
        answers: how many there were of each status.
    """

    load: Load
    answers: Counter[int] = field(default_factory=Counter)

    def run(self, stop: Event) -> None:
        """Send until `stop`, from several threads at once."""
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._send, [stop] * THREADS))

    def _send(self, stop: Event) -> None:
        with requests.Session() as http:
            while not stop.is_set():
                _, answer = self.load.send(http)
                self.answers[answer.status_code] += 1
                if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                    stop.wait(float(answer.headers["Retry-After"]))


def beside_import(others: Load, importing: Import) -> Pair:
    """Return the seconds of the others' commands beside an import, and without it."""
    pair = Pair()
    seconds(others)
    for _ in range(ROUNDS):
        pair.raw += seconds(others)
        stop = Event()
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(importing.run, stop)
            try:
                pair.ours += seconds(others)
            finally:
                stop.set()
            running.result()
    return pair


def seconds(others: Load) -> list[float]:
    """Return how long each of some commands took, from when it was due."""
    found = []
    due = time.monotonic()
    with requests.Session() as http:
        for _ in range(COMMANDS):
            due += EVERY_SECONDS
            time.sleep(max(0.0, due - time.monotonic()))
            others.log(http)
            found.append(time.monotonic() - due)
    return found
