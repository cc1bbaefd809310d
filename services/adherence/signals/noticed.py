"""What was noticed of a program so far: what a signal must not say again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from adherence.signals.events import (
    AdherenceDipped,
    DoseProposed,
    Move,
    PainFlagged,
    ProgramLapsed,
    ProgramNotStarted,
    ProgramResumed,
    ProgramTooHard,
    ProposalSettled,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest proposal of one kind about one exercise.

    Attributes:
        proposal: its id.
        revision: under which it was proposed.
        last: date of the last session that it rests on.
        open: whether nobody has settled it.
    """

    proposal: str
    revision: int
    last: date
    open: bool


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was said.

    Attributes:
        pained: sessions whose pain was flagged.
        not_started: whether a missing start was told.
        dipped: last of the days that the latest dip is about.
        away: last date with a session before the lapse that is not over.
        hard: by what was too hard, the date of the last session that said so.
        standing: by move and exercise, the newest proposal.
    """

    pained: frozenset[str] = frozenset()
    not_started: bool = False
    dipped: date | None = None
    away: date | None = None
    hard: Mapping[str, date] = field(default_factory=dict)
    standing: Mapping[str, Standing] = field(default_factory=dict)


def subject(what: str, exercise: str | None) -> str:
    """Return what `hard` and `standing` go by; no exercise is the whole session."""
    return f"{what}:{exercise or ''}"


def standing(noticed: Noticed, move: Move, exercise: str) -> Standing | None:
    """Return the newest proposal of a kind about an exercise."""
    return noticed.standing.get(subject(move, exercise))


def evolve(noticed: Noticed, event: object) -> Noticed:
    """Return what was said after an event."""
    change = CHANGES.get(type(event))
    return replace(noticed, **change(noticed, event)) if change else noticed


CHANGES: Mapping[type, Callable[[Noticed, Any], dict[str, Any]]] = {
    PainFlagged: lambda noticed, event: {"pained": noticed.pained | {event.session}},
    ProgramNotStarted: lambda _, __: {"not_started": True},
    AdherenceDipped: lambda _, event: {"dipped": event.local_date},
    ProgramLapsed: lambda _, event: {"away": event.last},
    ProgramResumed: lambda _, __: {"away": None},
    ProgramTooHard: lambda noticed, event: {
        "hard": {**noticed.hard, subject(event.reason, event.exercise): event.local_date}
    },
    DoseProposed: lambda noticed, event: {"standing": {**noticed.standing, **_proposed(event)}},
    ProposalSettled: lambda noticed, event: {"standing": _settled(noticed.standing, event)},
}


def _proposed(event: DoseProposed) -> dict[str, Standing]:
    found = Standing(event.proposal, event.revision, event.local_date, open=True)
    return {subject(event.move, one.exercise): found for one in event.exercises}


def _settled(before: Mapping[str, Standing], event: ProposalSettled) -> dict[str, Standing]:
    return {
        key: replace(one, open=False) if one.proposal == event.proposal else one
        for key, one in before.items()
    }
