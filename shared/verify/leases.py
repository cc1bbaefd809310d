"""Leases: each kind of work is led by some process."""

from collections.abc import Iterator

from shared.lease import held
from shared.mongo import Database
from shared.verify.report import Finding

# Lease to the role that takes it.
ROLES = {
    "relay": "relay",
    "heal": "consume",
    "build": "consume",
    "clock": "clock",
    "seal": "clock",
    "send": "send",
}


def free(database: Database) -> Iterator[Finding]:
    """Yield the leases that nobody holds."""
    taken = held(database)
    for name, role in ROLES.items():
        if name not in taken:
            yield Finding("lease-free", name, "nobody leads", (role,))
