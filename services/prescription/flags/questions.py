"""The questions of the start-of-care screen, read from `screen.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from prescription.events import Source

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; whoever says yes, or is not sure, raises concern.

    Attributes:
        word: what it is called in events.
        level: of concern.
        regions: parts of the body of which it is asked; none for everybody.
        said: the question, by language; all but English were written by a machine.
        source: where it comes from; verified where question and level were both seen there.
    """

    word: str
    level: str
    regions: tuple[str, ...]
    said: Words
    source: Source


@dataclass(frozen=True, slots=True)
class Screen:
    """An edition of the screen; the gravest level stands first.

    Attributes:
        edition: raised with every change of what is asked.
        levels: of concern: what to do, by language.
        questions: by word, the gravest first.
    """

    edition: str
    levels: Mapping[str, Words]
    questions: Mapping[str, Question]

    def asked(self, region: str) -> list[Question]:
        """Return what is asked of somebody with a complaint in this part of the body."""
        return [one for one in self.questions.values() if not one.regions or region in one.regions]

    def gravest(self, words: Iterable[str]) -> str | None:
        """Return the gravest level of these questions; None where there are none."""
        found = {self.questions[word].level for word in words if word in self.questions}
        return next((level for level in self.levels if level in found), None)


@cache
def screen() -> Screen:
    """Return the edition in force."""
    found = tomllib.loads(Path(__file__).with_name("screen.toml").read_text())
    levels = found["levels"]
    questions = [
        Question(
            word=one["word"],
            level=one["level"],
            regions=tuple(one["regions"]),
            said={"en": one["en"], "es": one["es"]},
            source=Source(**found["sources"][one["source"]], verified=one["verified"]),
        )
        for one in found["questions"]
    ]
    order = list(levels)
    questions.sort(key=lambda one: order.index(one.level))
    return Screen(found["edition"], levels, {one.word: one for one in questions})
