"""What can be asked of templates."""

from dataclasses import dataclass

from prescription.events import Source
from prescription.protocol.events import Basis, Coded, Stage, Title


@dataclass(frozen=True, slots=True)
class PublishTemplate:
    """Put a template into the library of the practice."""

    template: str
    name: str
    condition: str
    region: str | None
    title: str
    titles: tuple[Title, ...]
    diagnosis: Coded | None
    weeks: tuple[int, ...]
    source: Source | None
    basis: Basis
    stages: tuple[Stage, ...]
    owner: str | None
    word: str | None = None
    edition: str | None = None


@dataclass(frozen=True, slots=True)
class ReviseTemplate:
    """Say anew what a template of the practice's own is like; `version` is the one read."""

    template: str
    version: int
    name: str
    condition: str
    region: str | None
    title: str
    titles: tuple[Title, ...]
    diagnosis: Coded | None
    weeks: tuple[int, ...]
    source: Source | None
    basis: Basis
    stages: tuple[Stage, ...]
    owner: str | None


@dataclass(frozen=True, slots=True)
class RetireTemplate:
    """Have a template fill no draft any more."""

    template: str
    version: int
