"""Whether a process can do its work, asked often and answered cheaply."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pymongo.errors import PyMongoError

from shared.service import Service

KEEP_SECONDS = 5.0


@dataclass(slots=True)
class Readiness:
    """The last answer of the store, kept for five seconds: many probes are one question."""

    service: Service
    asked: float = field(default=-KEEP_SECONDS, init=False)
    answer: str = field(default="", init=False)

    def __call__(self) -> str:
        """Return what is wrong, or nothing."""
        if time.monotonic() - self.asked > KEEP_SECONDS:
            self.asked = time.monotonic()
            try:
                self.service.database.command("ping")
                self.answer = ""
            except PyMongoError as fault:
                self.answer = f"the store does not answer: {type(fault).__name__}\n"
        return self.answer


def readiness(service: Service) -> Callable[[], str]:
    """Return the function that `/readyz` asks."""
    return Readiness(service)
