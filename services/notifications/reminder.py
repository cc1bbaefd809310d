"""Reminders: whether a date's session is still open, and which date is decided upon next."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from notifications.commands import Remind
from notifications.events import Reason, ReminderDecided
from notifications.hours import DAY, today
from notifications.mailbox import Mailbox
from shared.errors import Refusal
from shared.schedule import Program, due, missed

# The program asks for a session on the date, now or on another day of the week.
ASKED = ("due", "later")


class AlreadyDecided(Refusal):
    """A date of a program is decided upon once."""

    slug = "already-decided"
    title = "This date was decided upon before"


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known of a program at a moment.

    Attributes:
        program: with its revisions.
        zone: where its patient lives.
        done: dates of this week on which anything was done.
        told: dates of this week of which the patient told anything, not done included.
        erased: whether the patient is to be forgotten.
        now: the moment.
    """

    program: Program
    zone: ZoneInfo
    done: frozenset[date]
    told: frozenset[date]
    erased: bool
    now: datetime

    @property
    def today(self) -> date:
        """The date that it is for the patient."""
        return today(self.now, self.zone)


def remind(mailbox: Mailbox, command: Remind, desk: Desk) -> list[object]:
    """Decide whether the patient is reminded of a date, and which date comes next.

    Dates that went by undecided, in whatever downtime, are passed over: the next one is today's
    at the earliest.

    Raises:
        AlreadyDecided: the date was decided upon before.
    """
    day = command.local_date
    if (command.program, day) in mailbox.decided:
        raise AlreadyDecided(f"{day} was decided upon before.")
    reason = judge(desk, day)
    return [
        ReminderDecided(
            program=command.program,
            patient=command.patient,
            local_date=day,
            zone=desk.zone.key,
            revision=desk.program.revisions[-1].revision,
            open=reason == "due",
            reason=reason,
            next_date=_following(desk, day),
        )
    ]


def judge(desk: Desk, day: date) -> Reason:
    """Return `due` where leaving the date's session out would miss it, else why not."""
    if desk.erased:
        return "erased"
    if not desk.program.covers(day):
        return "ended"
    if day < desk.today:
        return "over"
    if day in desk.done:
        return "done"
    # Whoever has said why not today is not asked again.
    if day in desk.told:
        return "skipped"
    return _asked(desk, day)


def _asked(desk: Desk, day: date) -> Reason:
    """On days of the patient's own choice nobody is pressed while another day will do."""
    if missed(desk.program, desk.done, day):
        return "due"
    return "later" if due(desk.program, desk.done, day) else "off"


def next_session(desk: Desk, ahead: int) -> date | None:
    """Return the next date within so many that the program asks for and nothing is told of."""
    days = (desk.today + DAY * number for number in range(ahead + 1))
    return next((day for day in days if judge(desk, day) in ASKED), None)


def _following(desk: Desk, day: date) -> date | None:
    following = max(day + DAY, desk.today)
    return following if desk.program.covers(following) and not desk.erased else None
