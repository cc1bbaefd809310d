"""The kinds of tasks and their order, read from `tasks.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of task.

    Attributes:
        kind: its code.
        rank: place in the queue, 0 first.
        after: CloudEvents type of what opens it; empty where due work does.
        reason: why, in one English sentence with `%(...)s` where a value stands.
        closed: facts after which there is nothing to do any more.
    """

    kind: str
    rank: int
    after: str
    reason: str
    closed: frozenset[str]


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds by code, in their order."""
    found = tomllib.loads(Path(__file__).with_name("tasks.toml").read_text())
    return {
        one["kind"]: Kind(
            one["kind"], rank, one.get("after", ""), one["reason"], frozenset(one["closed"])
        )
        for rank, one in enumerate(found["kinds"])
    }


def rank(kind: str) -> int:
    """Return a kind's place in the queue; one that is known no more comes last."""
    found = kinds().get(kind)
    return found.rank if found else len(kinds())


def closes(kind: str, fact: str) -> bool:
    """Tell whether a task of a kind has nothing to do any more after a fact."""
    found = kinds().get(kind)
    return found is not None and fact in found.closed
