"""Pain above the zone of the program: said at once, and once for a local date."""

from collections.abc import Iterator

from adherence.diary import Desk, Diary
from adherence.events import Session
from adherence.signals.events import PainFlagged


def flagged(diary: Diary, session: Session, desk: Desk) -> Iterator[PainFlagged]:
    """Yield a flag where pain, during it or on the morning after, is above the zone, once.

    Args:
        diary: with the session as it is now.
        session: which was told.
        desk: program, now and rules.
    """
    signals = desk.rules.signals
    pain = session.worst_pain
    if pain is None or pain <= signals.pain.limit:
        return
    # A flag is never revoked, so a correction up, down and up again gives one.
    if session.session in diary.noticed.pained:
        return
    yield PainFlagged(
        program=session.program,
        patient=session.patient,
        session=session.session,
        local_date=session.local_date,
        revision=session.revision,
        late=session.late,
        pain=pain,
        limit=signals.pain.limit,
        rule=signals.versions["pain"],
    )
