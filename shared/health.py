"""Whether a process can do its work, asked often and answered cheaply."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pymongo.errors import PyMongoError

from shared.mongo import Database
from shared.service import Service

KEEP_SECONDS = 5.0
Check = Callable[[Database], str]


@dataclass(slots=True)
class Readiness:
    """The last answer of the store, kept for five seconds: many probes are one question."""

    service: Service
    checks: tuple[Check, ...] = ()
    asked: float = field(default=-KEEP_SECONDS, init=False)
    answer: str = field(default="", init=False)

    def __call__(self) -> str:
        """Return what is wrong, or nothing."""
        if time.monotonic() - self.asked > KEEP_SECONDS:
            self.asked = time.monotonic()
            try:
                self.service.database.command("ping")
                self.answer = "".join(check(self.service.database) for check in self.checks)
            except PyMongoError as fault:
                self.answer = f"the store does not answer: {type(fault).__name__}\n"
        return self.answer


def readiness(service: Service, *checks: Check) -> Callable[[], str]:
    """Return the function that `/readyz` asks; each check returns what is wrong, or nothing."""
    return Readiness(service, checks)
