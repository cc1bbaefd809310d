"""Milestones: what a program's sessions have reached, each once in a program, never revoked."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from adherence.events import Milestone
from adherence.rules import Rules
from adherence.streak import runs
from shared.schedule import Program, stretches_of_week


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


def upcoming(
    told: AbstractSet[tuple[Milestone, int]], *, streak: int, total: int, rules: Rules
) -> Next | None:
    """Return the milestone that takes the fewest sessions more."""
    ahead = [Next("streak", count, count - streak) for count in rules.streak if count > streak]
    ahead += [Next("total", count, count - total) for count in rules.total if count > total]
    open_ones = [found for found in ahead if (found.milestone, found.count) not in told]
    return min(open_ones, key=lambda found: found.missing, default=None)


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
        all(program.covers(found) for found in week)
        and all(found in done for found in fixed)
        and all(
            len(done & set(stretch.days)) >= stretch.quota
            for stretch in stretches_of_week(program, day)
        )
    )
