"""Times and spans that the rules work by, read from `rules.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rules:
    """Times of day are the patient's own.

    Attributes:
        remind_at: when a date's reminder is decided.
        quiet_from: from when on nothing is sent.
        quiet_until: when that ends, on the next day where it is the earlier of the two.
        celebrated_within: how long after it was recorded a celebration is worth sending.
        outlook: how many dates ahead the next session is looked for.
    """

    remind_at: time
    quiet_from: time
    quiet_until: time
    celebrated_within: timedelta
    outlook: int


@cache
def rules() -> Rules:
    """Return the rules in force."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return Rules(
        remind_at=found["reminder"]["at"],
        quiet_from=found["quiet"]["from"],
        quiet_until=found["quiet"]["until"],
        celebrated_within=timedelta(days=found["celebration"]["useful_days"]),
        outlook=found["outlook"]["days"],
    )
