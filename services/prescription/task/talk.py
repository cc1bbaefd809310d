"""The conversation before a visit: what the log shows, and what to ask about it.

Pure. Questions are data: `talk.toml`. Nothing here says why somebody did not exercise: that is
what is asked.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

MOST = 3
QUIET, ALWAYS = "quiet", "always"
LEFT = "left:"
# Reasons that exercises were left out for, as adherence names them, in words.
REASONS = {
    "pain": "it hurt",
    "tired": "too tired",
    "no_time": "no time",
    "unwell": "not well",
    "worried": "worried that it does harm",
    "unsure": "not sure how",
    "no_equipment": "something was missing",
    "other": "something else",
}

Log = Mapping[str, Mapping[str, Any]]
Said = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Topic:
    """What to ask about one thing; `when` are the signs that it is about."""

    title: str
    when: frozenset[str]
    ask: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """The guide: its topics in order, its version and source, and whether somebody checked it."""

    topics: tuple[Topic, ...]
    version: str
    source: str
    verified: bool


@cache
def talk() -> Talk:
    """Return the guide in force."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    topics = tuple(
        Topic(one["title"], frozenset(one["when"]), tuple(one["ask"])) for one in found["topics"]
    )
    return Talk(topics, found["version"], found["source"], found["verified"])


def topics(kinds: Collection[str], log: Log, guide: Talk) -> list[Topic]:
    """Return what to talk about: what the signs are about, three things at most, and the rest.

    Args:
        kinds: of the program's open tasks.
        log: the latest sessions by date.
        guide: the topics.
    """
    left = {f"{LEFT}{reason}" for session in log.values() for reason in session["skipped"]}
    signs = {*kinds, *left}
    fitting = [one for one in guide.topics if one.when & signs]
    if not fitting and log:
        fitting = [one for one in guide.topics if QUIET in one.when]
    return [*fitting[:MOST], *(one for one in guide.topics if ALWAYS in one.when)]


def shows(log: Log) -> Iterator[Said]:
    """Yield what the log shows, sentence by sentence, with the values in it.

    Args:
        log: the latest sessions by date, each with pain, effort, difficulty, completion, skipped.
    """
    if not log:
        yield "Nothing is logged yet.", {}
        return
    days = sorted(log)
    whole = sum(log[day]["completion"] >= 1 for day in days)
    last = date.fromisoformat(days[-1])
    yield (
        "Sessions told of late: %(number)s, the last on %(day)s.",
        {"number": len(days), "day": last},
    )
    yield "Done in full: %(number)s of %(of)s.", {"number": whole, "of": len(days)}
    for name, sentence in RANGES.items():
        told = [log[day][name] for day in days if log[day][name] is not None]
        if told:
            yield sentence, {"low": min(told), "high": max(told), "last": told[-1]}
    left = sorted({reason for day in days for reason in log[day]["skipped"]})
    if left:
        yield "Exercises were left out: %(reasons)s.", {"reasons": left}


RANGES = {
    "pain": "Pain from %(low)s to %(high)s of 10, the last time %(last)s.",
    "effort": "Effort from %(low)s to %(high)s of 10, the last time %(last)s.",
    "difficulty": "Difficulty from %(low)s to %(high)s of 10, the last time %(last)s.",
}
