"""Regions, sites and rotas: what can be, and who is on duty."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from prescription import rota, site
from prescription.commands import ChangeSite, SetRota
from prescription.events import RotaSet, SiteChanged, SiteRegistered
from prescription.hours import Opening, Shift
from prescription.region import Region
from prescription.staff import Staff
from tests.unit.prescription.asked import pointers

MORNING = Opening(1, time(8), time(13))
EVENING = Opening(1, time(15), time(19))
CHANGE = ChangeSite("n", 1, "North", "Europe/Madrid", "en", None, (EVENING, MORNING))
MONDAY = date(2026, 9, 7)
SHIFT = Shift("bo", MONDAY, date(2026, 9, 11), time(8), time(13))
BO, DEE = Staff("therapist", ("n",)), Staff("lead", ())
SET = SetRota("n", 1, (SHIFT,), "dee")


def staff(**members: Staff) -> dict[str, Staff]:
    return defaultdict(Staff, {"bo": BO, "dee": DEE, **members})


def with_rota(command: SetRota = SET) -> site.Site:
    (event,) = rota.set_rota(command, staff())
    return site.evolve(site.Site("North", "Europe/Madrid"), event)


def at(hour: int, day: int = 7) -> datetime:
    return datetime(2026, 9, day, hour)  # noqa: DTZ001 - on the site's own clock


def test_a_site_has_hours_and_a_weekday_without_any_is_a_closed_day() -> None:
    (event,) = site.change(CHANGE, Region())

    assert isinstance(event, SiteChanged)
    assert event.hours == (MORNING, EVENING)
    assert {opening.weekday for opening in event.hours} == {1}


@pytest.mark.parametrize(
    ("hours", "pointer"),
    [
        ((Opening(1, time(13), time(8)),), "/hours/0/closes"),
        ((Opening(1, time(8), time(8)),), "/hours/0/closes"),
        ((MORNING, Opening(1, time(12), time(14))), "/hours/1/opens"),
    ],
)
def test_hours_that_cannot_be_are_named(hours: tuple[Opening, ...], pointer: str) -> None:
    with pytest.raises(site.SiteImpossible) as refused:
        site.change(replace(CHANGE, hours=hours), Region())

    assert pointers(refused) == [pointer]


def test_a_site_belongs_to_a_region_that_there_is_or_to_none() -> None:
    (event,) = site.change(replace(CHANGE, region="coast"), Region("Coast"))
    assert site.evolve(site.Site(), event).region == "coast"

    with pytest.raises(site.SiteImpossible) as refused:
        site.change(replace(CHANGE, region="coast"), Region())
    assert pointers(refused) == ["/region"]


def test_a_change_of_a_site_leaves_its_rota() -> None:
    (event,) = site.change(CHANGE, Region())

    assert site.evolve(with_rota(), event).rota == RotaSet("n", (SHIFT,), "dee")


def test_a_site_without_a_rota_is_told_so() -> None:
    new = site.evolve(site.Site(), SiteRegistered("n", "North", "Europe/Madrid", "en", None))

    assert rota.on_duty(new, at(9), staff()) == rota.Duty((), fallback=False, known=False)


@pytest.mark.parametrize(
    ("now", "who", "fallback"),
    [
        (at(8), "bo", False),
        (at(12), "bo", False),
        (at(13), "dee", True),
        (at(7), "dee", True),
        (at(9, day=12), "dee", True),
        (at(9, day=11), "bo", False),
    ],
)
def test_the_fallback_is_on_duty_where_nobody_else_is(
    now: datetime, who: str, fallback: bool
) -> None:
    assert rota.on_duty(with_rota(), now, staff()) == rota.Duty((who,), fallback, known=True)


def test_who_has_left_is_not_on_duty() -> None:
    gone = staff(bo=replace(BO, left=date(2026, 9, 6)))

    assert rota.on_duty(with_rota(), at(9), gone).staff == ("dee",)


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"fallback": "nobody"}, "/fallback"),
        ({"shifts": (replace(SHIFT, staff="nobody"),)}, "/shifts/0/staff"),
        ({"site": "south"}, "/shifts/0/staff"),
        ({"shifts": (SHIFT, replace(SHIFT, last=date(2026, 9, 6)))}, "/shifts/1/last"),
        ({"shifts": (replace(SHIFT, ends=time(8)),)}, "/shifts/0/ends"),
    ],
)
def test_a_rota_that_cannot_be_is_named(other: dict[str, Any], pointer: str) -> None:
    with pytest.raises(rota.RotaImpossible) as refused:
        rota.set_rota(replace(SET, **other), staff())

    assert pointers(refused) == [pointer]
