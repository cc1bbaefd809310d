"""What a practice group may ask for in a minute, in all processes of a service together.

A process draws a share of the minute from the store and asks again once it is used up: so many
requests cost one write. Whoever asks for more is told when the next minute begins.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.mongo import Database

ALLOWANCES = "allowances"
MINUTE = 60
# A share is a hundredth of the minute's: processes differ by no more than that each.
SHARES = 100
TENANTS = 10_000


@dataclass(slots=True)
class Allowance:
    """The requests of each tenant.

    Attributes:
        database: of the service.
        most: requests of one tenant in a minute.
        now: seconds since 1970.
        left: tenant to the minute and what is left of the share of it; below 0 there is none.
    """

    database: Database
    most: int
    now: Callable[[], float]
    left: dict[str, tuple[int, int]] = field(default_factory=dict, init=False)
    lock: Lock = field(default_factory=Lock, init=False)

    def take(self, tenant: str) -> int:
        """Take one request; return 0, or after how many seconds the next is taken."""
        now = self.now()
        minute = int(now // MINUTE)
        with self.lock:
            when, left = self.left.get(tenant, (minute, 0))
            if when != minute or left == 0:
                left = self._draw(tenant, minute)
            self._keep(tenant, minute, left - 1 if left > 0 else left)
        return 0 if left > 0 else math.ceil((minute + 1) * MINUTE - now)

    def _draw(self, tenant: str, minute: int) -> int:
        """Return a share of the minute, or -1 where all of it was drawn."""
        share = max(1, self.most // SHARES)
        # A process whose clock is behind draws from the minute of those before it.
        begun = {"$gte": ["$minute", minute]}
        drawn = {"$cond": [begun, {"$add": ["$drawn", share]}, share]}
        latest = {"$max": ["$minute", minute]}
        try:
            found = self.database[ALLOWANCES].find_one_and_update(
                {"_id": tenant},
                [{"$set": {"drawn": drawn, "minute": latest}}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            # Another process made the document just now: the next request finds it.
            found = None
        return share if found is None or found["drawn"] <= self.most else -1

    def _keep(self, tenant: str, minute: int, left: int) -> None:
        if len(self.left) >= TENANTS:
            self.left.clear()
        self.left[tenant] = (minute, left)
