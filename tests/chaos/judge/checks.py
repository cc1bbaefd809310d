"""Checks of what was committed, published and consumed.

Each check counts one kind of loss or doubling, and names what it found by id.
"""

from collections.abc import Iterator, Mapping, Sequence

from .case import PRIVACY, READS
from .evidence import CLOSED, Evidence, about, reached
from .stores import Commit

# What of the catalogue comes into every practice's library by itself names its edition.
STOCKED = (
    *("ExercisePublished", "ExerciseRevised", "LibraryStocked"),
    *("TemplatePublished", "TemplateRevised"),
)
# What is decided of a program by itself, and which of its fields tell one from another.
DECIDED = {
    **dict.fromkeys(("ReminderDecided", "ProgramNotStarted"), ("program", "local_date")),
    **dict.fromkeys(("AdherenceDipped", "ProgramLapsed"), ("program", "local_date")),
    **dict.fromkeys(("TaskOpened", "TaskClosed"), ("task",)),
}


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
    milestones = set(reached(found))
    practices = {commit.tenant for commit, _ in found.stores.events("PracticeRegistered")}
    # What the platform decides by itself it decides once.
    decided: set[tuple[str, ...]] = set()
    for commit in found.stores.commits:
        for name, data, _ in commit.events:
            once: tuple[str, ...] = ()
            if name in DECIDED:
                once = (name, *(data[field] for field in DECIDED[name]))
                explained = data["program"] in programs
            elif name in CLOSED:
                once, explained = (data["message"],), set(about(commit, data)) <= milestones
            elif name in STOCKED and data["edition"]:
                part = data.get("exercise") or data.get("template") or str(data["through"])
                once = (commit.tenant, name, part, data["edition"])
                explained = commit.tenant in practices
            else:
                explained = (commit.service, commit.command) in asked
            if not explained or once in decided:
                yield f"{commit.id}: {name}"
            if once:
                decided.add(once)


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


def ledgers_behind(found: Evidence) -> Iterator[str]:
    """Streams that a consumer has not applied to their head."""
    heads = {(c.service, c.tenant, c.stream): c for c in found.stores.commits if c.sequence}
    for service, owners in READS.items():
        ledgers = found.stores.ledgers[service]
        consumers = {consumer for consumer, _, _ in ledgers}
        if not consumers:
            yield f"{service} consumes nothing"
        for (owner, tenant, stream), head in heads.items():
            for consumer in consumers:
                if owner not in _read(consumer, owners):
                    continue
                topic = f"hep.{owner}.v1"
                _, streams = ledgers.get((consumer, topic, head.key), ("", {}))
                if streams.get(stream) != head.sequence:
                    at = streams.get(stream, 0)
                    yield f"{service} {consumer}: {tenant}|{stream} {at} of {head.sequence}"


def _read(consumer: str, owners: Sequence[str]) -> Sequence[str]:
    """Return whose topics a consumer reads, of a service that reads these."""
    beginning, own = PRIVACY
    return own if consumer.startswith(beginning) else owners


def keys_held(found: Evidence) -> Iterator[str]:
    """Keys that wait or are parked."""
    for service, ledgers in found.stores.ledgers.items():
        for (consumer, topic, key), (state, _) in ledgers.items():
            if state != "open":
                yield f"{service} {consumer} {topic} {key}: {state}"


def due_failed(found: Evidence) -> Iterator[str]:
    """Due commands given up."""
    yield from found.stores.failed


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
