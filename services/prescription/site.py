"""Sites: where a practice treats, in which time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from prescription.commands import RegisterSite
from prescription.events import SiteRegistered
from prescription.fault import fault
from shared.errors import Fault, Invalid
from shared.stream import Kind


class SiteImpossible(Invalid):
    """The site cannot be as it is described."""

    slug = "site-impossible"
    title = "The site cannot be like this"


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a site; without a name it is not there."""

    name: str = ""
    zone: str = ""


def evolve(site: Site, event: object) -> Site:
    """Return the site after an event."""
    return Site(event.name, event.zone) if isinstance(event, SiteRegistered) else site


KIND = Kind("site", Site(), evolve)


def register(command: RegisterSite) -> list[object]:
    """Decide a registration.

    Raises:
        SiteImpossible: there is no such time zone.
    """
    if faults := list(zone_faults(command.zone)):
        raise SiteImpossible("Look at its time zone.", faults=faults)
    return [SiteRegistered(command.site, command.name, command.zone, command.language)]


def zone_faults(zone: str) -> Iterator[Fault]:
    """Yield a fault where no time zone has this name."""
    if zone not in available_timezones():
        yield fault("/zone", "There is no such time zone. Give an IANA name, as Europe/Madrid.")
