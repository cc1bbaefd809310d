"""What was proposed for a program, and what a therapist makes of it."""

from dataclasses import replace
from typing import Any

from prescription import dose
from prescription.course import steer
from prescription.events import Dose, Exercise
from prescription.fault import fault
from prescription.program import Desk, Program, ProgramImpossible, running
from prescription.task.commands import AcceptProposal, DeclineProposal
from prescription.task.events import ProposalAccepted, ProposalDeclined, TaskOpened
from prescription.text import Keep
from shared.errors import Fault, Refusal

WHOLE = ("sets", "repetitions", "hold_seconds")
REASONS = {"progress": "progressed", "step_back": "pain", "deload": "eased"}
NOT_OFFERED = "This exercise is not proposed anything: read the proposal again."
GONE = "The program does not have this exercise any more: decline the proposal."


class ProposalNotOpen(Refusal):
    """A proposal is answered once; a newer one takes its place, and so does a revision."""

    slug = "proposal-not-open"
    title = "This proposal is not open"


def accept(program: Program, task: TaskOpened, command: AcceptProposal, desk: Desk) -> list[object]:
    """Decide a revision that is as proposed, or has other values of what was proposed.

    Args:
        program: as it stands.
        task: what was proposed.
        command: which values instead, if any.
        desk: the patient, the exercises, today and rules.

    Raises:
        ProgramImpossible: a dose cannot be; each is named.
    """
    running(program)
    offered = {one.exercise: one for one in task.offers}
    given = {one.exercise: one.value for one in command.values}
    faults: list[Fault] = [
        fault(f"/values/{place}/exercise", NOT_OFFERED)
        for place, one in enumerate(command.values)
        if one.exercise not in offered
    ]
    exercises = program.revisions[-1].exercises
    if not offered.keys() <= {one.exercise for one in exercises}:
        faults.append(fault("/proposal", GONE))
    doses = {
        one.exercise: _dosed(one.dose, offered[one.exercise].measure, value)
        for one in exercises
        if one.exercise in offered
        for value in [given.get(one.exercise, offered[one.exercise].after)]
    }
    for one in exercises:
        if one.exercise in doses:
            faults += _faults(one, doses[one.exercise], desk)
    if faults:
        raise ProgramImpossible(steer.LOOK, faults=faults)
    moved = tuple(replace(one, dose=doses.get(one.exercise, one.dose)) for one in exercises)
    revised = steer.revised(program, command.program, REASONS[task.kind], desk, exercises=moved)
    edited = any(given[one] != offered[one].after for one in given)
    answer = ProposalAccepted(
        command.program, revised.patient, command.proposal, revised.revision, edited
    )
    return [revised, answer]


def decline(program: Program, command: DeclineProposal, keep: Keep) -> list[object]:
    """Decide that a proposal is not taken over."""
    prescribed = running(program)
    word = keep(command.word, "word") if command.word else None
    return [ProposalDeclined(command.program, prescribed.patient, command.proposal, word)]


def _dosed(before: Dose, measure: str, value: float) -> Dose:
    """Return a dose with one measure of it changed; what is counted is a whole number."""
    whole = measure in WHOLE and float(value).is_integer()
    after: dict[str, Any] = {measure: int(value) if whole else value}
    return replace(before, **after)


def _faults(one: Exercise, after: Dose, desk: Desk) -> list[Fault]:
    """Return what cannot be about the dose that an exercise would have."""
    kind = desk.shelf.library[one.exercise].versions[one.version - 1].kind
    pointer = f"/exercises/{one.exercise}"
    counted = {name: getattr(after, name) for name in WHOLE}
    broken = [name for name, value in counted.items() if isinstance(value, float)]
    return [
        *(fault(f"{pointer}/{name}", "Give a whole number.") for name in broken),
        *dose.faults(after, pointer, desk.rules, kind),
    ]
