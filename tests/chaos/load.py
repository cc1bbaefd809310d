"""Load over HTTP: practices whose patients log every day, corrected, repeated and revised.

Each thread has patients of its own, so that what is true of them follows from its answers alone.
"""

import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local import clock
from tests.chaos.caller import Caller, Unanswered
from tests.clinic import DOSE, PRESCRIPTION, Clinic, Prescribed, open_clinic, prescribe, session

# Their evenings overlap: one clock serves them all.
ZONES = ("Europe/Madrid", "Europe/London", "Europe/Athens")
CENTRAL = ZoneInfo("Europe/Madrid")
FIRST = date(2026, 9, 7)
# Before and after the hour of reminders, in every one of the zones.
PARTS_OF_DAY = (clock_time(16), clock_time(19, 30))
# Every second patient tells in the evening, when a reminder may be on its way.
REMINDED = 2
FIRST_PATIENTS = 2


@dataclass(slots=True)
class Care:
    """A patient in the care of one thread.

    Attributes:
        clinic: whose patient.
        person: her program.
        logged: dates of which she has told.
        revision: of her program.
        asked: commands of hers that were accepted, as sent.
    """

    clinic: Clinic
    person: Prescribed
    logged: list[date] = field(default_factory=list)
    revision: int = 1
    asked: list[tuple[str, str, Any, str]] = field(default_factory=list)

    @property
    def program(self) -> str:
        return f"/adherence/v1/programs/{self.person.program}"


@dataclass(slots=True)
class Worker:
    """One thread's patients, and what it does with them.

    Attributes:
        caller: by which it asks.
        clinics: whose patients it takes.
        chance: decides what comes next.
        first: how many patients there are from the beginning.
        most: how many there may be.
    """

    caller: Caller
    clinics: Sequence[Clinic]
    chance: random.Random
    first: int
    most: int
    patients: list[Care] = field(default_factory=list)

    def begin(self) -> None:
        """Register the first patients; one at least is needed."""
        for _ in range(self.first):
            self.register(FIRST)

    def part_of_day(self, day: date, evening: bool, until: float) -> None:
        """Log what is to be logged in this part of the day, then do other things."""
        for number, care in enumerate(self.patients):
            later = number % REMINDED == 1
            if day not in care.logged and (evening or not later):
                self._go(partial(self._log, care, day))
        while time.monotonic() < until:
            care = self.chance.choice(self.patients)
            self._go(partial(self.chance.choice(OTHERS), self, care, day))

    def _go(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Unanswered:
            return

    def more(self, care: Care, day: date) -> None:
        """Register another patient, while the one at hand has told of the day."""
        if len(self.patients) < self.most and day in care.logged:
            self.register(day)

    def register(self, day: date) -> None:
        """Register a patient, prescribe her a program from this day on, and log its first date."""
        clinic = replace(self.chance.choice(self.clinics), first=day)
        care = Care(clinic, prescribe(clinic, f"p{uuid.uuid4().hex[:8]}"))
        self.patients.append(care)
        self._log(care, day)

    def _log(self, care: Care, day: date) -> None:
        body = session(care.clinic, day, self._now(care))
        body["pain"] = self.chance.randint(0, 10)
        self._tell(care, f"{care.program}/sessions", body)
        care.logged.append(day)

    def correct(self, care: Care, _day: date) -> None:
        """Correct an answer of the patient's last session."""
        if care.logged[-1:] == [self._now(care).date()]:
            last = care.logged[-1]
            body = session(care.clinic, last, self._now(care))
            body = {name: body[name] for name in ("occurred", "device_now", "mode", "evidence")}
            body |= {"reason": "correction", "pain": self.chance.randint(0, 10)}
            self._tell(care, f"{care.program}/sessions/{last}/amendments", body)

    def repeat(self, care: Care, _day: date) -> None:
        """Send again what was accepted, twice at once."""
        if care.asked:
            who, path, body, key = self.chance.choice(care.asked)
            with ThreadPoolExecutor(2) as pool:
                twins = [pool.submit(self.caller.post, who, path, body, key) for _ in range(2)]
                for twin in twins:
                    twin.result()

    def reuse(self, care: Care, _day: date) -> None:
        """Send another body under a key that was used: it is refused."""
        if care.asked:
            who, path, body, key = self.chance.choice(care.asked)
            self.caller.post(who, path, {**body, "pain": None, "effort": 1}, key)

    def revise(self, care: Care, day: date) -> None:
        """Revise the program from tomorrow on, or try on an older version."""
        dose = {**DOSE, "rest_seconds": self.chance.randint(10, 300)}
        body = {
            "reason": "progressed",
            "effective": (day + timedelta(days=1)).isoformat(),
            "phase": {"number": 1, "name": "Begin"},
            "exercises": [{"exercise": care.clinic.exercise, "dose": dose, "priority": 1}],
        }
        path = f"{PRESCRIPTION}/programs/{care.person.program}/revisions"
        seen = {"If-Match": f'"{care.revision}"'}
        answer = self.caller.post(care.clinic.bo, path, body, **seen)
        if answer.ok:
            care.revision = int(answer.headers["ETag"].strip('"'))

    def _tell(self, care: Care, path: str, body: Any) -> None:
        key = uuid.uuid4().hex
        position = {"Hep-Min-Position": care.person.position}
        answer = self.caller.post(care.person.person, path, body, key, **position)
        if answer.ok:
            care.asked.append((care.person.person, path, body, key))

    def _now(self, care: Care) -> datetime:
        return clock.now(self.caller.stack).astimezone(ZoneInfo(care.clinic.zone))


OTHERS = (
    *(Worker.correct, Worker.correct, Worker.repeat, Worker.repeat),
    *(Worker.reuse, Worker.revise, Worker.more),
)


def workers(caller: Caller, seed: int, *, threads: int, patients: int) -> list[Worker]:
    """Open the practices with their first patients, while nothing is broken yet.

    Args:
        caller: by which to ask.
        seed: of what each of them does.
        threads: how many work.
        patients: of each at most.
    """
    clock.move(caller.stack, datetime.combine(FIRST, PARTS_OF_DAY[0], CENTRAL))
    clinics = [open_clinic(caller, zone, FIRST) for zone in ZONES]
    found = [
        Worker(caller, clinics, random.Random(f"{seed} {number}"), FIRST_PATIENTS, patients)
        for number in range(threads)
    ]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(Worker.begin, found))
    return found


def live(loading: Sequence[Worker], seconds: float, part_seconds: float) -> int:
    """Let everybody live through parts of days until the time is over; return how many days.

    The clock moves only while nobody asks.
    """
    ends = time.monotonic() + seconds
    parts = _parts()
    day = FIRST
    with ThreadPoolExecutor(len(loading)) as pool:
        while time.monotonic() < ends:
            moment, evening = next(parts)
            day = moment.date()
            clock.move(loading[0].caller.stack, moment)
            until = min(ends, time.monotonic() + part_seconds)
            busy = [pool.submit(one.part_of_day, day, evening, until) for one in loading]
            wait(busy)
            for one in busy:
                one.result()
    return (day - FIRST).days + 1


def _parts() -> Iterator[tuple[datetime, bool]]:
    day = FIRST
    while True:
        for part in PARTS_OF_DAY:
            yield datetime.combine(day, part, CENTRAL), part == PARTS_OF_DAY[1]
        day += timedelta(days=1)
