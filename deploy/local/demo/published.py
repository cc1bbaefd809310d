"""The published programs as requests hold them: least doses of ranges, what was not seen said."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from prescription.builder.evidence import evidence

HERE = Path(__file__).parent
# What of a dose is no number of a source to be taken as it stands.
BESIDE = ("exercise", "priority", "say", "unseen")
# Stands before the word of an exercise that the platform brings.
CATALOGUE = "@catalogue:"


@dataclass(frozen=True, slots=True)
class Published:
    """One published program.

    Attributes:
        key: the name of its file.
        document: what the file holds.
    """

    key: str
    document: Mapping[str, Any]

    @property
    def language(self) -> str:
        """Return the language that it is written in."""
        return str(self.document["language"])

    @property
    def weeks(self) -> int | None:
        """Return how long it takes at the least, where the source was seen to say so."""
        weeks = self.document.get("weeks")
        return None if weeks is None else _least(weeks)

    @property
    def source(self) -> dict[str, Any]:
        """Return its source; verified where all that is sent of it was seen there."""
        doses = [dose for phase in self.document["phases"] for dose in phase["doses"]]
        unseen = [self.document, *doses]
        return {
            **self.document["source"],
            "verified": not any(part.get("unseen") for part in unseen),
        }

    def diagnosis(self) -> dict[str, Any]:
        """Return what is treated; the codes were written from memory and are unverified."""
        return {**self.document["diagnosis"], "system": "ICD-10", "verified": False}

    def exercises(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the key and the request of each exercise that the catalogue lacks."""
        doubtful = {
            dose["exercise"]
            for phase in self.document["phases"]
            for dose in phase["doses"]
            if dose.get("unseen")
        }
        for exercise in self._own():
            verified = exercise["key"] not in doubtful
            source = {**self.document["source"], "verified": verified}
            request = {name: value for name, value in exercise.items() if name != "key"}
            yield exercise["key"], {**request, "source": source}

    def phase(self, number: int) -> dict[str, Any]:
        """Return a phase, by its number from 1."""
        return {"number": number, "name": self.document["phases"][number - 1]["name"]}

    def doses(self, number: int, side: str | None) -> list[dict[str, Any]]:
        """Return the exercises of a phase as a request holds them.

        Args:
            number: of the phase, from 1.
            side: the patient's affected one.
        """
        return [self._dose(dose, side) for dose in self.document["phases"][number - 1]["doses"]]

    def reasons(self, number: int) -> list[dict[str, Any]]:
        """Return why a phase asks for more exercises than most people keep up: its source does."""
        many = len(self.document["phases"][number - 1]["doses"]) > evidence().reason_above
        return [{"about": "number", "code": "protocol"}] if many else []

    def _dose(self, dose: Mapping[str, Any], side: str | None) -> dict[str, Any]:
        amounts = {name: _least(value) for name, value in dose.items() if name not in BESIDE}
        if amounts.get("side") == "affected":
            amounts["side"] = side
        said = [dose.get("say"), self._ranges(dose), self._unseen(dose)]
        return {
            "exercise": self._name(dose["exercise"]),
            "dose": amounts,
            "priority": dose.get("priority", 1),
            "instructions": " ".join(filter(None, said)) or None,
        }

    def _own(self) -> list[Mapping[str, Any]]:
        return list(self.document.get("exercises", ()))

    def _name(self, key: str) -> str:
        """Name an exercise; what the file does not describe is the catalogue's of this word."""
        own = any(one["key"] == key for one in self._own())
        return f"@exercise:{self.key}:{key}" if own else f"{CATALOGUE}{key}"

    def _ranges(self, dose: Mapping[str, Any]) -> str:
        """Say which amounts are the least of a range."""
        words = _words()[self.language]
        ranges = [
            words["range"].format(low=min(value), high=max(value), what=words["what"][name])
            for name, value in dose.items()
            if isinstance(value, list) and name not in BESIDE
        ]
        return str(words["least"]).format(what=self._together(ranges)) if ranges else ""

    def _unseen(self, dose: Mapping[str, Any]) -> str:
        """Say which amounts the source was not seen to give."""
        words = _words()[self.language]
        unseen = [*dose.get("unseen", ()), *self.document.get("unseen", ())]
        what = self._together([words["what"][name] for name in unseen])
        return str(words["unseen"]).format(what=what) if unseen else ""

    def _together(self, parts: list[str]) -> str:
        """Return some words as one list."""
        *others, last = parts or [""]
        return f" {_words()[self.language]['and']} ".join(filter(None, [", ".join(others), last]))


@cache
def published() -> dict[str, Published]:
    """Return every program by its key."""
    files = sorted((HERE / "programs").glob("*.toml"))
    return {file.stem: Published(file.stem, tomllib.loads(file.read_text())) for file in files}


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((HERE / "words.toml").read_text())


def _least(value: Any) -> Any:
    return min(value) if isinstance(value, list) else value
