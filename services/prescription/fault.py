"""Faults whose reason can be said in the reader's language: a sentence and the values in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shared.errors import Fault


@dataclass(frozen=True, slots=True)
class Worded(Fault):
    """A fault that keeps its sentence in English apart from the values that stand in it."""

    sentence: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def fault(pointer: str, sentence: str, **values: object) -> Worded:
    """Return what is wrong with a field, and what to do.

    Args:
        pointer: JSON pointer to the field.
        sentence: why and what to do; `%(name)s` where a value stands.
        values: by name; numbers, dates and codes, and nothing of a person.
    """
    return Worded(pointer, sentence % values if values else sentence, sentence, values)


def one_of(pointer: str, value: str | None, known: tuple[str, ...]) -> Iterator[Fault]:
    """Yield a fault where a code is none of the known ones; no code is no fault."""
    if value is not None and value not in known:
        yield fault(
            pointer, "This is not known here. Use one of: %(known)s.", known=", ".join(known)
        )
