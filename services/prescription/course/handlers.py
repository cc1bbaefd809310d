"""One function a command on a running program: load, decide, append."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from prescription import bedside, patient, program
from prescription.course import steer
from prescription.course.commands import (
    ChangePhase,
    PauseProgram,
    ResumeProgram,
    ReviewProgram,
    StepExercise,
)
from prescription.course.stale import check_seen
from prescription.program import Desk, Program
from prescription.text import Texts
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause, Loaded


class Seen(Protocol):
    """A command on a program, as it was seen by who sends it."""

    @property
    def program(self) -> str:
        """Its id."""

    @property
    def version(self) -> int:
        """The version that was seen."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A program as a command finds it, and whose it is."""

    loaded: Loaded[Program]
    owner: str
    patient: patient.Patient
    today: date

    @property
    def state(self) -> Program:
        """The program as it stands."""
        return self.loaded.state


def review_program(command: ReviewProgram, service: Service, cause: Cause) -> Commit:
    found = open_program(command, service, cause)
    events = steer.look(found.state, command, found.today)
    return service.streams.append(found.loaded, events, cause)


def pause_program(command: PauseProgram, service: Service, cause: Cause) -> Commit:
    found, texts = open_program(command, service, cause), Texts(cause)
    return put(
        found, steer.pause(found.state, command, found.today, texts.keep), texts, service, cause
    )


def resume_program(command: ResumeProgram, service: Service, cause: Cause) -> Commit:
    found = open_program(command, service, cause)
    events = steer.resume(found.state, command, found.today)
    return service.streams.append(found.loaded, events, cause)


def step_exercise(command: StepExercise, service: Service, cause: Cause) -> Commit:
    found, texts = open_program(command, service, cause), Texts(cause)
    desk = desk_of(found, (command.exercise, command.to), service, cause.tenant)
    return put(found, steer.step(found.state, command, desk, texts.keep), texts, service, cause)


def change_phase(command: ChangePhase, service: Service, cause: Cause) -> Commit:
    found, texts = open_program(command, service, cause), Texts(cause)
    desk = desk_of(found, (), service, cause.tenant)
    events = steer.change_phase(found.state, command, desk, texts.keep)
    return put(found, events, texts, service, cause)


def open_program(command: Seen, service: Service, cause: Cause) -> Opened:
    """Return the program that a command is about, as it was seen by who sends it.

    Raises:
        NotFound: there is none.
        Stale: it was changed since; the faults say what.
    """
    loaded = service.streams.load(program.KIND, cause, command.program)
    check_seen(loaded, command.version, cause.tenant, service)
    prescribed = loaded.state.prescribed
    owner = prescribed.patient if prescribed else ""
    found = service.streams.peek(patient.KIND, cause.tenant, owner).state
    return Opened(loaded, owner, found, bedside.today(found, service))


def desk_of(found: Opened, ids: tuple[str | None, ...], service: Service, tenant: str) -> Desk:
    """Return what a step is decided with."""
    return bedside.desk(found.owner, ids, found.state.kept, service, tenant)


def put(
    found: Opened, events: list[object], texts: Texts, service: Service, cause: Cause
) -> Commit:
    """Seal what was said and append what was decided."""
    return bedside.append(found.loaded, events, texts, found.owner, service, cause)


HANDLERS: Mapping[type, Handler] = {
    ReviewProgram: review_program,
    PauseProgram: pause_program,
    ResumeProgram: resume_program,
    StepExercise: step_exercise,
    ChangePhase: change_phase,
}
