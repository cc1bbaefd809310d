"""Imports: a file of rows that is looked at piece by piece, and what became of each row."""

from dataclasses import dataclass, replace

from prescription.commands import AdvanceImport, StartImport
from prescription.events import ImportAdvanced, ImportStarted, Note
from shared.commands import identify
from shared.stream import Kind


@dataclass(frozen=True, slots=True)
class Intake:
    """An import, and how far it has come."""

    started: ImportStarted | None = None
    through: int = 0
    taken: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def done(self) -> bool:
        """Whether every row was looked at."""
        return self.started is not None and self.through >= self.started.rows


def evolve(intake: Intake, event: object) -> Intake:
    """Return the import after an event."""
    if isinstance(event, ImportStarted):
        return replace(intake, started=event)
    if isinstance(event, ImportAdvanced):
        return replace(
            intake,
            through=event.through,
            taken=intake.taken + event.taken,
            changed=intake.changed + event.changed,
            unchanged=intake.unchanged + event.unchanged,
            refused=intake.refused + event.refused,
            notes=intake.notes + event.notes,
        )
    return intake


KIND = Kind("import", Intake(), evolve)


def start(command: StartImport) -> list[object]:
    """Decide that a file is looked at."""
    return [
        ImportStarted(
            intake=command.intake,
            kind=command.kind,
            source=command.source,
            encoding=command.encoding,
            rows=len(command.rows),
            ignored=command.ignored,
            sites=command.sites,
        )
    ]


def advance(command: AdvanceImport, rows: int) -> list[object]:
    """Decide what became of some rows."""
    counts = {name: command.outcomes.count(name) for name in OUTCOMES}
    return [
        ImportAdvanced(
            intake=command.intake,
            rows=rows,
            through=command.start + len(command.outcomes),
            notes=command.notes,
            **counts,
        )
    ]


def piece(intake: str, start: int) -> str:
    """Return the id under which the rows from one on are sealed."""
    return identify(intake, "rows", str(start))


OUTCOMES = ("taken", "changed", "unchanged", "refused")
