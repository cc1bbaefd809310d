"""The rota of a site: who is on duty when, and who is where nobody else is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prescription.commands import SetRota
from prescription.events import RotaSet
from prescription.fault import fault
from prescription.hours import Shift
from prescription.site import Site
from prescription.staff import Staff
from shared.errors import Fault, Invalid


class RotaImpossible(Invalid):
    """The rota cannot be like this."""

    slug = "rota-impossible"
    title = "The rota cannot be like this"


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty at a moment.

    Attributes:
        staff: on duty then, in the rota's order; the fallback alone where nobody is.
        fallback: whether it is the fallback.
        known: whether the site has a rota at all.
    """

    staff: tuple[str, ...]
    fallback: bool
    known: bool


def set_rota(command: SetRota, staff: Mapping[str, Staff]) -> list[object]:
    """Decide a rota.

    Args:
        command: what is asked.
        staff: by id, those that are named.

    Raises:
        RotaImpossible: somebody does not work at the site, or dates or hours cannot be.
    """
    if faults := list(_faults(command, staff)):
        raise RotaImpossible("Look at the fields that are named here.", faults=faults)
    return [RotaSet(command.site, command.shifts, command.fallback)]


def on_duty(site: Site, now: datetime, staff: Mapping[str, Staff]) -> Duty:
    """Return who is on duty; `now` is on the site's own clock. Who has left is not."""
    if site.rota is None:
        return Duty((), fallback=False, known=False)
    present = [
        shift.staff
        for shift in site.rota.shifts
        if _covers(shift, now) and staff[shift.staff].works(now.date())
    ]
    if present:
        return Duty(tuple(dict.fromkeys(present)), fallback=False, known=True)
    return Duty((site.rota.fallback,), fallback=True, known=True)


def _covers(shift: Shift, now: datetime) -> bool:
    begun = shift.begins is None or shift.begins <= now.time()
    ended = shift.ends is not None and shift.ends <= now.time()
    return shift.first <= now.date() <= shift.last and begun and not ended


def _faults(command: SetRota, staff: Mapping[str, Staff]) -> Iterator[Fault]:
    for number, shift in enumerate(command.shifts):
        place = f"/shifts/{number}"
        yield from _present(f"{place}/staff", staff[shift.staff], command.site)
        if shift.last < shift.first:
            yield fault(f"{place}/last", "It lies before the first day: give that or later.")
        if shift.begins and shift.ends and shift.ends <= shift.begins:
            yield fault(f"{place}/ends", "It ends before it begins: give a later time.")
    yield from _present("/fallback", staff[command.fallback], command.site)


def _present(pointer: str, member: Staff, site: str) -> Iterator[Fault]:
    if not member.is_at(site):
        yield fault(pointer, "Nobody with this id works at this site.")
