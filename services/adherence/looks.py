"""Who looked at a patient's record, as the patient is told: by day, who, at what, how often."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

LOOKED, CHANGED, REFUSED = "looked", "changed", "refused"
READING = {"read", "list", "open", "history"}


@dataclass(frozen=True, slots=True)
class Look:
    """What one person did on one day.

    Attributes:
        name: the person's; empty where it is not known.
        role: therapist, lead, administrator, or service for a machine of the platform.
        area: patient, program, session, timeline and so on: the first word of the action.
        what: looked, changed or refused.
        times: how often.
    """

    name: str
    role: str
    area: str
    what: str
    times: int


def days(
    entries: Iterable[Mapping[str, Any]], zone: tzinfo, names: Mapping[str, str]
) -> list[tuple[date, list[Look]]]:
    """Return the days on which anybody did anything, the newest first.

    Args:
        entries: of the audit.
        zone: the patient's.
        names: of staff, by who signs in as them.
    """
    found: dict[date, Counter[tuple[str, str, str, str]]] = {}
    for entry in entries:
        day = entry["at"].astimezone(zone).date()
        area, verb = entry["action"].split(".")
        what = REFUSED if entry["outcome"] == REFUSED else LOOKED if verb in READING else CHANGED
        # Two people of one role are two lines.
        found.setdefault(day, Counter())[entry["actor"], entry["roles"][0], area, what] += 1
    return [
        (
            day,
            [
                Look(names.get(who, ""), role, area, what, times)
                for (who, role, area, what), times in looks.items()
            ],
        )
        for day, looks in sorted(found.items(), reverse=True)
    ]
