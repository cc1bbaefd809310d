"""What the parts of this process wait for: `/readyz`, a metric and the log tell it.

An engine that is away, full or read-only parks nothing and ends nothing: whoever needs it tries
again, and says meanwhile which engine it is and why.
"""

import structlog
from pymongo.errors import OperationFailure, PyMongoError

from shared.metrics import WAITS
from shared.mongo import Database

# What the store raises that is away, full or read-only; `shared.kafka` adds the broker's.
FAULTS = (PyMongoError, OSError)
# As a process's metrics are: one place for all its parts.
TOLD: dict[str, tuple[str, str]] = {}

log = structlog.get_logger("waits")


def begin(part: str, fault: Exception) -> None:
    """Tell that a part waits, and for what.

    Args:
        part: a role, or a consumer.
        fault: of the store's client or of the broker's, or one that names whom it `awaits`.
    """
    engine = "store" if isinstance(fault, PyMongoError) else "broker"
    found = (getattr(fault, "awaits", engine), describe(fault))
    before = TOLD.get(part)
    if found == before:
        return
    end(part)
    TOLD[part] = found
    WAITS.labels(part, found[0]).set(1)
    log.warning("waits", part=part, engine=found[0], reason=found[1])


def end(part: str) -> None:
    """Tell that a part goes on."""
    before = TOLD.pop(part, None)
    if before:
        WAITS.labels(part, before[0]).set(0)
        log.info("goes_on", part=part, engine=before[0])


def told(database: Database) -> str:
    """Return who waits for what, as a probe answers it, or nothing."""
    del database
    found = sorted(TOLD.items())
    return "".join(f"{part} waits for the {engine}: {why}\n" for part, (engine, why) in found)


def describe(fault: Exception) -> str:
    """Return which fault it is, without its text, which may hold data."""
    if isinstance(fault, OperationFailure):
        errors = (fault.details or {}).get("writeErrors") or [{}]
        name = (fault.details or {}).get("codeName") or type(fault).__name__
        return f"{name} ({errors[0].get('code', fault.code)})"
    return str(getattr(fault, "told", type(fault).__name__))
