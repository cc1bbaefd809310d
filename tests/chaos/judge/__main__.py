"""`python -m judge CASE`: reads, prints one table, fails where anything is lost or doubled."""

import sys
from collections.abc import Iterator
from pathlib import Path

from . import answers, case, checks, effects, evidence, history, stores, topics
from .evidence import Check, Evidence

LOST: tuple[Check, ...] = (
    checks.commands_lost,
    checks.events_lost,
    effects.sessions_lost,
    effects.milestones_lost,
    effects.celebrations_lost,
    effects.mails_lost,
    checks.ledgers_behind,
    checks.keys_held,
    checks.due_failed,
)
DOUBLED: tuple[Check, ...] = (
    checks.commands_doubled,
    checks.answers_differ,
    checks.unexplained,
    checks.records_unexplained,
    checks.holes,
    checks.out_of_order,
    effects.sessions_doubled,
    effects.milestones_doubled,
    effects.celebrations_doubled,
    effects.mails_doubled,
)
SHOWN = 20


def gather(given: case.Case) -> Evidence:
    """Read all there is."""
    asked = history.read(given.history)
    return Evidence(
        case=given,
        history=asked,
        stores=stores.read(given),
        records=topics.read(given),
        mails=answers.mails(given.mails),
        timelines=answers.timelines(given, asked.created("/prescription/v1/programs")),
        inboxes=answers.inboxes(given, asked.created("/prescription/v1/patients")),
    )


def figures(found: Evidence) -> Iterator[tuple[str, str]]:
    """Yield what was done."""
    commands, counts = found.history.commands, found.history.counts
    for name in sorted(counts):
        if name.startswith("fault"):
            yield name, str(counts[name])
    yield "calls", str(counts.get("sent", 0))
    yield "calls without an answer", str(counts.get("broken", 0) + counts.get("unanswered", 0))
    yield "commands", str(len(commands))
    yield "commands accepted", str(sum(one.accepted for one in commands))
    yield "commands refused", str(sum(one.refused for one in commands))
    yield "commands unknown", str(sum(one.unknown for one in commands))
    yield "commits", str(len(found.stores.commits))
    distinct = len({(r.service, r.tenant, r.stream, r.sequence) for r in found.records})
    yield "events on Kafka", str(distinct)
    yield "records repeated", str(len(found.records) - distinct)
    yield "milestones", str(sum(1 for _ in found.stores.events("MilestoneReached")))
    for state in evidence.CLOSED:
        kinds = [data["kind"] for _, data in found.stores.events(state)]
        for kind in ("celebration", "reminder"):
            yield f"{state}, {kind}", str(kinds.count(kind))
    yield "mails", str(found.mails.total())
    yield "longest wait for an answer, s", f"{history.longest_wait(commands):.1f}"
    yield "at rest after the last fault, s", f"{found.history.settled:.1f}"


def count(title: str, all_checks: tuple[Check, ...], found: Evidence) -> int:
    """Print the lines of one group of checks, and return how much they found."""
    total = 0
    print(title)
    for check in all_checks:
        wrong = list(check(found))
        total += len(wrong)
        line((check.__doc__ or "").partition("\n")[0].rstrip("."), str(len(wrong)))
        for one in wrong[:SHOWN]:
            print(f"      {one}")
    return total


def line(name: str, value: str) -> None:
    """Print one line of the table."""
    print(f"  {name:<78}{value:>8}")


def main() -> None:
    """Judge the case named on the command line."""
    found = gather(case.load(Path(sys.argv[1])))
    print("Run")
    for name, value in figures(found):
        line(name, value)
    lost = count("Lost", LOST, found)
    doubled = count("Doubled", DOUBLED, found)
    count("Apart", (effects.mails_repeated,), found)
    print("Verdict")
    line("lost", str(lost))
    line("doubled", str(doubled))
    sys.exit(bool(lost or doubled))


if __name__ == "__main__":
    main()
