"""What a patient does at home, date by date: when, how much of the dose, and what is answered.

Nothing is drawn from a clock or a generator that others share: each draw is a hash of what it is
about, so that a changed patient changes nobody else.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from deploy.local.demo.people import DAY, Amendment, Patient
from deploy.local.demo.published import Published

SATURDAY = 6
MINUTE = timedelta(minutes=1)
# How far from its usual time a go may be.
LATER = 14
WORST = 10
# From so many exercises on the last is left out when something is.
MANY = 3
WHY = ("tired", "no_time", "unwell")
# How often difficulty is not answered.
UNTOLD = 0.4


@dataclass(frozen=True, slots=True)
class Go:
    """One go at the exercises, as it is told.

    Attributes:
        day: the date on which it truly was.
        over: when.
        sent: when it is told: later where there was no network.
        entries: each exercise, done or left out.
        whole: whether it was done as prescribed.
        pain: 0 to 10; None where that is not answered.
        effort: 0 to 10.
        difficulty: 0 to 10; None where that is not answered.
        note: in the patient's words.
    """

    day: date
    over: datetime
    sent: datetime
    entries: tuple[Mapping[str, Any], ...]
    whole: bool
    pain: int | None
    effort: int
    difficulty: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """A patient at home with a program, from one date to another."""

    patient: Patient
    program: Published
    first: date
    last: date

    def goes(self) -> Iterator[Go]:
        """Yield all that is done, in order."""
        for number in range((self.last - self.first).days + 1):
            day = self.first + DAY * number
            if self._does(day):
                yield from self._goes(day)

    def amended(self, amendment: Amendment) -> Go:
        """Return what a date's session should have said, or what is added to it."""
        goes = list(self._goes(amendment.on))
        doses = self._doses(amendment.on)
        first = {**_entry(doses[0], 1), "done": _done(doses[0]["dose"], 1)}
        if amendment.reason == "added":
            return Go(
                amendment.on,
                amendment.at,
                amendment.at,
                (first,),
                False,
                goes[-1].pain,
                goes[-1].effort,
            )
        entries = (first, *(_entry(dose, len(goes)) for dose in doses[1:]))
        pain = min((goes[-1].pain or 0) + 1, WORST)
        over, effort = goes[-1].over, goes[-1].effort
        return Go(amendment.on, over, amendment.at, entries, False, pain, effort)

    def _does(self, day: date) -> bool:
        """Tell whether anything is done on a date; what is told of a date was done on it."""
        patient = self.patient
        if any(day in span for span in patient.away) or day.isoweekday() not in patient.days:
            return False
        told = {one.on for one in patient.skips} | {one.on for one in patient.amendments}
        if day in told | set(patient.notes) | set(patient.moments):
            return True
        likely = patient.weekend if day.isoweekday() >= SATURDAY else patient.steady
        slack = [span.steady for span in patient.slack if day in span]
        return self._draw(day, "does") < min([likely, *slack])

    def _goes(self, day: date) -> Iterator[Go]:
        patient, part = self.patient, self._draw(day, "part") < self.patient.partial
        each = len(patient.at) > 1
        times = patient.at[:-1] if each and part else patient.at
        doses = self._doses(day)
        for index, at in enumerate(times):
            late = MINUTE * int(self._draw(day, "late", str(index)) * LATER)
            over = datetime.combine(day, at, patient.zone) + late
            if index == 0:
                over = patient.moments.get(day, over)
            often = [1 if each else dose["dose"]["times_per_day"] for dose in doses]
            entries = [_entry(*pair) for pair in zip(doses, often, strict=True)]
            if part and not each:
                entries[-1] = self._part_of(day, entries)
            yield Go(
                day=day,
                over=over,
                sent=self._sent(day, over),
                entries=tuple(self._skipped(day, entry) for entry in entries),
                whole=not (part and not each),
                pain=self._pain(day),
                effort=round(self._between(day, patient.effort)),
                difficulty=self._difficulty(day),
                note=patient.notes.get(day) if index == len(times) - 1 else None,
            )

    def _doses(self, day: date) -> list[dict[str, Any]]:
        _, phase = self.patient.in_force(day)
        return self.program.doses(phase, self.patient.side)

    def _part_of(self, day: date, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what becomes of the last exercise: of many it is left out, of few it is less."""
        if len(entries) < MANY:
            return _less(entries[-1])
        why = WHY[int(self._draw(day, "why") * len(WHY))]
        return {"exercise": entries[-1]["exercise"], "skipped": why}

    def _skipped(self, day: date, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        for skip in self.patient.skips:
            if skip.on == day and entry["exercise"].endswith(f":{skip.exercise}"):
                return {"exercise": entry["exercise"], "skipped": skip.why}
        return entry

    def _sent(self, day: date, over: datetime) -> datetime:
        """Return when it is told; a telephone that finds its network again sends in order."""
        for span in self.patient.offline:
            if day in span and span.sync:
                return span.sync + MINUTE * (day - span.first).days
        return over

    def _pain(self, day: date) -> int | None:
        if self._draw(day, "unanswered") < self.patient.unanswered:
            return None
        flares = [span.pain for span in self.patient.flares if day in span]
        if flares:
            return flares[0] + (self._draw(day, "flare") < 0.3)
        usual = self._between(day, self.patient.pain) + (self._draw(day, "pain") - 0.5) * 1.6
        return min(max(round(usual), 0), WORST)

    def _difficulty(self, day: date) -> int | None:
        if self._draw(day, "difficulty") < UNTOLD:
            return None
        usual = self._between(day, self.patient.effort) + self._draw(day, "hard") * 3 - 2
        return min(max(round(usual), 0), WORST)

    def _between(self, day: date, ends: tuple[int, int]) -> float:
        """Return where the way from the first to the last value is on a date."""
        gone = (day - self.first).days / max((self.last - self.first).days, 1)
        return ends[0] + (ends[1] - ends[0]) * gone

    def _draw(self, day: date, *about: str) -> float:
        return draw(self.patient.key, day.isoformat(), *about)


def draw(*about: str) -> float:
    """Return a number from 0 up to 1, always the same for the same words."""
    digest = hashlib.sha256("|".join(about).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _entry(dose: Mapping[str, Any], times: int) -> dict[str, Any]:
    return {"exercise": dose["exercise"], "done": _done(dose["dose"], times)}


def _done(dose: Mapping[str, Any], times: int) -> dict[str, Any]:
    """Return a dose that was done so many times, as one."""
    if "minutes" in dose:
        return {"minutes": dose["minutes"] * times}
    held = {"hold_seconds": dose["hold_seconds"]} if "hold_seconds" in dose else {}
    return {"sets": dose.get("sets", 1) * times, "repetitions": dose["repetitions"], **held}


def _less(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of which less was done."""
    done = dict(entry["done"])
    if "minutes" in done:
        done["minutes"] /= 2
    elif done["sets"] > 1:
        done["sets"] -= 1
    else:
        done["repetitions"] = max(done["repetitions"] // 2, 1)
    return {**entry, "done": done}
