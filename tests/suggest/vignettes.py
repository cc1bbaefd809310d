"""The case vignettes by which suggestions are scored: read whole, or not at all."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cattrs import Converter

HERE = Path(__file__).parent
# Whoever writes the rules of suggesting reads the first; the second only scores them.
KNOWN = "vignettes"
UNSEEN = "unseen"

_CONVERTER = Converter(forbid_extra_keys=True)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What somebody has, with a code, its title in the table of codes, and in words."""

    code: str
    table: str
    words: str
    es: str | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """What the clinical record restricts; whether the source of the case states it too."""

    code: str
    stated: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an exercise is forbidden: by a restriction, the phase or the irritability."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a case was published, what of that was read, and which fields it states.

    `titled` is false where the page did not show its title and the words are HEP's.
    """

    kind: str
    title: str = ""
    url: str = ""
    doi: str | None = None
    seen: str = ""
    titled: bool = True
    states: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        """Say whether somebody else wrote the case down."""
        return self.kind != "own"


@dataclass(frozen=True, slots=True)
class Vignette:
    """One case, with exercises that are acceptable in it and others that are forbidden.

    `age` in years; `weeks` since what `since` says, where a time is known.
    """

    id: str
    subject: str
    age: int
    phase: str
    irritability: str
    goals: tuple[str, ...]
    equipment: tuple[str, ...]
    contraindications: tuple[Restriction, ...]
    precautions: tuple[Restriction, ...]
    diagnosis: Diagnosis
    acceptable: Mapping[str, str]
    forbidden: Mapping[str, Refusal]
    source: Source
    weeks: int | None = None
    since: str | None = None

    @property
    def restricted(self) -> frozenset[str]:
        """Return the codes of all that the record restricts."""
        return frozenset(one.code for one in (*self.contraindications, *self.precautions))


@cache
def document(name: str) -> Mapping[str, Any]:
    """Return one of the two files as it stands."""
    return tomllib.loads((HERE / f"{name}.toml").read_text())


@cache
def vignettes(name: str) -> tuple[Vignette, ...]:
    """Return the vignettes of one of the two files.

    Raises:
        BaseValidationError: a part is missing, unknown or of another kind.
    """
    return _CONVERTER.structure(document(name)["vignette"], tuple[Vignette, ...])


def over() -> frozenset[str]:
    """Return the exercises that were judged; of a later one nothing is said."""
    return frozenset(document(KNOWN)["set"]["over"])
