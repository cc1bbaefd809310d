"""What was found, as people and as programs read it."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from shared.mongo import Document
from shared.verify.faults import FAULTS, Fault

MOST = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be; `where` and `what` hold ids and counts only.

    Attributes:
        name: of its fault.
        where: which commit, topic, ledger, collection.
        what: is wrong there.
        of: what the mending command is given.
    """

    name: str
    where: str
    what: str
    of: tuple[str, ...] = ()

    @property
    def fault(self) -> Fault:
        """Return what kind of fault it is."""
        return FAULTS[self.name]

    @property
    def command(self) -> tuple[str, ...]:
        """Return the arguments of the service's command that mends it; none where none does."""
        return tuple(
            part
            for given in self.fault.command
            for part in (self.of if given == "{}" else (given,))
        )

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.where}: {self.what}"


@dataclass(slots=True)
class Report:
    """What was looked at and what was found.

    Attributes:
        streams: streams in the store.
        events: published events among them.
        documents: documents of the projections.
        findings: what is wrong; none where all holds.
        notes: what is only to be known.
        lost: intents and due work that are missing, by collection.
    """

    streams: int = 0
    events: int = 0
    documents: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    lost: list[tuple[str, Document]] = field(default_factory=list)

    def add(self, found: Iterable[Finding]) -> None:
        """Take findings in, notes apart."""
        for finding in found:
            (self.notes if finding.fault.note else self.findings).append(finding)


def lines(service: str, report: Report, *, hep: bool = False) -> Iterator[str]:
    """Yield a report for people: grouped, counted, at most five lines of each kind.

    Args:
        service: its name.
        report: of it.
        hep: whether to name commands as `hep` takes them.
    """
    yield (
        f"{service}: {report.streams} streams, {report.events} published events, "
        f"{report.documents} documents, {len(report.findings)} findings"
    )
    order = list(FAULTS)
    for found in (report.findings, report.notes):
        ordered = sorted(found, key=lambda finding: order.index(finding.name))
        for name, group in groupby(ordered, key=lambda finding: finding.name):
            yield from _group(service, FAULTS[name], list(group), hep=hep)


def _group(service: str, fault: Fault, found: Sequence[Finding], *, hep: bool) -> Iterator[str]:
    count = f"{len(found)}, nothing is wrong" if fault.note else len(found)
    yield f"  {fault.area}: {fault.title} ({count})"
    yield from _few([f"    {finding}" for finding in found])
    commands = [written(service, finding.command, hep=hep) for finding in found if finding.command]
    yield from _few([f"    > {command}" for command in dict.fromkeys(commands)])
    yield f"    {fault.advice}"


def _few(found: Sequence[str]) -> Iterator[str]:
    yield from found[:MOST]
    if len(found) > MOST:
        yield f"    and {len(found) - MOST} more"


def written(service: str, command: Sequence[str], *, hep: bool = False) -> str:
    """Return a command as it is typed."""
    verb, *rest = command
    if not hep:
        return shlex.join(["python", "-m", service, *command])
    return "hep up" if verb == "work" else shlex.join(["hep", verb, service, *rest])


def document(service: str, report: Report, *, hep: bool = False) -> dict[str, Any]:
    """Return a report for programs, whole."""

    def plain(finding: Finding) -> dict[str, Any]:
        command = written(service, finding.command, hep=hep) if finding.command else None
        return {
            "fault": finding.name,
            "area": finding.fault.area,
            "where": finding.where,
            "what": finding.what,
            "command": command,
            "advice": finding.fault.advice,
        }

    return {
        "service": service,
        "streams": report.streams,
        "events": report.events,
        "documents": report.documents,
        "findings": [plain(finding) for finding in report.findings],
        "notes": [plain(finding) for finding in report.notes],
    }
