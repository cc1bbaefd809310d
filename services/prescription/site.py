"""Sites: where a practice treats, in which time zone, at which hours, in which region."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from zoneinfo import available_timezones

from prescription.commands import ChangeSite, RegisterSite
from prescription.events import RotaSet, SiteChanged, SiteRegistered
from prescription.fault import fault
from prescription.hours import Opening
from prescription.region import Region
from shared.errors import Fault, Invalid
from shared.stream import Kind


class SiteImpossible(Invalid):
    """The site cannot be as it is described."""

    slug = "site-impossible"
    title = "The site cannot be like this"


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a site; without a name it is not there, without a rota nobody is on duty."""

    name: str = ""
    zone: str = ""
    language: str = ""
    region: str | None = None
    hours: tuple[Opening, ...] = ()
    rota: RotaSet | None = None


def evolve(site: Site, event: object) -> Site:
    """Return the site after an event."""
    if isinstance(event, SiteRegistered):
        return Site(event.name, event.zone, event.language, event.region)
    if isinstance(event, SiteChanged):
        return Site(event.name, event.zone, event.language, event.region, event.hours, site.rota)
    return replace(site, rota=event) if isinstance(event, RotaSet) else site


KIND = Kind("site", Site(), evolve)


def register(command: RegisterSite, region: Region) -> list[object]:
    """Decide a registration.

    Raises:
        SiteImpossible: there is no such time zone, or no such region.
    """
    if faults := [*zone_faults(command.zone), *_region_faults(command.region, region)]:
        raise SiteImpossible("Look at the fields that are named here.", faults=faults)
    return [
        SiteRegistered(command.site, command.name, command.zone, command.language, command.region)
    ]


def change(command: ChangeSite, region: Region) -> list[object]:
    """Decide what a site is like from now on.

    Raises:
        SiteImpossible: a time zone, region or opening hours that cannot be.
    """
    faults = [*zone_faults(command.zone), *_region_faults(command.region, region)]
    if faults := [*faults, *_hours_faults(command.hours)]:
        raise SiteImpossible("Look at the fields that are named here.", faults=faults)
    return [
        SiteChanged(
            site=command.site,
            name=command.name,
            zone=command.zone,
            language=command.language,
            region=command.region,
            hours=tuple(sorted(command.hours, key=_place)),
        )
    ]


def zone_faults(zone: str) -> Iterator[Fault]:
    """Yield a fault where no time zone has this name."""
    if zone not in available_timezones():
        yield fault("/zone", "There is no such time zone. Give an IANA name, as Europe/Madrid.")


def _region_faults(identity: str | None, region: Region) -> Iterator[Fault]:
    if identity is not None and not region.name:
        yield fault("/region", "The practice has no region with this id.")


def _hours_faults(hours: Sequence[Opening]) -> Iterator[Fault]:
    for number, opening in enumerate(hours):
        if opening.closes <= opening.opens:
            yield fault(f"/hours/{number}/closes", "It closes before it opens: give a later time.")
    numbered = sorted(enumerate(hours), key=lambda one: _place(one[1]))
    for (_, before), (number, after) in pairwise(numbered):
        if before.weekday == after.weekday and after.opens < before.closes:
            yield fault(f"/hours/{number}/opens", "It is open then already: give hours apart.")


def _place(opening: Opening) -> tuple[int, str]:
    return opening.weekday, opening.opens.isoformat()
