"""What an event makes this service decide and send.

Reminders are a chain of due work, one link a date: the first when a program and its patient's zone
are both known, each next one when a date was decided upon. A chain that ended, because the program
had no date left, is taken up when a later revision gives it one.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from notifications.hours import DAY, end_of, moment, today
from notifications.mailbox import KIND
from notifications.rules import rules
from shared import commands
from shared.due import Due
from shared.envelope import Envelope
from shared.mongo import Document
from shared.send import Intent
from shared.views import Views

REMIND = "remind"
EMAIL = "email"


def celebration_id(event: Envelope) -> str:
    """Return the id of the one message about all milestones of a commit."""
    return commands.identify(event.tenant, event.subject, str(event.commit), "celebration")


def reminder_id(event: Envelope) -> str:
    """Return the id of the message that a decided reminder gives."""
    return commands.identify(event.id, "reminder")


def celebrate(event: Envelope, views: Views) -> None:
    """Have the commit's celebration sent, while it is about something that has just been."""
    useful_until = event.recorded + rules().celebrated_within
    identity = celebration_id(event)
    views.intend(event, Intent(identity, EMAIL, event.tenant, event.recorded, useful_until, {}))


def invitation_id(event: Envelope) -> str:
    """Return the id of the message that carries an invitation."""
    return commands.identify(event.id, "invitation")


def send_invitation(event: Envelope, views: Views) -> None:
    """Have a link sent, while it holds."""
    useful_until = datetime.fromisoformat(event.data["expires"])
    identity = invitation_id(event)
    views.intend(event, Intent(identity, EMAIL, event.tenant, event.recorded, useful_until, {}))


def send_reminder(event: Envelope, views: Views) -> None:
    """Have a reminder sent, while its date lasts."""
    data = event.data
    useful_until = end_of(date.fromisoformat(data["local_date"]), ZoneInfo(data["zone"]))
    identity = reminder_id(event)
    views.intend(event, Intent(identity, EMAIL, event.tenant, event.recorded, useful_until, {}))


def begin(event: Envelope, views: Views, person: Document) -> None:
    """Begin the chains of a patient's programs, once it is known where the patient lives."""
    if person["zone"]:
        for program, start in person["programs"].items():
            link = {"program": program, "patient": person["patient"], "zone": person["zone"]}
            _schedule(event, views, link, date.fromisoformat(start))


def go_on(event: Envelope, views: Views) -> None:
    """Have the next date of a chain decided upon."""
    _schedule(event, views, event.data, date.fromisoformat(event.data["next_date"]))


def take_up(event: Envelope, views: Views, program: Document) -> None:
    """Go on with a chain that ended before it knew of a revision that has later dates.

    Any such revision will do, whatever came after it: what is scheduled must not depend on which
    of the two came here first, the revision or the chain's end.
    """
    for end in program["ends"]:
        following = date.fromisoformat(end["local_date"]) + DAY
        for revision in program["revisions"]:
            last = revision["end"]
            later = last is None or following <= date.fromisoformat(last)
            if later and revision["revision"] > end["revision"]:
                _schedule(event, views, {**program, "zone": end["zone"]}, following)


def _schedule(event: Envelope, views: Views, link: Any, day: date) -> None:
    """Have a date decided upon; none from before this service began to act.

    Args:
        event: what causes it.
        views: of its batch.
        link: program, patient and zone.
        day: the date.
    """
    zone, at = ZoneInfo(link["zone"]), rules().remind_at
    day = max(day, today(views.since, zone))
    if moment(day, at, zone) < views.since:
        day += DAY
    views.schedule(
        event,
        Due(
            id=commands.identify(event.tenant, link["program"], REMIND, day.isoformat()),
            kind=REMIND,
            tenant=event.tenant,
            stream=KIND.stream(link["patient"]),
            due_at=moment(day, at, zone),
            sequence=event.sequence,
            data={
                "program": link["program"],
                "patient": link["patient"],
                "local_date": day.isoformat(),
            },
        ),
    )
