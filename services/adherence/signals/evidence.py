"""Which sessions a decision about a dose may rest on: those under the revision in force, not old.

What was told under an earlier revision is about another dose; where a later revision has come, or
is to come into force, the therapist has decided already.
"""

from datetime import UTC, date, timedelta

from adherence.diary import Desk, Diary
from adherence.events import Entry, Session
from shared.schedule import Revision


def latest(desk: Desk) -> Revision:
    """Return the program's latest revision."""
    return desk.program.revisions[-1]


def recent(diary: Diary, desk: Desk) -> list[Session]:
    """Return the sessions under the latest revision by date; none where the last one is old."""
    number = latest(desk).revision
    found = [one for _, one in sorted(diary.sessions.items()) if one.revision == number]
    return found if found and found[-1].local_date >= fresh_from(desk) else []


def with_entry(sessions: list[Session], exercise: str) -> list[tuple[Session, Entry]]:
    """Return the sessions that tell of an exercise, each with what it tells."""
    return [
        (session, entry)
        for session in sessions
        for entry in session.entries
        if entry.exercise == exercise
    ]


def fresh_from(desk: Desk) -> date:
    """Return the earliest date of a session that still says something of today."""
    today = desk.now.astimezone(desk.program.zone or UTC).date()
    return today - timedelta(days=desk.rules.signals.watch.fresh_days)
