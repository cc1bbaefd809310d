"""What must not be suggested in a case, looked at before anything speaks for an exercise."""

from collections.abc import Iterator
from dataclasses import dataclass

from prescription.catalogue import Entry
from prescription.suggest.case import Case, Reading
from prescription.suggest.rules import Limit, Rules, Trait

NOTHING = "nothing"
WHOLE = "whole_body"
UNREAD = Limit(
    en="nobody has read yet what it asks of the body",
    es="nadie ha leído todavía qué exige al cuerpo",
)
LACKING = Limit(en="it needs what is not at home", es="necesita lo que no hay en casa")


@dataclass(frozen=True, slots=True)
class Barred:
    """Which limit keeps an exercise away: `by` is a restriction's code or what kind of limit."""

    by: str
    limit: Limit


def barred(word: str, entry: Entry, case: Case, reading: Reading, rules: Rules) -> Barred | None:
    """Return the first limit that keeps an exercise of the catalogue away; None if none does.

    What was never read is kept away too: of it no limit could say anything.
    """
    trait = rules.traits.get(word)
    if trait is None:
        return Barred("unread", UNREAD)
    if not set(entry.equipment) <= {*case.equipment, NOTHING}:
        return Barred("equipment", LACKING)
    for by, limit in _holding(trait, case, reading, rules):
        if _bars(limit, entry, trait):
            return Barred(by, limit)
    return None


def _holding(
    trait: Trait, case: Case, reading: Reading, rules: Rules
) -> Iterator[tuple[str, Limit]]:
    """Yield the limits that hold for this exercise in this case."""
    for code in reading.restrictions:
        yield code, rules.restrictions[code]
    fresh = any(condition.fresh for condition in reading.conditions.values())
    if fresh and case.phase in rules.fresh.phases:
        yield "fresh", rules.fresh
    if reading.regions & {*trait.regions, WHOLE}:
        if case.phase in rules.by_phase:
            yield "phase", rules.by_phase[case.phase]
        if case.irritability in rules.by_irritability:
            yield "irritability", rules.by_irritability[case.irritability]
    if case.age >= rules.old.years:
        yield "age", rules.old


def _bars(limit: Limit, entry: Entry, trait: Trait) -> bool:
    if set(limit.but) & set(trait.asks):
        return False
    return (
        entry.kind in limit.kinds
        or entry.position in limit.positions
        or entry.space in limit.spaces
        or entry.region in limit.regions
        or bool(set(limit.asks) & set(trait.asks))
        or (limit.load is not None and trait.load > limit.load)
    )
