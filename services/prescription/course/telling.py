"""Differences between revisions in the words of who reads a page."""

from typing import Any

from prescription.course.difference import WEEKDAYS, Change
from prescription.labels import called, label, say


def sentences(changes: tuple[Change, ...]) -> list[Any]:
    """Return differences in the reader's words, one sentence each."""
    return [
        say(
            change.sentence,
            name=change.name,
            field=str(label(change.field)),
            before=_shown(change.before),
            after=_shown(change.after),
        )
        for change in changes
    ]


def _shown(value: Any) -> Any:
    """Return a value of a difference as the reader says it."""
    if isinstance(value, tuple | list) and value and isinstance(value[0], int):
        return ", ".join(str(say(WEEKDAYS[day - 1])) for day in value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return str(called(value)) if isinstance(value, str) else value
