"""Hours and dates at which something is so, as events hold them."""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of a weekday (ISO, 1 is Monday) at which a site is open, on its own clock."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on duty on these dates, the last included; between hours, where they are given."""

    staff: str
    first: date
    last: date
    begins: time | None
    ends: time | None
