"""Streaks: consecutive due sessions by local date.

A partial session counts; one that the program did not ask for neither counts nor breaks. With "n
days a week" the sessions before a miss use up none of the n of those after it: whoever starts again
is not behind whoever never began.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from shared.schedule import Program, is_due, is_missed, stretches


def runs(program: Program, done: AbstractSet[date], until: date) -> Iterator[tuple[date, int]]:
    """Yield each date from the program's start with the length of the streak after it."""
    run = 0
    for stretch in stretches(program, until):
        since = done
        for day in stretch.days:
            if day > until:
                return
            if day in done:
                run += is_due(program, stretch, day, since)
            elif is_missed(program, stretch, day, done):
                run = 0
                since = {found for found in done if found > day}
            yield day, run


def current(program: Program, done: AbstractSet[date], today: date) -> int:
    """Return the streak as it stands; today is open until it is over."""
    until = today if today in done else today - timedelta(days=1)
    return next((run for _, run in reversed(list(runs(program, done, until)))), 0)
