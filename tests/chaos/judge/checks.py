"""Each check counts one kind of loss or doubling, and names what it found by id."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from .answers import Things
from .case import READS, Case
from .history import Command, History, sessions
from .stores import Commit, Stores
from .topics import Record

# What sessions on every date reach, restated: lengths of streaks, numbers of sessions.
STREAKS = (3, 7, 14, 30)
TOTALS = (10, 25, 50, 100)
WEEK = 7
SETS = 3
Milestone = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was read."""

    case: Case
    history: History
    stores: Stores
    records: list[Record]
    mails: Counter[str]
    timelines: Things
    inboxes: Things


Check = Callable[[Evidence], Iterator[str]]


def commands_lost(found: Evidence) -> Iterator[str]:
    """Accepted commands without a commit."""
    commits = _by_command(found)
    for command in found.history.commands:
        if command.accepted and (command.service, command.id) not in commits:
            yield f"{command.path} {command.id}"


def commands_doubled(found: Evidence) -> Iterator[str]:
    """Accepted commands with several commits."""
    for (service, command), commits in _by_command(found).items():
        if len(commits) > 1:
            yield f"{service} {command}: {', '.join(commit.id for commit in commits)}"


def answers_differ(found: Evidence) -> Iterator[str]:
    """Commands with answers that differ, or that are not their commit's."""
    commits = _by_command(found)
    for command in found.history.commands:
        versions = {version for _, version, _ in command.answers}
        written = {commit.last for commit in commits.get((command.service, command.id), ())}
        both = command.accepted and command.refused
        if len(command.answers) > 1 or both or (written and not versions <= written):
            yield f"{command.path} {command.id}: {versions} {written}"


def unexplained(found: Evidence) -> Iterator[str]:
    """Commits that nothing explains."""
    asked = {
        (command.service, command.id)
        for command in found.history.commands
        if command.accepted or command.unknown
    }
    programs = {data["program"] for _, data in found.stores.events("ProgramPrescribed")}
    reached = set(_reached(found))
    decided: Counter[tuple[str, str]] = Counter()
    closed: Counter[str] = Counter()
    for commit in found.stores.commits:
        for name, data, _ in commit.events:
            if name == "ReminderDecided":
                decided[data["program"], data["local_date"]] += 1
                known = decided[data["program"], data["local_date"]] == 1
                explained = known and data["program"] in programs
            elif name in CLOSED:
                closed[data["message"]] += 1
                explained = closed[data["message"]] == 1 and set(_about(commit, data)) <= reached
            else:
                explained = (commit.service, commit.command) in asked
            if not explained:
                yield f"{commit.id}: {name}"


def holes(found: Evidence) -> Iterator[str]:
    """Streams with a hole or a repeat among versions or sequences."""
    heads: dict[tuple[str, str, str], tuple[int, int]] = {}
    for commit in found.stores.commits:
        stream = (commit.service, commit.tenant, commit.stream)
        version, sequence = heads.get(stream, (0, 0))
        numbers = [number for _, _, number in commit.events if number is not None]
        dense = numbers == list(range(sequence + 1, sequence + 1 + len(numbers)))
        whole = commit.last == commit.first + len(commit.events) - 1
        if commit.first != version + 1 or not dense or not whole:
            yield commit.id
        heads[stream] = (commit.last, commit.sequence)


def events_lost(found: Evidence) -> Iterator[str]:
    """Published events missing on Kafka."""
    held = {(one.service, one.tenant, one.stream, one.sequence) for one in found.records}
    for event in sorted(_published(found) - held):
        yield "{} {}|{} sequence {}".format(*event)


def records_unexplained(found: Evidence) -> Iterator[str]:
    """Records that no commit explains."""
    published = _published(found)
    for one in found.records:
        if (one.service, one.tenant, one.stream, one.sequence) not in published:
            yield f"{one.service} {one.tenant}|{one.stream} sequence {one.sequence}"


def out_of_order(found: Evidence) -> Iterator[str]:
    """First occurrences that come after a later one of their stream."""
    seen: dict[tuple[str, str, str], set[int]] = {}
    for one in found.records:
        sequences = seen.setdefault((one.service, one.tenant, one.stream), set())
        if one.sequence not in sequences and sequences and one.sequence < max(sequences):
            yield f"{one.service} {one.tenant}|{one.stream} sequence {one.sequence}"
        sequences.add(one.sequence)


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
    reached = set(_reached(found))
    for (tenant, program), told in sessions(found.history.commands).items():
        shown = found.timelines[tenant, program]["milestones"]
        shown_here = {(one["kind"], one["count"]) for one in shown}
        for kind, count in _expected(set(told.days)):
            if (tenant, program, kind, count) not in reached or (kind, count) not in shown_here:
                yield f"{program} {kind} {count}"


def milestones_doubled(found: Evidence) -> Iterator[str]:
    """Milestones reached twice."""
    yield from _repeated(_reached(found))


def celebrations_lost(found: Evidence) -> Iterator[str]:
    """Milestones without a celebration: none closed, or none in the inbox."""
    closed, shown = set(_celebrated(found)), set(_shown(found))
    for milestone in _reached(found):
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


def ledgers_behind(found: Evidence) -> Iterator[str]:
    """Streams that a consumer has not applied to their head."""
    heads = {(c.service, c.tenant, c.stream): c for c in found.stores.commits if c.sequence}
    for service, owners in READS.items():
        ledgers = found.stores.ledgers[service]
        consumers = {consumer for consumer, _, _ in ledgers}
        if not consumers:
            yield f"{service} consumes nothing"
        for (owner, tenant, stream), head in heads.items():
            for consumer in consumers if owner in owners else ():
                topic = f"hep.{owner}.v1"
                _, streams = ledgers.get((consumer, topic, head.key), ("", {}))
                if streams.get(stream) != head.sequence:
                    at = streams.get(stream, 0)
                    yield f"{service} {consumer}: {tenant}|{stream} {at} of {head.sequence}"


def keys_held(found: Evidence) -> Iterator[str]:
    """Keys that wait or are parked."""
    for service, ledgers in found.stores.ledgers.items():
        for (consumer, topic, key), (state, _) in ledgers.items():
            if state != "open":
                yield f"{service} {consumer} {topic} {key}: {state}"


def due_failed(found: Evidence) -> Iterator[str]:
    """Due commands given up."""
    yield from found.stores.failed


CLOSED = ("MessageSent", "MessageExpired", "MessageFailed")


def _by_command(found: Evidence) -> Mapping[tuple[str, str], list[Commit]]:
    commits: dict[tuple[str, str], list[Commit]] = {}
    for commit in found.stores.commits:
        commits.setdefault((commit.service, commit.command), []).append(commit)
    return commits


def _published(found: Evidence) -> set[tuple[str, str, str, int]]:
    return {
        (commit.service, commit.tenant, commit.stream, number)
        for commit in found.stores.commits
        for _, _, number in commit.events
        if number is not None
    }


def _reached(found: Evidence) -> list[Milestone]:
    return [
        (commit.tenant, data["program"], data["milestone"], data["count"])
        for commit, data in found.stores.events("MilestoneReached")
    ]


def _about(commit: Commit, data: Mapping[str, Any]) -> list[Milestone]:
    return [
        (commit.tenant, data["program"], one["kind"], one["count"]) for one in data["milestones"]
    ]


def _celebrated(found: Evidence) -> list[Milestone]:
    return [one for commit, data in found.stores.events(*CLOSED) for one in _about(commit, data)]


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


def longest_wait(commands: Iterable[Command]) -> float:
    """Return the seconds that the longest command took from its first try to its answer."""
    waits = (one.answered - one.sent for one in commands if one.answered)
    return max((wait.total_seconds() for wait in waits), default=0.0)
