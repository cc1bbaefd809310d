"""Which dose is proposed: up by the 2-for-2 rule, a step back on pain, less of all on high effort.

A proposal rests on sessions under the revision in force. While one about an exercise is open, no
other of its kind comes, and nothing that lowers a dose is stacked on what lowers it. A settled one
needs sessions that came after those of the first: it does not come back on the same evidence.
"""

from collections.abc import Iterator, Sequence

from adherence.completion import amount, measure
from adherence.diary import Desk, Diary
from adherence.events import Entry, Session
from adherence.signals import doses
from adherence.signals.events import DoseProposed, Move, Proposed, Why
from adherence.signals.evidence import latest, recent, with_entry
from adherence.signals.noticed import standing
from shared import commands
from shared.schedule import Exercise

LOWER: tuple[Move, ...] = ("step_back", "deload")


def stepped_back(diary: Diary, session: Session, desk: Desk) -> Iterator[DoseProposed]:
    """Yield a step back where pain, during a session or on the morning after, was above the zone.

    It is about the exercises that were left out for pain, else about all that were done.
    """
    signals = desk.rules.signals
    if session not in recent(diary, desk) or (session.worst_pain or 0) <= signals.pain.limit:
        return
    skipped = {one.exercise for one in session.entries if one.skipped == "pain"}
    hurting = skipped or {one.exercise for one in session.entries if one.done}
    wanted = [one for one in latest(desk).exercises if one.exercise in hurting]
    yield from _lower(diary, desk, "step_back", "pain", wanted, [session])


def deloaded(diary: Diary, _: Session, desk: Desk) -> Iterator[DoseProposed]:
    """Yield less of everything where effort was high in sessions in a row."""
    signals = desk.rules.signals
    last = recent(diary, desk)[-signals.deload.sessions :]
    high = [one for one in last if one.effort is not None and one.effort >= signals.hard.high]
    if len(high) == signals.deload.sessions:
        yield from _lower(diary, desk, "deload", "effort", latest(desk).exercises, high)


def progressed(diary: Diary, session: Session, desk: Desk) -> Iterator[DoseProposed]:
    """Yield a larger dose of each exercise of which more was done than asked, in sessions in a row.

    Only where pain and effort were told and were low: silence is no reason to do more.
    """
    rule = desk.rules.signals.progress
    told = recent(diary, desk)
    for exercise in latest(desk).exercises:
        last = with_entry(told, exercise.exercise)[-rule.sessions :]
        sessions = [one for one, _ in last]
        if session not in sessions or len(last) < rule.sessions:
            continue
        if not all(_exceeds(entry, rule.extra) for _, entry in last):
            continue
        since = [one for one in told if one.local_date >= sessions[0].local_date]
        if not _calm(since, desk) or not _easy(sessions, exercise, rule.effort):
            continue
        grown = doses.grown(exercise, rule)
        if grown and _free(diary, desk, "progress", exercise.exercise, sessions):
            yield _proposal(desk, "progress", "two_for_two", [grown], sessions)


def _lower(
    diary: Diary,
    desk: Desk,
    move: Move,
    reason: Why,
    exercises: Sequence[Exercise],
    sessions: Sequence[Session],
) -> Iterator[DoseProposed]:
    free = [one for one in exercises if _free(diary, desk, move, one.exercise, sessions)]
    found = [doses.reduced(one, desk.rules.signals.reduce) for one in free]
    reduced = [one for one in found if one is not None]
    if reduced:
        yield _proposal(desk, move, reason, reduced, sessions)


def _exceeds(entry: Entry, extra: int) -> bool:
    """Tell whether so many repetitions more than asked for were done in every set of the day.

    Sets told as one sum do not show the last one, so the sum has to hold for them all.
    """
    asked = entry.prescribed
    if entry.done is None or measure(asked) != "repetitions" or asked.repetitions is None:
        return False
    sets = (asked.sets or 1) * asked.times_per_day
    wanted = asked.repetitions + extra
    if entry.done.sets is None:
        return amount(entry.done, "repetitions") >= sets * wanted
    return entry.done.sets >= sets and (entry.done.repetitions or 0) >= wanted


def _calm(sessions: Sequence[Session], desk: Desk) -> bool:
    """Tell whether pain was told and low in all of them, and on the mornings that were told of."""
    green = desk.rules.signals.pain.green
    return all(one.pain is not None and (one.worst_pain or 0) <= green for one in sessions)


def _easy(sessions: Sequence[Session], exercise: Exercise, usual: int) -> bool:
    """Tell whether effort was told and not above what the dose asks for, else the usual."""
    asked = exercise.dose["effort"]
    most = usual if asked is None else asked
    return all(one.effort is not None and one.effort <= most for one in sessions)


def _free(diary: Diary, desk: Desk, move: Move, exercise: str, sessions: Sequence[Session]) -> bool:
    """Tell whether a proposal may be made: none like it is open, and the sessions are new."""
    for other in {move, *LOWER}:
        stands = standing(diary.noticed, other, exercise)
        if stands is None:
            continue
        if stands.open and stands.revision == latest(desk).revision:
            return False
        if sessions[0].local_date <= stands.last:
            return False
    return True


def _proposal(
    desk: Desk, move: Move, reason: Why, found: Sequence[Proposed], sessions: Sequence[Session]
) -> DoseProposed:
    program = desk.program.program
    evidence = tuple(one.session for one in sessions)
    return DoseProposed(
        program=program,
        patient=desk.program.patient,
        proposal=commands.identify(program, move, *(one.exercise for one in found), *evidence),
        local_date=sessions[-1].local_date,
        revision=latest(desk).revision,
        move=move,
        reason=reason,
        exercises=tuple(found),
        sessions=evidence,
        pain=max((one.worst_pain for one in sessions if one.worst_pain is not None), default=None),
        effort=max((one.effort for one in sessions if one.effort is not None), default=None),
        rule=desk.rules.signals.versions["progress" if move == "progress" else "reduce"],
    )
