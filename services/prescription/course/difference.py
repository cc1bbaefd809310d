"""What differs between two revisions of a program: per exercise and field, and in words.

Pure; from revisions as `story` tells them, with names and words opened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from prescription.fault import Worded
from prescription.labels import CODES, LABELS

Revision = Mapping[str, Any]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Fields whose values are words of a person: that they changed is said, not from what to what.
WORDS = {
    "instructions": "%(name)s: the words for the patient changed.",
    "phase-name": "The phase has another name.",
}
# What is said of the whole program: changed, new, gone.
WHOLE = {
    "phase-number": ("Phase %(after)s instead of %(before)s.",) * 3,
    "end": (
        "The last day is %(after)s instead of %(before)s.",
        "The last day is %(after)s; there was none.",
        "There is no last day any more; it was %(before)s.",
    ),
    "review": ("The next review is on %(after)s instead of %(before)s.",) * 3,
    "order": ("The exercises stand in another order.",) * 3,
    "exercise": ("%(name)s is another one.", "%(name)s is new.", "%(name)s was left out."),
    "version": ("%(name)s is prescribed as the library describes it now.",) * 3,
}
FIELD = (
    "%(name)s: %(field)s %(after)s instead of %(before)s.",
    "%(name)s: %(field)s %(after)s; before it was left open.",
    "%(name)s: %(field)s is left open; before it was %(before)s.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        exercise: id of the exercise that it is about; None for the program as a whole.
        name: of that exercise.
        field: what of it: `exercise` where all of it is new or was left out, a field of the dose,
            priority, instructions, version; of the program phase-number, phase-name, end, review,
            order.
        before: what it was, None where it was open or not there.
        after: what it is.
    """

    exercise: str | None
    name: str | None
    field: str
    before: Any
    after: Any

    @property
    def sentence(self) -> str:
        """What it is in English words, with `%(...)s` where a value stands."""
        if self.field in WORDS:
            return WORDS[self.field]
        forms = WHOLE.get(self.field, FIELD)
        return forms[1] if self.before is None else forms[2] if self.after is None else forms[0]

    @property
    def says(self) -> str:
        """The sentence in English, with the values in it."""
        shown = {side: english(getattr(self, side)) for side in ("before", "after")}
        return self.sentence % {"name": self.name, "field": LABELS.get(self.field), **shown}

    @property
    def fault(self) -> Worded:
        """The difference as what somebody did not know who decided on the earlier revision."""
        place = f"/exercises/{self.exercise}/{self.field}" if self.exercise else f"/{self.field}"
        return Worded(place, self.says, self.sentence)


def between(before: Revision, after: Revision) -> tuple[Change, ...]:
    """Return what differs between two revisions, the program first, then exercise by exercise."""
    return (*_whole(before, after), *_exercises(before, after))


def told(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    """Return differences as answers.Difference has them."""
    return [{**asdict(change), "says": change.says} for change in changes]


def english(value: Any) -> str:
    """Return a value as people say it in English."""
    if isinstance(value, tuple | list):
        return ", ".join(WEEKDAYS[day - 1] for day in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return CODES.get(value, str(value)) if isinstance(value, str) else str(value)


def _whole(before: Revision, after: Revision) -> Iterator[Change]:
    for field in ("number", "name"):
        was, now = before["phase"][field], after["phase"][field]
        if was != now:
            yield Change(None, None, f"phase-{field}", was, now)
    for field in ("end", "review"):
        if before[field] != after[field]:
            yield Change(None, None, field, before[field], after[field])
    kept = [[one["exercise"] for one in found["exercises"]] for found in (before, after)]
    stayed = [[one for one in ids if one in kept[0] and one in kept[1]] for ids in kept]
    if stayed[0] != stayed[1]:
        yield Change(None, None, "order", stayed[0], stayed[1])


def _exercises(before: Revision, after: Revision) -> Iterator[Change]:
    old = {one["exercise"]: one for one in before["exercises"]}
    new = {one["exercise"]: one for one in after["exercises"]}
    for identity in old | new:
        was, now = old.get(identity), new.get(identity)
        name = (now or was or {})["name"]
        if was is None or now is None:
            doses = (one and one["dose"] for one in (was, now))
            yield Change(identity, name, "exercise", *doses)
        else:
            yield from _fields(identity, name, was, now)


def _fields(identity: str, name: str, was: Revision, now: Revision) -> Iterator[Change]:
    for field, before in was["dose"].items():
        after = now["dose"][field]
        if before != after:
            yield Change(identity, name, field, _open(before), _open(after))
    for field in ("priority", "instructions", "version"):
        if was[field] != now[field]:
            yield Change(identity, name, field, was[field], now[field])


def _open(value: Any) -> Any:
    """Return a value of a dose; no weekdays are weekdays left open."""
    return None if value in ((), []) else value
