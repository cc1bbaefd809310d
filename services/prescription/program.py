"""Programs: what may be prescribed, how it may change, when it ends; no revision is ever lost."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from prescription import dosage, term
from prescription.builder import warrant
from prescription.commands import AskedDiagnosis, EndProgram, PrescribeProgram, ReviseProgram
from prescription.course import review
from prescription.course.events import ProgramPaused, ProgramResumed, ProgramReviewed
from prescription.course.rules import steering
from prescription.dosage import Shelf
from prescription.events import Diagnosis, ProgramEnded, ProgramPrescribed, ProgramRevised
from prescription.fault import fault, one_of
from prescription.patient import Patient
from prescription.rules import Rules
from prescription.task.events import ANSWERS, ProposalAccepted, ProposalDeclined
from prescription.text import Keep
from shared.errors import Fault, Invalid, NotFound, Refusal
from shared.stream import Kind

NO_PATIENT = fault("/patient", "The practice has no patient with this id.")


class ProgramImpossible(Invalid):
    """The program cannot be as it is prescribed or revised."""

    slug = "program-impossible"
    title = "The program cannot be like this"


class NothingChanges(Invalid):
    """A revision asks for what is in force anyway."""

    slug = "nothing-changes"
    title = "This revision changes nothing"


class ProgramOver(Refusal):
    """An ended program stays as it was."""

    slug = "program-over"
    title = "This program has ended"


@dataclass(frozen=True, slots=True)
class Program:
    """A program with all its revisions; without a prescription it is not there.

    Attributes:
        prescribed: how it began.
        revised: how it went on, in order.
        ended: how it ended, if it has.
        reviewed: the last look at it since its latest revision.
        paused: the pause that it is in.
        resumed: how its last pause ended.
        pauses: all, that one included.
        answers: to what was proposed.
    """

    prescribed: ProgramPrescribed | None = None
    revised: tuple[ProgramRevised, ...] = ()
    ended: ProgramEnded | None = None
    reviewed: ProgramReviewed | None = None
    paused: ProgramPaused | None = None
    resumed: ProgramResumed | None = None
    pauses: tuple[ProgramPaused, ...] = ()
    answers: tuple[ProposalAccepted | ProposalDeclined, ...] = ()

    @property
    def revisions(self) -> tuple[ProgramPrescribed | ProgramRevised, ...]:
        """All revisions in their order, the prescription first."""
        return (self.prescribed, *self.revised) if self.prescribed else ()

    @property
    def kept(self) -> dict[str, int]:
        """The exercises of the latest revision, each with its version."""
        latest = self.revisions[-1].exercises if self.revisions else ()
        return {one.exercise: one.version for one in latest}

    @property
    def review(self) -> date | None:
        """When somebody is to look at it again; None where it is not there or has ended."""
        if not self.revisions or self.ended:
            return None
        if self.reviewed:
            return self.reviewed.review
        latest = self.revisions[-1]
        return latest.review or review.usual(latest.effective, latest.end)


def evolve(program: Program, event: object) -> Program:
    """Return the program after an event."""
    change = CHANGES.get(type(event))
    return replace(program, **change(program, event)) if change else program


# What an event changes of a program.
CHANGES: Mapping[type, Callable[[Program, Any], dict[str, Any]]] = {
    ProgramPrescribed: lambda _, event: {"prescribed": event},
    ProgramRevised: lambda program, event: {
        "revised": (*program.revised, event),
        "reviewed": None,
    },
    ProgramEnded: lambda _, event: {"ended": event},
    ProgramReviewed: lambda _, event: {"reviewed": event},
    ProgramPaused: lambda program, event: {"paused": event, "pauses": (*program.pauses, event)},
    ProgramResumed: lambda _, event: {"paused": None, "resumed": event},
    **dict.fromkeys(ANSWERS, lambda program, event: {"answers": (*program.answers, event)}),
}
KIND = Kind("program", Program(), evolve)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision needs besides the program.

    Attributes:
        patient: whose it is.
        shelf: the exercises that there are.
        today: the date where the patient lives.
        rules: codes and limits.
        conditions: codes of the patient's record.
    """

    patient: Patient
    shelf: Shelf
    today: date
    rules: Rules
    conditions: tuple[str, ...] = ()


def prescribe(command: PrescribeProgram, desk: Desk, keep: Keep) -> list[object]:
    """Decide a prescription.

    Args:
        command: what the therapist asks for.
        desk: patient, exercises, today and rules.
        keep: gives the id of words.

    Raises:
        ProgramImpossible: a field cannot be; each is named.
    """
    faults = [
        *_patient_faults(desk.patient),
        *term.start_faults(command.start, desk.today, desk.rules),
        *term.end_faults(command.end, command.start, desk.rules),
        *dosage.faults(command.phase, command.exercises, desk.shelf, desk.rules),
        *review.faults(command.review, max(command.start, desk.today), steering()),
        *warrant.faults(command, desk.shelf, desk.conditions, desk.rules),
        *warrant.target_faults(command),
    ]
    registered = desk.patient.registered
    if faults or registered is None:
        raise ProgramImpossible("Look at the fields that are named here.", faults=faults)
    return [_prescribed(command, registered.site, desk, keep)]


def revise(program: Program, command: ReviseProgram, desk: Desk, keep: Keep) -> list[object]:
    """Decide a revision: all of the program from its effective date on.

    Args:
        program: as it stands.
        command: what the therapist asks for.
        desk: patient, exercises, today and rules.
        keep: gives the id of words; the same for words that the program has already.

    Raises:
        NotFound: there is no such program.
        ProgramOver: it has ended.
        ProgramImpossible: a field cannot be; each is named.
        NothingChanges: it says what the latest revision says.
    """
    prescribed = running(program)
    faults = [
        *one_of("/reason", command.reason, desk.rules.revised),
        *_patient_faults(desk.patient),
        *term.end_faults(command.end, prescribed.start, desk.rules),
        *term.date_faults("/effective", command.effective, prescribed.start, command.end),
        *dosage.faults(command.phase, command.exercises, desk.shelf, desk.rules),
        *review.faults(command.review, max(command.effective, desk.today), steering()),
        *warrant.blocked(command.exercises, desk.shelf, desk.conditions),
    ]
    if faults:
        raise ProgramImpossible("Look at the fields that are named here.", faults=faults)
    revised = _revised(program, command, desk, keep)
    _check_changes(program.revisions[-1], revised)
    return [revised]


def end(program: Program, command: EndProgram, rules: Rules) -> list[object]:
    """Decide an end.

    Raises:
        NotFound: there is no such program.
        ProgramOver: it has ended before.
        ProgramImpossible: the date lies outside the program, or the reason is unknown.
    """
    prescribed = running(program)
    last = program.revisions[-1].end
    faults = [
        *term.date_faults("/date", command.date, prescribed.start, last),
        *one_of("/reason", command.reason, rules.ended),
    ]
    if faults:
        raise ProgramImpossible("Look at the fields that are named here.", faults=faults)
    return [ProgramEnded(command.program, prescribed.patient, command.date, command.reason)]


def _prescribed(command: PrescribeProgram, site: str, desk: Desk, keep: Keep) -> ProgramPrescribed:
    goals = tuple(keep(goal, "goal", str(n)) for n, goal in enumerate(command.goals))
    return ProgramPrescribed(
        program=command.program,
        patient=command.patient,
        site=site,
        revision=1,
        effective=command.start,
        start=command.start,
        end=command.end,
        title=keep(command.title, "title"),
        diagnosis=_diagnosis(command.diagnosis, keep),
        goals=goals,
        phase=dosage.phase(command.phase, keep),
        exercises=dosage.exercises(command.exercises, desk.shelf, keep),
        source=command.source,
        review=_review(command.review, command.start, command.end, desk),
        reasons=warrant.reasons(command.reasons, keep),
        targets=warrant.targets(command.targets, goals, keep),
    )


def _revised(program: Program, command: ReviseProgram, desk: Desk, keep: Keep) -> ProgramRevised:
    return ProgramRevised(
        program=command.program,
        patient=running(program).patient,
        revision=len(program.revisions) + 1,
        effective=command.effective,
        reason=command.reason,
        note=keep(command.note, "note") if command.note else None,
        end=command.end,
        phase=dosage.phase(command.phase, keep),
        exercises=dosage.exercises(command.exercises, desk.shelf, keep),
        review=_review(command.review, command.effective, command.end, desk),
    )


def _review(asked: date | None, effective: date, last: date | None, desk: Desk) -> date:
    return review.planned(asked, max(effective, desk.today), last, steering())


def _diagnosis(asked: AskedDiagnosis, keep: Keep) -> Diagnosis:
    return Diagnosis(asked.code, asked.system, asked.verified, keep(asked.text, "diagnosis"))


def running(program: Program) -> ProgramPrescribed:
    """Return how a program began that can still be changed.

    Raises:
        NotFound: there is no such program.
        ProgramOver: it has ended.
    """
    if program.prescribed is None:
        raise NotFound("There is no program with this id.")
    if program.ended is not None:
        raise ProgramOver("It stays as it was. Prescribe a new program instead.")
    return program.prescribed


def _check_changes(before: ProgramPrescribed | ProgramRevised, revised: ProgramRevised) -> None:
    same = (before.end, before.phase, before.exercises) == (
        revised.end,
        revised.phase,
        revised.exercises,
    )
    # An earlier date for the same content is a change: it brings the revision forward.
    if same and revised.effective >= before.effective:
        reason = fault(
            "/exercises",
            "Exercises, phase and end are those of revision %(revision)s: change one of them.",
            revision=before.revision,
        )
        raise NothingChanges("There is nothing to revise.", faults=[reason])


def _patient_faults(patient: Patient) -> Iterator[Fault]:
    if not patient.present:
        yield NO_PATIENT
