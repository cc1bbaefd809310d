"""What a session gives to say beside itself: decided in the same commit."""

from adherence.diary import Decided, Desk, Diary, evolve
from adherence.events import Session
from adherence.milestone import with_milestones
from adherence.signals import pain


def with_signals(diary: Diary, event: Session, desk: Desk) -> Decided:
    """Return the event with the milestones that it reaches and the signals that it gives."""
    after = evolve(diary, event)
    return [*with_milestones(diary, event, desk), *pain.flagged(after, event, desk)]
