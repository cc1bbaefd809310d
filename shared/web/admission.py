"""Admission of commands: a practice group that imports much at once leaves room for the others.

One bucket a tenant in each process: it fills at the rate of the settings and holds some seconds'
worth, so that a busy evening is no import.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

SECONDS_HELD = 4
TENANTS = 10_000


@dataclass(slots=True)
class Admission:
    """What each tenant may still send.

    Attributes:
        rate: commands a second.
    """

    rate: float
    left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict, init=False)
    lock: Lock = field(default_factory=Lock, init=False)

    def take(self, tenant: str, now: float) -> float:
        """Admit one command; return 0, or after how many seconds the next one is admitted.

        Args:
            tenant: who sends it.
            now: seconds on a clock that never goes back.
        """
        full = self.rate * SECONDS_HELD
        with self.lock:
            before, at = self.left.get(tenant, (full, now))
            level = min(full, before + (now - at) * self.rate)
            admitted = level >= 1
            self.left[tenant] = (level - admitted, now)
            self.left.move_to_end(tenant)
            # The one that sent nothing for longest is full again, or as good as.
            if len(self.left) > TENANTS:
                self.left.popitem(last=False)
        return 0.0 if admitted else (1 - level) / self.rate
