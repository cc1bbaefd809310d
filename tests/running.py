"""The whole platform as a test runs it: `hep up`, people who call its HTTP API, a clock to move."""

import email
import email.policy
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psutil
import requests

from deploy.local import clock, pidfile, stack
from deploy.local.engines import free_port
from deploy.local.people import Person
from deploy.local.stack import Stack
from tests.waiting import eventually

HEP = Path(sys.executable).with_name("hep")
START_SECONDS = 120
STOP_SECONDS = 20


@dataclass(frozen=True)
class Platform:
    """One running stack, seen from outside."""

    stack: Stack
    tokens: dict[str, str] = field(default_factory=dict)

    def enroll(self, *people: Person) -> None:
        """Let these people sign in."""
        stack.enroll(self.stack, people)

    def post(self, who: str, path: str, body: Any, key: str = "", **headers: str) -> Any:
        """Send a command as somebody and return the answer."""
        return requests.post(
            f"{self.stack.origin}{path}",
            json=body,
            headers={
                "Authorization": f"Bearer {self.token(who)}",
                "Idempotency-Key": key or uuid.uuid4().hex,
                **headers,
            },
            timeout=30,
        )

    def create(self, who: str, path: str, body: Any) -> Any:
        """Send a command that must be accepted."""
        answer = self.post(who, path, body)
        assert answer.status_code == 201, answer.text
        return answer

    def get(self, who: str, path: str, **headers: str) -> Any:
        """Read as somebody and return the answer."""
        authorized = {"Authorization": f"Bearer {self.token(who)}", **headers}
        return requests.get(f"{self.stack.origin}{path}", headers=authorized, timeout=30)

    def token(self, who: str) -> str:
        """Return somebody's access token."""
        if who not in self.tokens:
            self.tokens[who] = stack.token(self.stack, who)
        return self.tokens[who]

    def set_clock(self, moment: datetime) -> None:
        """Move the platform's time."""
        clock.move(self.stack, moment)

    def mails(self, address: str) -> list[EmailMessage]:
        """Return what was delivered to an address, from the files of the inbox."""
        found = [
            email.message_from_bytes(
                file.read_bytes(), _class=EmailMessage, policy=email.policy.default
            )
            for file in sorted((self.stack.data / "mail").glob("*.eml"))
        ]
        return [mail for mail in found if address in str(mail["X-Envelope-To"])]

    def kill(self, name: str) -> None:
        """End a part by SIGKILL, as a crash would; the supervisor starts it again."""
        (record,) = [one for one in pidfile.read(self.stack.data) if one.name == name]
        psutil.Process(record.pid).kill()

    def restarted(self, name: str) -> bool:
        """Tell whether a part was started again and runs."""
        (record,) = [one for one in pidfile.read(self.stack.data) if one.name == name]
        return record.restarts > 0 and record.state == "ready" and record.alive


@contextmanager
def running(data: Path, kafka: str, mongodb: str, **settings: str) -> Iterator[Platform]:
    """Run the whole stack on these engines, or on its own where none is named.

    Args:
        data: the stack's directory.
        kafka: bootstrap address, or nothing.
        mongodb: URI, or nothing.
        settings: further variables of its environment.
    """
    environment = {**os.environ, **settings, "HEP_KAFKA": kafka, "HEP_MONGODB": mongodb}
    output = data.with_suffix(".out")
    with output.open("wb") as out:
        process = subprocess.Popen(
            [HEP, "up", "--data", data, "--port", str(free_port())],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            eventually(
                lambda: (
                    process.poll() is not None or re.search("Everything is up", output.read_text())
                ),
                START_SECONDS,
            )
            assert process.poll() is None, output.read_text()
            yield Platform(stack.load(data))
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
