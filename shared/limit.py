"""How often something may be tried: counted for all processes together, in the store.

Whom or where is kept as a hash under a secret of the service. Once it is too often, a process
remembers so by itself until the span is over: ten thousand tries cost a few hundred writes.
"""

import hashlib
import hmac
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from shared.clock import Clock
from shared.errors import TooMany
from shared.metrics import LIMITED
from shared.mongo import Database
from shared.vault import Vault

LIMITS = "limits"
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in so many seconds."""

    most: int
    seconds: int


@dataclass(slots=True)
class Limiter:
    """Counts tries.

    Attributes:
        database: of the service.
        vault: has the secret that whom and where are hashed with.
        clock: the real time.
    """

    database: Database
    vault: Vault
    clock: Clock
    over: dict[str, float] = field(default_factory=dict, init=False)

    def take(self, kind: str, whom: str) -> None:
        """Count one try.

        Args:
            kind: a row of `limits.toml`.
            whom: a subject or an address.

        Raises:
            TooMany: there were too many; says when the next is let in.
        """
        limit, now = limits()[kind], self.clock().timestamp()
        span = int(now // limit.seconds)
        name, ends = f"{kind}|{self._hashed(whom)}|{span}", (span + 1) * limit.seconds
        if self.over.get(name, 0) <= now and self._counted(name, ends) <= limit.most:
            return
        self._remember(name, ends, now)
        LIMITED.labels(kind).inc()
        raise TooMany(
            "There were too many tries. Wait a little and try again.",
            retry_after=max(1, int(ends - now)),
        )

    def _counted(self, name: str, ends: int) -> int:
        gone = datetime.fromtimestamp(ends, UTC) + timedelta(hours=1)
        update = {"$inc": {"tries": 1}, "$setOnInsert": {"gone": gone}}
        self.database[LIMITS].update_one({"_id": name}, update, upsert=True)
        found = self.database[LIMITS].find_one({"_id": name})
        return int(found["tries"]) if found else 0

    def _remember(self, name: str, ends: int, now: float) -> None:
        if len(self.over) >= REMEMBERED:
            self.over = {one: until for one, until in self.over.items() if until > now}
        if len(self.over) < REMEMBERED:
            self.over[name] = ends

    def _hashed(self, whom: str) -> str:
        return hmac.new(self.vault.secret("limits"), whom.encode(), hashlib.sha256).hexdigest()[:32]


def prepare(database: Database) -> None:
    """Create the index by which the store sweeps what is over."""
    database[LIMITS].create_index([("gone", 1)], name="gone", expireAfterSeconds=0)


@cache
def limits() -> dict[str, Limit]:
    """Return the table."""
    found = tomllib.loads(Path(__file__).with_name("limits.toml").read_text())
    return {name: Limit(**row) for name, row in found.items() if isinstance(row, dict)}
