"""All that was read, and what several checks ask of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .answers import Things
from .case import Case
from .history import History
from .stores import Commit, Stores
from .topics import Record

CLOSED = ("MessageSent", "MessageExpired", "MessageFailed")
Milestone = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was read."""

    case: Case
    history: History
    stores: Stores
    records: list[Record]
    mails: Counter[str]
    timelines: Things
    inboxes: Things


# Its docstring's first line says what it counts; what it yields names each by id.
Check = Callable[[Evidence], Iterator[str]]


def reached(found: Evidence) -> list[Milestone]:
    """Return the milestones that were committed."""
    return [
        (commit.tenant, data["program"], data["milestone"], data["count"])
        for commit, data in found.stores.events("MilestoneReached")
    ]


def about(commit: Commit, data: Mapping[str, Any]) -> list[Milestone]:
    """Return the milestones that a message is about."""
    return [
        (commit.tenant, data["program"], one["kind"], one["count"]) for one in data["milestones"]
    ]
