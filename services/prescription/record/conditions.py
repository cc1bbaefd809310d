"""Conditions of a record, and which exercises say of themselves that they are not for them."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

BLOCK, REASON = "block", "reason"


@dataclass(frozen=True, slots=True)
class Condition:
    """What is looked for in what an exercise says, and whether it blocks it or asks a reason."""

    level: str
    finds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """Why an exercise may not be for a patient.

    Attributes:
        condition: the code in the record.
        level: block, or reason: who prescribes says why all the same.
        sentence: what the exercise says.
    """

    condition: str
    level: str
    sentence: str


class Guiding(Protocol):
    """What says for whom an exercise is not."""

    @property
    def contraindications(self) -> Sequence[str]:
        """Sentences, each of somebody for whom it is not."""

    @property
    def precautions(self) -> Sequence[str]:
        """Sentences, each of what to take care of."""


@cache
def known() -> Mapping[str, Condition]:
    """Return the conditions by code, read from `conditions.toml`."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())["conditions"]["known"]
    return {code: Condition(one["level"], tuple(one["finds"])) for code, one in found.items()}


def cautions(guide: Guiding | None, conditions: Iterable[str]) -> Iterator[Caution]:
    """Yield what an exercise says against these conditions, the first sentence for each.

    Args:
        guide: of the exercise; one without says nothing.
        conditions: codes of a record.
    """
    if guide is None:
        return
    for code in conditions:
        condition = known().get(code)
        if condition is None:
            continue
        if sentence := _said(guide.contraindications, condition):
            yield Caution(code, condition.level, sentence)
        elif sentence := _said(guide.precautions, condition):
            yield Caution(code, REASON, sentence)


def _said(sentences: Iterable[str], condition: Condition) -> str | None:
    plain = ((sentence, sentence.casefold()) for sentence in sentences)
    return next(
        (said for said, small in plain if any(part in small for part in condition.finds)), None
    )
