"""The codes and limits of plans of care and visits, read from `rules.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CareRules:
    """Codes and limits.

    Attributes:
        changed: reasons to change a plan of care.
        closed: reasons to close it.
        starts: days from today to its first day, least and most.
        longest: days that it lasts at most.
        visits: how many are authorised at once, least and most.
        authorisations: how many a plan has at most.
        goals: the same of goals.
        kinds: how a patient is seen, or the log without the patient.
        live: the kinds in which both speak at the same moment.
        counted: the kinds that are taken off what was authorised.
        furnished: who treats.
        done: what is done in a visit.
        amended: reasons to correct a visit.
        withdrawn: reasons to take it back.
        minutes: of a visit, least and most.
        reviewed: how many programs a visit reviews at most.
        versions: of these, by part.
        sources: the same.
    """

    changed: Codes
    closed: Codes
    starts: tuple[int, int]
    longest: int
    visits: tuple[int, int]
    authorisations: int
    goals: int
    kinds: Codes
    live: Codes
    counted: Codes
    furnished: Codes
    done: Codes
    amended: Codes
    withdrawn: Codes
    minutes: tuple[int, int]
    reviewed: int
    versions: dict[str, str]
    sources: dict[str, str]


@cache
def care_rules() -> CareRules:
    """Return the rules in force."""
    found: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    plan, visit = found["plan"], found["visit"]
    codes = ("kinds", "live", "counted", "furnished", "done", "amended", "withdrawn", "minutes")
    return CareRules(
        changed=tuple(plan["changed"]),
        closed=tuple(plan["closed"]),
        starts=(plan["earliest"], plan["latest"]),
        longest=plan["longest"],
        visits=tuple(plan["visits"]),
        authorisations=plan["authorisations"],
        goals=plan["goals"],
        **{name: tuple(visit[name]) for name in codes},
        reviewed=visit["reviewed"],
        versions={name: part["version"] for name, part in found.items()},
        sources={name: part["source"] for name, part in found.items()},
    )
