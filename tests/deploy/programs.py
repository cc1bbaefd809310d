"""Programs under test: started as users start them, ended by their id."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import eventually

HERE = Path(__file__).parent
# Parts that need no engine are tested without one.
NO_ENGINES = {"HEP_KAFKA": "127.0.0.1:9", "HEP_MONGODB": "mongodb://127.0.0.1:9"}


@dataclass(frozen=True, slots=True)
class Program:
    """A running program and what it has said so far."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text()

    def says(self, text: str) -> None:
        eventually(lambda: text in self.said or self.process.poll() is not None)
        assert text in self.said, self.said

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


Run = Callable[..., Program]


def start(output: Path, *command: object) -> Program:
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, **NO_ENGINES},
        )
    return Program(process, output)
