"""Regions: what sites can belong to, so that somebody can lead several of them."""

from dataclasses import dataclass

from prescription.commands import RegisterRegion, RenameRegion
from prescription.events import RegionRegistered, RegionRenamed
from shared.stream import Kind


@dataclass(frozen=True, slots=True)
class Region:
    """What is known of a region; without a name it is not there."""

    name: str = ""


def evolve(region: Region, event: object) -> Region:
    """Return the region after an event."""
    return Region(event.name) if isinstance(event, RegionRegistered | RegionRenamed) else region


KIND = Kind("region", Region(), evolve)


def register(command: RegisterRegion) -> list[object]:
    """Decide a registration."""
    return [RegionRegistered(command.region, command.name)]


def rename(command: RenameRegion) -> list[object]:
    """Decide another name."""
    return [RegionRenamed(command.region, command.name)]
