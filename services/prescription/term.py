"""The term of a program: its first and last date, and the dates between."""

from collections.abc import Iterator
from datetime import date, timedelta

from prescription.fault import fault
from prescription.rules import Rules
from shared.errors import Fault


def start_faults(start: date, today: date, rules: Rules) -> Iterator[Fault]:
    """Yield a fault where a first date is far from today."""
    earliest, latest = (today + timedelta(days=days) for days in rules.starts)
    if not earliest <= start <= latest:
        yield fault(
            "/start",
            "Look at the year: give a date from %(earliest)s to %(latest)s.",
            earliest=earliest,
            latest=latest,
        )


def end_faults(end: date | None, start: date, rules: Rules) -> Iterator[Fault]:
    """Yield a fault where a last date lies before the first, or years after it."""
    if end is None:
        return
    if end < start:
        yield fault("/end", "It lies before the start, %(start)s: give that or later.", start=start)
    elif (end - start).days > rules.longest:
        yield fault(
            "/end", "That is more than %(days)s days: look at the year.", days=rules.longest
        )


def date_faults(pointer: str, day: date, start: date, end: date | None) -> Iterator[Fault]:
    """Yield a fault where a date lies outside the program."""
    if day < start:
        yield fault(
            pointer, "It lies before the start, %(start)s: give that or later.", start=start
        )
    elif end is not None and start <= end < day:
        yield fault(pointer, "It lies after the end, %(end)s: give that or earlier.", end=end)
