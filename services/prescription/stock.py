"""How far the catalogue has come into a practice's library."""

from dataclasses import dataclass

from prescription.commands import StockLibrary
from prescription.events import LibraryStocked
from shared.stream import Kind


@dataclass(frozen=True, slots=True)
class Stock:
    """The edition that was taken in last, and how far."""

    edition: str = ""
    through: int = 0


def evolve(stock: Stock, event: object) -> Stock:
    """Return the stock after an event."""
    return Stock(event.edition, event.through) if isinstance(event, LibraryStocked) else stock


KIND = Kind("library", Stock(), evolve)


def stock(command: StockLibrary) -> list[object]:
    """Decide how far the catalogue has come."""
    return [LibraryStocked(command.library, command.edition, command.through, command.of)]
