"""A program's diary: its sessions by local date, what they reached, and what was noticed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from adherence.completion import done_exercises
from adherence.events import Milestone, MilestoneReached, Session
from adherence.rules import Rules
from adherence.signals import noticed
from adherence.signals.events import Signal
from adherence.signals.noticed import Noticed
from shared.errors import NotFound
from shared.schedule import DoneOn, Program
from shared.stream import Kind

Decided = list[Session | MilestoneReached | Signal]


@dataclass(frozen=True, slots=True)
class Diary:
    """What a program's stream says; a milestone is its kind and count, `noticed` its signals."""

    sessions: Mapping[date, Session] = field(default_factory=dict)
    milestones: frozenset[tuple[Milestone, int]] = frozenset()
    noticed: Noticed = field(default_factory=Noticed)

    def done_on(self) -> DoneOn:
        """Return the exercises of which anything was done, by date; dates without any left out."""
        found = {day: done_exercises(kept.entries) for day, kept in self.sessions.items()}
        return {day: exercises for day, exercises in found.items() if exercises}


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision needs besides the diary: the program, the platform's now, the rules."""

    program: Program
    now: datetime
    rules: Rules


def evolve(diary: Diary, event: object) -> Diary:
    """Return the diary after an event."""
    if isinstance(event, Session):
        return replace(diary, sessions={**diary.sessions, event.local_date: event})
    if isinstance(event, MilestoneReached):
        return replace(diary, milestones=diary.milestones | {(event.milestone, event.count)})
    return replace(diary, noticed=noticed.evolve(diary.noticed, event))


KIND = Kind("program", Diary(), evolve, shape=3)


def find(diary: Diary, session: str) -> Session:
    """Return a session by its id, the local date as text.

    Raises:
        NotFound: there is none.
    """
    for found in diary.sessions.values():
        if found.session == session:
            return found
    raise NotFound("There is no session of this date.")
