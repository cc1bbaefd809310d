"""What a therapist decides on a running program with one word, besides revising all of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from prescription import dosage, term
from prescription.builder import warrant
from prescription.course import review
from prescription.course.commands import (
    ChangePhase,
    PauseProgram,
    ResumeProgram,
    ReviewProgram,
    StepExercise,
)
from prescription.course.events import ProgramPaused, ProgramResumed, ProgramReviewed
from prescription.course.rules import steering
from prescription.course.step import REASONS, WAYS, instead, steps
from prescription.events import Dose, Exercise, Phase, ProgramRevised
from prescription.fault import fault, one_of
from prescription.program import NO_PATIENT, Desk, Program, ProgramImpossible, running
from prescription.text import Keep
from shared.errors import Fault, Refusal

LOOK = "Look at the fields that are named here."
NOT_IN = "The program does not have this exercise: read it again."
NO_STEP = "This cannot be moved any further: choose another step."
NO_OTHER = "Choose the exercise that comes in its place."
TWICE = "The program has this exercise already: choose another."
SAME_PHASE = "The program is in this phase: choose another."


class ProgramPausedAlready(Refusal):
    """A paused program is not paused again."""

    slug = "program-paused"
    title = "This program is paused"


class NotPaused(Refusal):
    """Only a paused program is resumed."""

    slug = "program-not-paused"
    title = "This program is not paused"


def look(program: Program, command: ReviewProgram, today: date) -> list[object]:
    """Decide that a program was looked at and goes on as it is.

    Raises:
        ProgramImpossible: the next date lies before today, or too far ahead.
    """
    prescribed, rules = running(program), steering()
    if faults := [*review.faults(command.review, today, rules)]:
        raise ProgramImpossible(LOOK, faults=faults)
    following = review.planned(command.review, today, program.revisions[-1].end, rules)
    return [ProgramReviewed(command.program, prescribed.patient, today, following)]


def pause(program: Program, command: PauseProgram, today: date, keep: Keep) -> list[object]:
    """Decide a pause.

    Raises:
        ProgramPausedAlready: it is paused.
        ProgramImpossible: a field cannot be; each is named.
    """
    prescribed = running(program)
    if program.paused:
        raise ProgramPausedAlready("Resume it first, or leave it so.")
    begins = command.date or max(today, prescribed.start)
    first = max(prescribed.start, program.resumed.date) if program.resumed else prescribed.start
    faults = [
        *one_of("/reason", command.reason, steering().paused),
        *term.date_faults("/date", begins, first, program.revisions[-1].end),
        *_far("/date", begins, today),
    ]
    if faults:
        raise ProgramImpossible(LOOK, faults=faults)
    note = keep(command.note, "note") if command.note else None
    return [ProgramPaused(command.program, prescribed.patient, begins, command.reason, note)]


def resume(program: Program, command: ResumeProgram, today: date) -> list[object]:
    """Decide the end of a pause.

    Raises:
        NotPaused: there is none.
        ProgramImpossible: the date lies before the pause, or after the program.
    """
    prescribed = running(program)
    if program.paused is None:
        raise NotPaused("It goes on already.")
    begins = command.date or max(today, program.paused.date)
    last = program.revisions[-1].end
    faults = [
        *term.date_faults("/date", begins, program.paused.date, last),
        *_far("/date", begins, today),
    ]
    if faults:
        raise ProgramImpossible(LOOK, faults=faults)
    return [ProgramResumed(command.program, prescribed.patient, begins)]


def step(program: Program, command: StepExercise, desk: Desk, keep: Keep) -> list[object]:
    """Decide one step of an exercise: a revision of nothing else.

    Args:
        program: as it stands.
        command: which exercise, and which step.
        desk: the patient, the exercise and what may come in its place, today and rules.
        keep: gives the id of words.

    Raises:
        ProgramImpossible: the program has no such exercise, or there is no such step.
    """
    running(program)
    exercises = program.revisions[-1].exercises
    places = [place for place, one in enumerate(exercises) if one.exercise == command.exercise]
    if not places:
        raise ProgramImpossible(LOOK, faults=[fault("/exercise", NOT_IN)])
    found = exercises[places[0]]
    after = (
        replace(found, dose=_dosed(found, command, desk))
        if command.step in WAYS
        else _replaced(exercises, found, command, desk)
    )
    moved = tuple(after if one is found else one for one in exercises)
    reason, note = REASONS[command.step], keep(command.note, "note") if command.note else None
    return [revised(program, command.program, reason, desk, note=note, exercises=moved)]


def change_phase(program: Program, command: ChangePhase, desk: Desk, keep: Keep) -> list[object]:
    """Decide another phase, with the same exercises.

    Raises:
        ProgramImpossible: the number is none, or the one that it is in.
    """
    running(program)
    now, (low, high) = program.revisions[-1].phase.number, desk.rules.phases
    faults = []
    if not low <= command.number <= high:
        faults = [fault("/number", "Give %(low)g to %(high)g.", low=low, high=high)]
    elif command.number == now:
        faults = [fault("/number", SAME_PHASE)]
    if faults:
        raise ProgramImpossible(LOOK, faults=faults)
    reason = "phase_completed" if command.number > now else "eased"
    phase = Phase(command.number, keep(command.name, "phase"))
    note = keep(command.note, "note") if command.note else None
    return [revised(program, command.program, reason, desk, note=note, phase=phase)]


def _far(pointer: str, day: date, today: date) -> Iterator[Fault]:
    """Yield a fault where a date is so far ahead that it is mistyped."""
    latest = review.later(today, steering().latest)
    if day > latest:
        yield fault(pointer, "Look at the year: give %(latest)s or earlier.", latest=latest)


def _dosed(found: Exercise, command: StepExercise, desk: Desk) -> Dose:
    """Return the dose of an exercise after a step."""
    kind = desk.shelf.library[found.exercise].versions[found.version - 1].kind
    ways = steps(found.dose, kind, command.step, desk.rules, steering())
    for one in ways:
        if one.field == command.field:
            return one.dose
    raise ProgramImpossible(LOOK, faults=[fault("/field", NO_STEP)])


def _replaced(
    exercises: tuple[Exercise, ...], found: Exercise, command: StepExercise, desk: Desk
) -> Exercise:
    """Return what comes in an exercise's place; what was said about that one goes with it."""
    if command.to is None:
        raise ProgramImpossible(LOOK, faults=[fault("/to", NO_OTHER)])
    if any(one.exercise == command.to for one in exercises):
        raise ProgramImpossible(LOOK, faults=[fault("/to", TWICE)])
    known = desk.shelf.library.get(command.to)
    if known is None or known.latest is None:
        raise ProgramImpossible(LOOK, faults=[fault("/to", dosage.UNKNOWN)])
    if known.retired:
        raise ProgramImpossible(LOOK, faults=[fault("/to", dosage.RETIRED)])
    if faults := [*warrant.barred(command.to, "/to", desk.shelf, desk.conditions)]:
        raise ProgramImpossible(LOOK, faults=faults)
    return Exercise(
        exercise=command.to,
        dose=instead(found.dose, known.latest, desk.rules),
        priority=found.priority,
        instructions=None,
        version=len(known.versions),
    )


def revised(
    program: Program,
    identity: str,
    reason: str,
    desk: Desk,
    *,
    note: str | None = None,
    phase: Phase | None = None,
    exercises: tuple[Exercise, ...] | None = None,
) -> ProgramRevised:
    """Return the latest revision with one part of it changed, from today on.

    Args:
        program: as it stands.
        identity: its id.
        reason: code of why.
        desk: the patient and today.
        note: id of the therapist's words.
        phase: the other phase, if it is one.
        exercises: all of them, if one is another.

    Raises:
        ProgramImpossible: the program is over, or there is nobody to have it.
    """
    latest = program.revisions[-1]
    # What begins later than today is changed from where it begins.
    effective = max(desk.today, latest.effective)
    faults: list[Fault] = [
        *term.date_faults("/effective", effective, running(program).start, latest.end)
    ]
    if not desk.patient.present:
        faults.append(NO_PATIENT)
    if faults:
        raise ProgramImpossible(LOOK, faults=faults)
    return ProgramRevised(
        program=identity,
        patient=running(program).patient,
        revision=latest.revision + 1,
        effective=effective,
        reason=reason,
        note=note,
        end=latest.end,
        phase=phase or latest.phase,
        exercises=exercises or latest.exercises,
        review=review.planned(None, effective, latest.end, steering()),
    )
