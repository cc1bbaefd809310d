"""Milestones: what a program's sessions have reached, each once in a program, never revoked."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date

from adherence.commands import ReachPhase
from adherence.diary import Decided, Desk, Diary, evolve
from adherence.events import Milestone, MilestoneReached, Session
from adherence.rules import Rules
from adherence.streak import runs
from shared.errors import Refusal
from shared.schedule import Program, stretches_of_week


class AlreadyReached(Refusal):
    """A milestone is reached once in a program."""

    slug = "already-reached"
    title = "This was reached before"


@dataclass(frozen=True, slots=True)
class Reached:
    """One thing reached, and the date of the session that it took."""

    milestone: Milestone
    count: int
    local_date: date


@dataclass(frozen=True, slots=True)
class Next:
    """The nearest milestone, and how many sessions it still takes."""

    milestone: Milestone
    count: int
    missing: int


def reached(program: Program, done: AbstractSet[date], rules: Rules) -> Iterator[Reached]:
    """Yield all that these dates with a session reach, whether told before or not.

    A late log may mend a streak: a milestone lies on the date that completes it, in date order.
    """
    ordered = sorted(done)
    if not ordered:
        return
    yield Reached("first_session", 1, ordered[0])
    yield from _streaks(program, done, rules, ordered[-1])
    yield from (Reached("total", n, ordered[n - 1]) for n in rules.total if n <= len(ordered))
    for day in ordered:
        if _is_full_week(program, done, day):
            yield Reached("first_week", 1, max(done & set(program.week(day))))
            return


def with_milestones(diary: Diary, event: Session, desk: Desk) -> Decided:
    """Return the event with the milestones that it reaches and that were not reached before."""
    done = evolve(diary, event).done_on().keys()
    found: Decided = [event]
    for one in reached(desk.program, done, desk.rules):
        if (one.milestone, one.count) not in diary.milestones:
            day = one.local_date
            found.append(_event(desk.program, one.milestone, one.count, day, day.isoformat()))
    return found


def reach_phase(diary: Diary, command: ReachPhase, desk: Desk) -> Decided:
    """Decide that a phase was completed, on the patient's date of the therapist's word.

    Raises:
        AlreadyReached: it was before.
    """
    if ("phase", command.phase) in diary.milestones:
        raise AlreadyReached("This phase was completed before.")
    day = command.declared.astimezone(desk.program.zone or UTC).date()
    return [_event(desk.program, "phase", command.phase, day, None)]


def upcoming(
    told: AbstractSet[tuple[Milestone, int]], *, streak: int, total: int, rules: Rules
) -> Next | None:
    """Return the milestone that takes the fewest sessions more."""
    if not total:
        return Next("first_session", 1, 1)
    ahead = [Next("streak", count, count - streak) for count in rules.streak if count > streak]
    ahead += [Next("total", count, count - total) for count in rules.total if count > total]
    open_ones = [found for found in ahead if (found.milestone, found.count) not in told]
    return min(open_ones, key=lambda found: found.missing, default=None)


def _event(
    program: Program, kind: Milestone, count: int, day: date, session: str | None
) -> MilestoneReached:
    return MilestoneReached(program.program, program.patient, kind, count, day, session)


def _streaks(
    program: Program, done: AbstractSet[date], rules: Rules, until: date
) -> Iterator[Reached]:
    first: dict[int, date] = {}
    for day, run in runs(program, done, until):
        first.setdefault(run, day)
    yield from (Reached("streak", n, first[n]) for n in rules.streak if n in first)


def _is_full_week(program: Program, done: AbstractSet[date], day: date) -> bool:
    """Tell whether a whole week has all the sessions that it asks for."""
    week = program.week(day)
    fixed = (found for found in week if program.in_force(found).fixed_on(found))
    return (
        all(program.runs(found) for found in week)
        and all(found in done for found in fixed)
        and all(
            len(done & set(stretch.days)) >= stretch.quota
            for stretch in stretches_of_week(program, day)
        )
    )
