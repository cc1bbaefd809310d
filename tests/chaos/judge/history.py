"""What was asked and answered, and what must follow from it."""

import json
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

# The platform's promise: a command's id is the UUID (version 5) of who asks, where, by which key.
NAMESPACE = uuid.UUID("6f8b6a2e-6f0c-5b0e-9d5e-0f5c2c1a7e11")
LOG = re.compile(r"/adherence/v1/programs/(\w+)/sessions")
AMEND = re.compile(r"/adherence/v1/programs/(\w+)/sessions/([\d-]+)/amendments")


@dataclass(slots=True)
class Command:
    """One command with all its tries.

    Attributes:
        id: which its commit must hold.
        tenant: of whom.
        service: which was asked.
        path: where.
        told: what matters of its body.
        sent: when it was sent first.
        answered: when it was first accepted or refused; None while nobody knows.
        refused: whether it was.
        answers: what it was answered: id, version, position; one, however often it was sent.
    """

    id: str
    tenant: str
    service: str
    path: str
    told: dict[str, Any]
    sent: datetime
    answered: datetime | None = None
    refused: bool = False
    answers: set[tuple[str, int, str]] = field(default_factory=set)

    @property
    def accepted(self) -> bool:
        return bool(self.answers)

    @property
    def unknown(self) -> bool:
        return self.answered is None


@dataclass(slots=True)
class History:
    """All commands in the order in which they were first sent, and what else is in the file."""

    commands: list[Command] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    settled: float = 0.0

    def created(self, path: str) -> Iterator[tuple[str, str]]:
        """Yield tenant and id of what was created by this path."""
        for command in self.commands:
            if command.path == path:
                yield from ((command.tenant, identity) for identity, _, _ in command.answers)


@dataclass(slots=True)
class Told:
    """What was accepted about one program: the pain of each date, and whether all is known."""

    days: dict[date, Any] = field(default_factory=dict)
    certain: bool = True


def read(file: Path) -> History:
    """Read a history."""
    history = History()
    commands: dict[tuple[str, str], Command] = {}
    calls: dict[str, Command] = {}
    for line in file.read_text().splitlines():
        found = json.loads(line)
        what, at = found["what"], datetime.fromisoformat(found["at"])
        name = f"{what} {found['kind']}" if what == "fault" else what
        history.counts[name] = history.counts.get(name, 0) + 1
        if what == "sent":
            command = _command(found, at)
            calls[found["call"]] = commands.setdefault((command.id, found["hash"]), command)
        elif what in {"accepted", "refused"}:
            _answer(calls[found["call"]], found, at)
        elif what == "settled":
            history.settled = found["seconds"]
    history.commands = list(commands.values())
    return history


def _command(found: dict[str, Any], at: datetime) -> Command:
    asker = "|".join(found[name] for name in ("tenant", "subject", "path", "key"))
    return Command(
        id=uuid.uuid5(NAMESPACE, asker).hex,
        tenant=found["tenant"],
        service=found["path"].split("/")[1],
        path=found["path"],
        told=found["told"],
        sent=at,
    )


def _answer(command: Command, found: dict[str, Any], at: datetime) -> None:
    command.answered = command.answered or at
    if found["what"] == "refused":
        command.refused = True
    else:
        command.answers.add((found["id"], found["version"], found["position"]))


def sessions(commands: Iterable[Command]) -> dict[tuple[str, str], Told]:
    """Return what was told, by tenant and program; one thread tells all of a program, in order."""
    found: dict[tuple[str, str], Told] = {}
    for command in commands:
        log, amend = LOG.fullmatch(command.path), AMEND.fullmatch(command.path)
        match = log or amend
        if match is None:
            continue
        told = found.setdefault((command.tenant, match[1]), Told())
        if command.unknown:
            told.certain = False
        elif command.accepted:
            day = command.told["local_date"] if log else match[2]
            told.days[date.fromisoformat(day)] = command.told["pain"]
    return found


def longest_wait(commands: Iterable[Command]) -> float:
    """Return the seconds that the longest command took from its first try to its answer."""
    waits = (one.answered - one.sent for one in commands if one.answered)
    return max((wait.total_seconds() for wait in waits), default=0.0)
