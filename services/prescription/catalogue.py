"""The catalogue: the exercises that HEP brings, one file each in `library/`, named by its word.

A file that lacks a part, names what is not there or leads a ladder in a circle is refused as a
whole: a catalogue with a fault comes into nobody's library.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from cattrs import ClassValidationError, transform_error
from cattrs.preconf.json import make_converter

from prescription import guide
from prescription.commands import PublishExercise
from prescription.events import Dose, Guide, Usual, Wording
from prescription.fault import one_of
from prescription.guide import Ladder
from prescription.rules import Rules, rules
from shared.commands import identify

HOME = Path(__file__).with_name("library")
# What nothing is whole without.
PARTS = ("steps", "mistakes", "stop_if", "contraindications", "precautions")
USUAL = ("source", "unseen", "note")

_converter = make_converter(forbid_extra_keys=True)


class Broken(ValueError):
    """The catalogue has faults; the text names each with its file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise of the catalogue; `easier` are words of others."""

    name: str
    plain_name: str
    kind: str
    region: str
    muscles: tuple[str, ...]
    position: str
    equipment: tuple[str, ...]
    space: str
    supervision: str
    sides: str
    purpose: str
    steps: tuple[str, ...]
    mistakes: tuple[str, ...]
    stop_if: tuple[str, ...]
    contraindications: tuple[str, ...]
    precautions: tuple[str, ...]
    easier: tuple[str, ...]
    verified: bool
    usual: Usual
    wordings: tuple[Wording, ...]

    def guide(self, easier: Iterable[str]) -> Guide:
        """Return its guide, with the exercises one rung below by their ids."""
        own = {field.name: getattr(self, field.name) for field in fields(Guide)}
        return Guide(**own | {"easier": tuple(easier)})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The exercises by word, and which edition this is."""

    edition: str
    entries: Mapping[str, Entry]

    def publication(self, tenant: str, word: str) -> PublishExercise:
        """Return the command that puts an exercise into a practice's library."""
        entry = self.entries[word]
        return PublishExercise(
            exercise=identity(tenant, word),
            name=entry.name,
            plain_name=entry.plain_name,
            kind=entry.kind,
            steps=entry.steps,
            stop_if=entry.stop_if,
            source=None,
            guide=entry.guide(identity(tenant, one) for one in entry.easier),
            word=word,
            edition=self.edition,
        )


def identity(tenant: str, word: str) -> str:
    """Return the id of an exercise of the catalogue in a practice's library."""
    return identify(tenant, "exercise", word)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue.

    Raises:
        Broken: it has faults.
    """
    texts = {path.stem: path.read_text() for path in sorted(HOME.glob("*.toml"))}
    return Catalogue(rules().versions["catalogue"], read(texts, rules()))


def read(texts: Mapping[str, str], rules: Rules) -> dict[str, Entry]:
    """Return the exercises that these files describe, by word.

    Raises:
        Broken: a part is missing or cannot be.
    """
    entries, wrong = {}, []
    for word, text in texts.items():
        try:
            entries[word] = _entry(tomllib.loads(text))
        except (KeyError, tomllib.TOMLDecodeError) as fault:
            wrong.append(f"{word}: {fault}")
        except ClassValidationError as fault:
            wrong += [f"{word}: {told}" for told in transform_error(fault)]
    rungs = {word: entry.easier for word, entry in entries.items()}
    for word, entry in entries.items():
        wrong += [f"{word}: {told}" for told in _faults(word, entry, rungs, rules)]
    if wrong:
        raise Broken("\n".join(wrong))
    return entries


def _entry(found: dict[str, Any]) -> Entry:
    """Read one file; what a dose leaves open is None."""
    spanish, usual = found.pop("es"), found["usual"]
    given = {name: value for name, value in usual.items() if name not in USUAL}
    left: dict[str, Any] = {field.name: None for field in fields(Dose)} | {"weekdays": []}
    said = {"source": usual["source"], "unseen": usual["unseen"], "note": usual.get("note")}
    found["usual"] = {**said, "dose": left | given}
    found["wordings"] = [{"language": "es", **spanish}]
    return _converter.structure(found, Entry)


def _faults(
    word: str, entry: Entry, rungs: Mapping[str, tuple[str, ...]], rules: Rules
) -> Iterator[str]:
    around = Ladder(rungs, {one for one in entry.easier if one not in rungs})
    said = [*one_of("/kind", entry.kind, rules.kinds)]
    said += guide.faults(word, entry.kind, entry.guide(entry.easier), around, rules)
    yield from (f"{fault.pointer} {fault.reason}" for fault in said)
    for name in ("purpose", "muscles", *PARTS):
        if not getattr(entry, name):
            yield f"/{name} is missing"
    for wording in entry.wordings:
        for name in PARTS:
            if len(getattr(wording, name)) != len(getattr(entry, name)):
                yield f"/{wording.language}/{name} has another number of sentences"
