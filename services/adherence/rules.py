"""The counts, weights, codes and limits that the rules work by, read from `rules.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from adherence.events import Part
from adherence.signals.rules import Signals, signals

Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Inviting:
    """What invitations go by.

    Attributes:
        lasts: how long one holds, by its way: link or paper.
        tries: so many wrong ones lock it.
        again: how long what was sent twice by one tap is taken for one.
        told: how long a closed one is still told apart from one that never was.
        alphabet: letters of a code on paper.
        name_letters: how many of them name the invitation.
        secret_letters: how many are its secret.
        supporters: the most that a patient can have.
        parts: what a supporter can be allowed to see.
    """

    lasts: Mapping[str, timedelta]
    tries: int
    again: timedelta
    told: timedelta
    alphabet: str
    name_letters: int
    secret_letters: int
    supporters: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Short:
    """The short version of a day: of how many exercises, and how many sets of each."""

    exercises: int
    sets: int


@dataclass(frozen=True, slots=True)
class Follow:
    """Seconds of an exercise with a timer where its dose says nothing."""

    ready_seconds: float
    switch_seconds: float
    repetition_seconds: float
    rest_seconds: float


@dataclass(frozen=True, slots=True)
class Rules:
    """Counts, weights, codes and limits, each with the version and the source it comes from.

    Attributes:
        streak: lengths of streaks that are milestones.
        total: numbers of sessions that are milestones.
        weights: of an exercise in the completion, by its priority.
        short: what the short version of a day asks for.
        follow: how long what takes with a timer.
        kept_days: so many days after today a device keeps.
        apart: how much time lies at least between two goes at an exercise.
        skipped: codes for why an exercise was left out.
        limits: the least and the most of each number of what was done.
        answers: the least and the most of pain, effort and difficulty.
        note_letters: the longest note.
        slack: how far off a clock is right.
        day_before_at: local time of a session of the day before that was told on a page.
        inviting: what invitations go by.
        signals: what is noticed by, with versions and sources of its own.
        versions: of these, by part.
        sources: of the same.
    """

    streak: tuple[int, ...]
    total: tuple[int, ...]
    weights: Mapping[int, int]
    short: Short
    follow: Follow
    kept_days: int
    apart: timedelta
    skipped: tuple[str, ...]
    limits: Mapping[str, Limits]
    answers: Limits
    note_letters: int
    slack: timedelta
    day_before_at: time
    inviting: Inviting
    signals: Signals
    versions: Mapping[str, str]
    sources: Mapping[str, str]


@cache
def rules() -> Rules:
    """Return the rules in force."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    entry, answers, moment = found["entry"], found["answers"], found["moment"]
    return Rules(
        streak=tuple(found["milestones"]["streak"]),
        total=tuple(found["milestones"]["total"]),
        weights={int(name): weight for name, weight in found["completion"]["weights"].items()},
        short=Short(found["short"]["exercises"], found["short"]["sets"]),
        follow=Follow(**{field.name: found["follow"][field.name] for field in fields(Follow)}),
        kept_days=found["kept"]["days"],
        apart=timedelta(minutes=found["goes"]["apart_minutes"]),
        skipped=tuple(entry["skipped"]),
        limits={name: (low, high) for name, (low, high) in entry["limits"].items()},
        answers=(answers["range"][0], answers["range"][1]),
        note_letters=answers["note_letters"],
        slack=timedelta(minutes=moment["slack_minutes"]),
        day_before_at=moment["day_before_at"],
        inviting=_inviting(found["invitation"]),
        signals=signals(),
        versions={name: part["version"] for name, part in found.items()},
        sources={name: part["source"] for name, part in found.items()},
    )


def _inviting(found: Mapping[str, Any]) -> Inviting:
    names = ("tries", "alphabet", "name_letters", "secret_letters", "supporters")
    return Inviting(
        lasts={way: timedelta(days=found[f"{way}_days"]) for way in ("link", "paper")},
        again=timedelta(seconds=found["again_seconds"]),
        told=timedelta(days=found["told_days"]),
        parts=tuple(found["parts"]),
        **{name: found[name] for name in names},
    )
