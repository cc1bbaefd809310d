"""What a session gives to say beside itself: decided in the same commit."""

from adherence.diary import Decided, Desk, Diary, evolve
from adherence.events import Session
from adherence.milestone import with_milestones
from adherence.signals import hard, pain, proposing, watch

# In this order: what lowers a dose is decided before what raises it.
NOTICING = (
    pain.flagged,
    watch.resumed,
    hard.too_hard,
    proposing.stepped_back,
    proposing.deloaded,
    proposing.progressed,
)


def with_signals(diary: Diary, event: Session, desk: Desk) -> Decided:
    """Return the event with the milestones that it reaches and the signals that it gives."""
    decided = with_milestones(diary, event, desk)
    after = evolve(diary, event)
    for notice in NOTICING:
        for signal in notice(after, event, desk):
            after = evolve(after, signal)
            decided.append(signal)
    return decided
