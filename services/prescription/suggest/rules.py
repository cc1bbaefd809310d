"""What suggestions follow: limits, conditions, aims and traits, read from this package's TOML."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cattrs import Converter

HERE = Path(__file__).parent
PARTS = ("traits", "limits", "conditions", "aims")
PHASES = ("acute", "subacute", "late")
# When what a condition implies holds, besides a phase.
ALWAYS = "always"

_converter = Converter(forbid_extra_keys=True)


class Broken(ValueError):
    """The files name what is not there; the text says what."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What an exercise asks of the body: `load` 0 to 5, on which regions, and what else."""

    load: int
    regions: tuple[str, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """What rules exercises out, by any one of its properties.

    Attributes:
        en: why, after "left out:"; `es` the same in Spanish.
        load: the highest that is left.
        but: whoever asks one of these is spared.
        aims: for which this speaks.
        source: where it is from; empty for HEP's own choice.
        verified: whether somebody saw it in its source.
        phases: in which it holds; all where none is named.
    """

    en: str
    es: str
    kinds: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    load: int | None = None
    aims: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    years: int = 0
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """What is treated: how it is found, where it is, what is aimed at, what it implies.

    `heavier` is by how much its exercises load more than phase and irritability suit; the limits
    hold all the same.
    """

    en: str
    es: str
    codes: tuple[str, ...]
    words: tuple[str, ...]
    regions: tuple[str, ...]
    aims: tuple[str, ...]
    acute: tuple[str, ...] = ()
    subacute: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    implies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fresh: bool = False
    heavier: int = 0

    def aimed(self, phase: str) -> tuple[str, ...]:
        """Return its aims in a phase, the weightiest first."""
        found: tuple[str, ...] = getattr(self, phase)
        return found or self.aims

    def implied(self, phase: str) -> tuple[str, ...]:
        """Return the restrictions that hold with it in a phase, whatever a record says."""
        return (*self.implies.get(ALWAYS, ()), *self.implies.get(phase, ()))


@dataclass(frozen=True, slots=True)
class Aim:
    """What an exercise can be for; it serves where all that is given here holds."""

    en: str
    es: str
    goals: tuple[str, ...]
    main: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    load: tuple[int, int] = (0, 5)
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a suggestion follows.

    Attributes:
        most: how many are suggested at most.
        irritabilities: from low to high.
        system: of the conditions' codes; a code of another is not read.
        by_phase: limits on what the diagnosis is about; `by_irritability` the same.
        fresh: what an injury or operation rules out while it is new.
        old: what is ruled out from an age on.
        versions: of the files, by name.
    """

    most: int
    irritabilities: tuple[str, ...]
    system: str
    traits: Mapping[str, Trait]
    restrictions: Mapping[str, Limit]
    by_phase: Mapping[str, Limit]
    by_irritability: Mapping[str, Limit]
    fresh: Limit
    old: Limit
    conditions: Mapping[str, Condition]
    aims: Mapping[str, Aim]
    versions: Mapping[str, str]


@cache
def rules() -> Rules:
    """Return the rules in force.

    Raises:
        Broken: a file names what is not there.
    """
    return read({name: tomllib.loads((HERE / f"{name}.toml").read_text()) for name in PARTS})


def read(found: Mapping[str, Any]) -> Rules:
    """Return the rules that these documents hold, by name of the part.

    Raises:
        Broken: one names what is not there.
        BaseValidationError: a part is missing, unknown or of another kind.
    """
    traits, limits, conditions, aims = (found[name] for name in PARTS)
    read = Rules(
        most=limits["most"],
        irritabilities=tuple(limits["irritabilities"]),
        system=conditions["system"],
        traits=_converter.structure(traits["exercise"], dict[str, Trait]),
        restrictions=_converter.structure(limits["restriction"], dict[str, Limit]),
        by_phase=_converter.structure(limits["phase"], dict[str, Limit]),
        by_irritability=_converter.structure(limits["irritability"], dict[str, Limit]),
        fresh=_converter.structure(limits["fresh"], Limit),
        old=_converter.structure(limits["age"], Limit),
        conditions=_converter.structure(conditions["condition"], dict[str, Condition]),
        aims=_converter.structure(aims["aim"], dict[str, Aim]),
        versions={name: part["version"] for name, part in found.items()},
    )
    if wrong := sorted(set(_faults(read, set(traits["words"])))):
        raise Broken("\n".join(wrong))
    return read


def _faults(rules: Rules, asks: set[str]) -> Iterator[str]:
    """Yield what is named and not there: a limit that never holds would harm in silence."""
    limits = [*rules.restrictions.values(), rules.fresh, rules.old]
    limits += [*rules.by_phase.values(), *rules.by_irritability.values()]
    for trait in rules.traits.values():
        yield from (f"asks {one}" for one in set(trait.asks) - asks)
    for limit in limits:
        yield from (f"asks {one}" for one in {*limit.asks, *limit.but} - asks)
        yield from (f"aim {one}" for one in set(limit.aims) - set(rules.aims))
    for aim in rules.aims.values():
        yield from (f"asks {one}" for one in {*aim.asks, *aim.without} - asks)
    for condition in rules.conditions.values():
        for phase in (ALWAYS, *PHASES):
            missing = set(condition.implies.get(phase, ())) - set(rules.restrictions)
            yield from (f"restriction {one}" for one in missing)
        yield from (f"phase {one}" for one in set(condition.implies) - {ALWAYS, *PHASES})
        named = {*condition.aims, *condition.acute, *condition.subacute, *condition.late}
        yield from (f"aim {one}" for one in named - set(rules.aims))
