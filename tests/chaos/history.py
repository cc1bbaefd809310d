"""What the load client asked and was answered: one JSON line before and after each call."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson


@dataclass(slots=True)
class History:
    """A file that lines are only ever added to, by many threads."""

    file: Path
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, **facts: object) -> None:
        """Add one line; it is in the file before this returns."""
        line = orjson.dumps({"at": datetime.now(UTC), "what": what, **facts}) + b"\n"
        with self.lock, self.file.open("ab") as file:
            file.write(line)
