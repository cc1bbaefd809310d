"""A patient at a page: one date of one program, as it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import request, url_for

from adherence import queries
from adherence.agenda import Agenda, Item, agenda
from adherence.diary import Diary
from adherence.events import MilestoneReached, Session, SessionAmended
from adherence.rules import rules
from shared import position
from shared.errors import NotFound, Refusal
from shared.mongo import Document
from shared.schedule import DAY, Program, foremost, read
from shared.store import Commit
from shared.stream import Loaded
from shared.web.identity import asker, service


class DayOver(Refusal):
    """A page tells of today and of the day before, of no other date."""

    slug = "day-over"
    title = "This day is over"


@dataclass(frozen=True, slots=True)
class Visit:
    """One date of a program, as it stands.

    Attributes:
        document: the program as the projection holds it.
        program: the same, read.
        loaded: its diary, folded from its stream: what was saved a moment ago is in it.
        now: where the patient lives.
        agenda: of the date.
    """

    document: Document
    program: Program
    loaded: Loaded[Diary]
    now: datetime
    agenda: Agenda

    @property
    def session(self) -> Session | None:
        """What was told of the date."""
        return self.agenda.session

    def item(self, exercise: str) -> Item:
        """Return an exercise of the date.

        Raises:
            NotFound: the program does not have it on this date.
        """
        for found in self.agenda.items:
            if found.exercise == exercise:
                return found
        raise NotFound("This exercise is not in the program.")

    def doses(self, revision: str) -> dict[str, Mapping[str, Any]]:
        """Return the doses of a revision by exercise; none where its number is not known."""
        return {
            exercise.exercise: exercise.dose
            for known in self.program.revisions
            if str(known.revision) == revision
            for exercise in known.exercises
        }

    def address(self, view: str, **more: Any) -> str:
        """Return the address of a page of this date."""
        day = self.agenda.day.isoformat()
        program = self.program.program
        return url_for(f"pages.{view}", program=program, day=day, **more)

    def home(self, **more: Any) -> str:
        """Return the address of the date itself."""
        if self.agenda.day == self.agenda.today:
            return url_for("pages.show_today", program=self.program.program, **more)
        return self.address("show_day", **more)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was just saved: the session as it became, and the milestones that it reached."""

    session: Session
    milestones: tuple[MilestoneReached, ...]
    corrected: bool


def begin(document: Document, day: date | None = None) -> Visit:
    """Return the visit to a date of a program, today where none is given."""
    who, held = asker(), service()
    program = queries.program(held, who.tenant, document["program"])
    now = held.clock().astimezone(program.zone or UTC)
    loaded = queries.loaded(held, who.tenant, program.program)
    found = agenda(program, loaded.state, day or now.date(), now.date(), rules())
    return Visit(document, program, loaded, now, found)


def open_day(program: str, day: str) -> Visit:
    """Return the visit to today or the day before.

    Raises:
        DayOver: it is another date.
        NotFound: the program is not this patient's.
    """
    document = queries.in_reach(service(), asker(), program)
    try:
        found = begin(document, date.fromisoformat(day))
    except ValueError:
        raise NotFound("There is no such date.") from None
    today = found.agenda.today
    if found.agenda.day not in (today, today - DAY):
        raise DayOver("This page was of a day that is over.")
    return found


def current(programs: Iterable[Document]) -> Document | None:
    """Return the program that the patient is shown first."""
    who = asker()
    found = {document["program"]: document for document in programs}
    zone = queries.zone(service(), who.tenant, who.patient)
    today = service().clock().astimezone(zone or UTC).date()
    first = foremost((read(document, None) for document in found.values()), today)
    return found[first.program] if first else None


def running(programs: Iterable[Document], visit: Visit) -> list[Document]:
    """Return the other programs that run today."""
    return [
        document
        for document in programs
        if document["program"] != visit.program.program
        and read(document, None).covers(visit.agenda.today)
    ]


def confirmed(visit: Visit) -> Confirmed | None:
    """Return what the address says was just saved."""
    try:
        wanted = position.parse(request.args.get("seen", ""), asker().tenant)
    except position.BadPosition:
        return None
    for commit in visit.loaded.commits:
        if (wanted.stream, wanted.sequence) == (commit.stream, commit.sequence):
            return _confirmed(visit, commit)
    return None


def note(visit: Visit) -> str:
    """Return the patient's own words of the date."""
    if visit.session is None or visit.session.note is None:
        return ""
    found = queries.texts(service(), asker().tenant, [visit.session.note])
    return str(found.get(visit.session.note, ""))


def _confirmed(visit: Visit, commit: Commit) -> Confirmed | None:
    """Return what a commit saved of the visit's date; an old address confirms nothing."""
    found = queries.told(service(), commit)
    if found is None or found.local_date != visit.agenda.day:
        return None
    corrected = isinstance(found, SessionAmended) and found.reason == "correction"
    return Confirmed(found, tuple(queries.reached(service(), commit)), corrected)
