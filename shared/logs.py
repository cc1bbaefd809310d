"""Logs: one JSON object a line on standard output; ids and counts, never a person's data."""

import logging
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

# Where structlog finds rich, it draws tracebacks for terminals. Ours are JSON, and each process is
# five megabytes smaller without: `shared.main` imports this module first.
_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402

del sys.modules["rich"]
if _rich:
    sys.modules["rich"] = _rich

from structlog.typing import EventDict, Processor  # noqa: E402

SELDOM_SECONDS = 60.0


def configure(service: str, role: str) -> None:
    """Send structlog and the standard library's loggers to one stream, as JSON."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        place_fault,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dumps),
            ],
        )
    )
    root = logging.getLogger()
    handler.addFilter(Seldom())
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # The client says at INFO what it does every second.
    logging.getLogger("kafka").setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service, role=role)


@dataclass(slots=True)
class Seldom:
    """Lets the Kafka client say a thing once a minute: with a broker away it says ten a second.

    Attributes:
        said: logger and message, its values left out, to when it was said.
    """

    said: dict[tuple[str, str], float] = field(default_factory=dict, init=False)

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is to be logged."""
        if not record.name.startswith("kafka."):
            return True
        what = (record.name, str(record.msg))
        if record.created < self.said.get(what, 0.0) + SELDOM_SECONDS:
            return False
        self.said[what] = record.created
        return True


def place_fault(logger: Any, method: str, event: EventDict) -> EventDict:
    """Say of each fault which it is and where, innermost place last; its text may hold anything."""
    del logger, method
    info = event.pop("exc_info", None)
    fault = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    faults = []
    while isinstance(fault, BaseException):
        trail = traceback.extract_tb(fault.__traceback__)
        places = [f"{Path(at.filename).name}:{at.lineno} {at.name}" for at in trail]
        faults.append({"fault": type(fault).__qualname__, "at": places})
        fault = fault.__cause__ or fault.__context__
    return {**event, "faults": faults} if faults else event


def _dumps(event: object, default: object) -> str:
    del default
    return orjson.dumps(event, default=str).decode()
