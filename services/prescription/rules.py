"""The codes and limits that the rules work by, read from `rules.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Limits = tuple[float, float]
# What an exercise's guide takes from a list.
GUIDE = ("regions", "positions", "equipment", "spaces", "supervision", "sided")

PRESCRIBING = ("groups", "bad_days", "taught", "many", "cautions")


@dataclass(frozen=True, slots=True)
class Rules:
    """Codes and limits, each with the version and the source it comes from.

    Attributes:
        limits: the least and the most of each number of a dose.
        bands: colours of elastic bands.
        sides: sides that an exercise is done on.
        tempo: pattern of a tempo, seconds down, held and up.
        kinds: of exercise.
        suited: kind to the fields that a dose of it can have, besides a side and how often.
        guide: regions, positions, equipment, spaces, supervision and sides of exercises.
        catalogue: what its files are, and how many exercises of it are taken in at once.
        rungs: how long a ladder of exercises is at most.
        reading: the age at which steps are to be read with ease, and that ease in Spanish.
        revised: reasons to revise a program.
        ended: reasons to end it.
        priorities: of an exercise, first and last.
        phases: numbers of a program's phases, first and last.
        exercises: how many a program holds at most.
        starts: days from today to a program's first date, least and most.
        longest: days that a program lasts at most.
        prescribing: what is said with an exercise, and why something is prescribed all the same.
        systems: of codes of diagnoses, as forms offer them.
        roles: of staff.
        held: reasons to hold a record.
        oldest: years that a patient may be old.
        intake: limits of a file to import, and what its columns may be called.
        versions: of these, by part.
        sources: the same.
    """

    limits: Mapping[str, Limits]
    bands: tuple[str, ...]
    sides: tuple[str, ...]
    tempo: re.Pattern[str]
    kinds: tuple[str, ...]
    suited: Mapping[str, tuple[str, ...]]
    guide: Mapping[str, tuple[str, ...]]
    catalogue: tuple[str, int]
    rungs: int
    reading: tuple[int, int]
    revised: tuple[str, ...]
    ended: tuple[str, ...]
    priorities: Limits
    phases: Limits
    exercises: int
    starts: tuple[int, int]
    longest: int
    prescribing: Mapping[str, tuple[str, ...]]
    systems: tuple[str, ...]
    roles: tuple[str, ...]
    held: tuple[str, ...]
    oldest: int
    intake: Mapping[str, Any]
    versions: Mapping[str, str]
    sources: Mapping[str, str]

    @property
    def facets(self) -> dict[str, tuple[str, ...]]:
        """What exercises are looked for by besides words, each with its codes."""
        guide = self.guide
        return {
            "region": guide["regions"],
            "kind": self.kinds,
            "equipment": guide["equipment"],
            "position": guide["positions"],
        }


@cache
def rules() -> Rules:
    """Return the rules in force."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    dose, program = found["dose"], found["program"]
    return Rules(
        limits={name: (low, high) for name, (low, high) in dose["limits"].items()},
        bands=tuple(dose["bands"]),
        sides=tuple(dose["sides"]),
        tempo=re.compile(dose["tempo"]),
        kinds=tuple(found["exercise"]["kinds"]),
        suited={kind: tuple(names) for kind, names in dose["suited"].items()},
        guide={name: tuple(found["exercise"][name]) for name in GUIDE},
        catalogue=(found["catalogue"]["digest"], found["catalogue"]["chunk"]),
        rungs=found["exercise"]["rungs"],
        reading=(found["reading"]["age"], found["reading"]["ease"]),
        revised=tuple(program["revised"]),
        ended=tuple(program["ended"]),
        priorities=tuple(program["priorities"]),
        phases=tuple(program["phases"]),
        exercises=program["exercises"],
        starts=(program["earliest_start"], program["latest_start"]),
        longest=program["longest"],
        prescribing={name: tuple(found["prescribing"][name]) for name in PRESCRIBING},
        systems=tuple(found["diagnosis"]["systems"]),
        roles=tuple(found["staff"]["roles"]),
        held=tuple(found["hold"]["reasons"]),
        oldest=found["patient"]["oldest"],
        intake=found["import"],
        versions={name: part["version"] for name, part in found.items()},
        sources={name: part["source"] for name, part in found.items()},
    )
