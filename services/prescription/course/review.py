"""Reviews: when somebody looks at a program again, so that none is set and forgotten."""

from collections.abc import Iterator
from datetime import date, timedelta

from prescription.course.rules import Steering, steering
from prescription.fault import fault
from shared.errors import Fault


def later(day: date, by: timedelta) -> date:
    """Return a date so much later, or the last that there is."""
    return date.fromordinal(min(day.toordinal() + by.days, date.max.toordinal()))


def faults(asked: date | None, day: date, rules: Steering) -> Iterator[Fault]:
    """Yield a fault where a review date lies before a day, or long after it."""
    latest = later(day, rules.latest)
    if asked is not None and not day <= asked <= latest:
        yield fault(
            "/review", "Give a date from %(earliest)s to %(latest)s.", earliest=day, latest=latest
        )


def planned(asked: date | None, day: date, last: date | None, rules: Steering) -> date:
    """Return when to look at a program again.

    Args:
        asked: what the therapist says.
        day: from which it is counted otherwise.
        last: the program's last date, if it has one: no later than that.
        rules: how long after.
    """
    usual = later(day, rules.review)
    return asked or (max(day, min(usual, last)) if last else usual)


def usual(effective: date, last: date | None) -> date:
    """Return when to look at a revision again that says nothing of it."""
    return planned(None, effective, last, steering())
