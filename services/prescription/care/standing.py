"""How many visits are left of those authorised, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from prescription.care.events import Authorisation
from prescription.care.plan import Care


@dataclass(frozen=True, slots=True)
class Spent:
    """An authorisation, and how many of its visits were used."""

    first: date
    last: date
    visits: int
    used: int

    @property
    def left(self) -> int:
        """How many are left."""
        return self.visits - self.used


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan of care stands on a day.

    Attributes:
        authorised: whether anybody has said how many visits there may be.
        left: visits that can be used on that day; None where nobody has said how many.
        until: last day for these; None where there are none.
        over: visits that no authorisation covers.
        spent: each authorisation, the one that ends first first.
        visits: how many there were, counted or not.
    """

    authorised: bool
    left: int | None
    until: date | None
    over: int
    spent: tuple[Spent, ...]
    visits: int


def standing(care: Care, plan: str, today: date) -> Standing:
    """Return where a plan stands on a day, its visits up to the last one counted in."""
    authorised = care.plans[plan].latest.authorised
    visits = care.visits_of(plan)
    spent, over = spend(authorised, [one.latest.day for one in visits if one.latest.counted])
    open_now = [one for one in spent if one.first <= today <= one.last and one.left]
    return Standing(
        authorised=bool(authorised),
        left=sum(one.left for one in open_now) if authorised else None,
        until=min((one.last for one in open_now), default=None),
        over=over if authorised else 0,
        spent=spent,
        visits=len(visits),
    )


def spend(
    authorised: Iterable[Authorisation], days: Iterable[date]
) -> tuple[tuple[Spent, ...], int]:
    """Return the authorisations with the visits of these days taken off, and how many are over.

    A visit is taken off the authorisation that ends first among those that cover its day and have
    one left.
    """
    ordered = sorted(authorised, key=lambda one: (one.last, one.first))
    used, over = [0] * len(ordered), 0
    for day in sorted(days):
        for place, one in enumerate(ordered):
            if one.first <= day <= one.last and used[place] < one.visits:
                used[place] += 1
                break
        else:
            over += 1
    spent = (
        Spent(one.first, one.last, one.visits, n) for one, n in zip(ordered, used, strict=True)
    )
    return tuple(spent), over
