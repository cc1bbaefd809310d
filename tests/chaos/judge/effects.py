"""Checks of what people are shown: timelines, milestones, celebrations, mails."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from .evidence import CLOSED, Evidence, Milestone, about, reached
from .history import sessions

# What sessions on every date reach, restated: lengths of streaks, numbers of sessions.
STREAKS = (3, 7, 14, 30)
TOTALS = (10, 25, 50, 100)
WEEK = 7
SETS = 3


def sessions_lost(found: Evidence) -> Iterator[str]:
    """Sessions missing in timelines, or not as they were told last."""
    for where, told in sessions(found.history.commands).items():
        days = {day["date"]: day for day in found.timelines[where]["days"]}
        for day, pain in told.days.items():
            shown = days.get(day.isoformat(), {"status": "no such day", "pain": None})
            if shown["status"] != "done" or (told.certain and shown["pain"] != pain):
                yield f"{where[1]} {day}: {shown['status']}, pain {shown['pain']} of {pain}"


def sessions_doubled(found: Evidence) -> Iterator[str]:
    """Sessions doubled in timelines, or told by nobody."""
    told = sessions(found.history.commands)
    for where, timeline in found.timelines.items():
        known = told[where].days if where in told else {}
        certain = where not in told or told[where].certain
        for day in timeline["days"]:
            sets = sum(one["done"]["sets"] for one in day["done"] if one["done"])
            nobodys = sets and certain and date.fromisoformat(day["date"]) not in known
            if sets not in {0, SETS} or nobodys:
                yield f"{where[1]} {day['date']}: {sets} sets"
        dates = Counter(day["date"] for day in timeline["days"])
        yield from (f"{where[1]} {day} is shown twice" for day in dates if dates[day] > 1)


def milestones_lost(found: Evidence) -> Iterator[str]:
    """Milestones that sessions reach and nothing tells, in commits or in timelines."""
    known = set(reached(found))
    for (tenant, program), told in sessions(found.history.commands).items():
        shown = found.timelines[tenant, program]["milestones"]
        shown_here = {(one["kind"], one["count"]) for one in shown}
        for kind, count in _expected(set(told.days)):
            if (tenant, program, kind, count) not in known or (kind, count) not in shown_here:
                yield f"{program} {kind} {count}"


def milestones_doubled(found: Evidence) -> Iterator[str]:
    """Milestones reached twice."""
    yield from _repeated(reached(found))


def celebrations_lost(found: Evidence) -> Iterator[str]:
    """Milestones without a celebration: none closed, or none in the inbox."""
    closed, shown = set(_celebrated(found)), set(_shown(found))
    for milestone in reached(found):
        if milestone not in closed or milestone not in shown:
            yield _name(milestone)


def celebrations_doubled(found: Evidence) -> Iterator[str]:
    """Milestones celebrated twice."""
    yield from _repeated(_celebrated(found))
    yield from _repeated(_shown(found))


def mails_lost(found: Evidence) -> Iterator[str]:
    """Messages that were sent by e-mail and are in no mailbox."""
    for _, data in found.stores.events("MessageSent"):
        if data["channel"] == "email" and not found.mails[data["message"]]:
            yield data["message"]


def mails_doubled(found: Evidence) -> Iterator[str]:
    """Mails delivered twice though no delivery was interrupted, or that nothing explains."""
    sent = {data["message"] for _, data in found.stores.events(*CLOSED)}
    for message, times in found.mails.items():
        if message not in sent:
            yield f"{message} was never sent"
        elif times > 1 + found.stores.intents.get(message, 0):
            yield f"{message} came {times} times"


def mails_repeated(found: Evidence) -> Iterator[str]:
    """Mails repeated because their delivery was interrupted."""
    for message, times in found.mails.items():
        if 1 < times <= 1 + found.stores.intents.get(message, 0):
            yield f"{message} came {times} times"


def _celebrated(found: Evidence) -> list[Milestone]:
    return [one for commit, data in found.stores.events(*CLOSED) for one in about(commit, data)]


def _shown(found: Evidence) -> list[Milestone]:
    return [
        (tenant, message["program"], one["kind"], one["count"])
        for (tenant, _), messages in found.inboxes.items()
        for message in messages
        for one in message["milestones"]
    ]


def _expected(days: set[date]) -> Iterator[tuple[str, int]]:
    """Yield what sessions on these dates reach, where every date asks for one."""
    if not days:
        return
    yield "first_session", 1
    run = longest = 1
    for before, after in pairwise(sorted(days)):
        run = run + 1 if after - before == timedelta(days=1) else 1
        longest = max(longest, run)
    yield from (("streak", length) for length in STREAKS if length <= longest)
    yield from (("total", number) for number in TOTALS if number <= len(days))
    if {min(days) + timedelta(days=number) for number in range(WEEK)} <= days:
        yield "first_week", 1


def _repeated(milestones: Iterable[Milestone]) -> Iterator[str]:
    for milestone, times in Counter(milestones).items():
        if times > 1:
            yield f"{_name(milestone)}: {times} times"


def _name(milestone: Milestone) -> str:
    _, program, kind, count = milestone
    return f"{program} {kind} {count}"
