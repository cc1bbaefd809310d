"""One function a command on tasks and proposals: load, decide, append."""

from collections.abc import Mapping
from datetime import datetime

from prescription import bedside, patient, program
from prescription.course.handlers import Opened, desk_of, open_program, put
from prescription.task import board, proposal
from prescription.task.board import Standing
from prescription.task.commands import AcceptProposal, CloseTask, DeclineProposal, OpenTask
from prescription.task.events import TaskOpened
from prescription.text import Texts
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause

# What closes tasks, by the event that it is.
FACTS = {
    "ProgramReviewed": "reviewed",
    "ProgramRevised": "revised",
    "ProgramPaused": "paused",
    "ProgramEnded": "ended",
}


def open_task(command: OpenTask, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(board.KIND, cause, command.patient)
    standing = _standing(command.program, service, cause.tenant)
    events = board.open_task(loaded.state, command, standing)
    return service.streams.append(loaded, events, cause, key=command.patient)


def close_task(command: CloseTask, service: Service, cause: Cause) -> Commit:
    loaded, texts = service.streams.load(board.KIND, cause, command.patient), Texts(cause)
    events = board.close_task(loaded.state, command, texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


def accept_proposal(command: AcceptProposal, service: Service, cause: Cause) -> Commit:
    found, texts = open_program(command, service, cause), Texts(cause)
    task = _offered(found.owner, command, service, cause.tenant)
    exercises = tuple(one.exercise for one in task.offers)
    desk = desk_of(found, exercises, service, cause.tenant)
    events = proposal.accept(found.state, task, command, desk)
    return put(found, events, texts, service, cause)


def decline_proposal(command: DeclineProposal, service: Service, cause: Cause) -> Commit:
    loaded, texts = service.streams.load(program.KIND, cause, command.program), Texts(cause)
    owner = loaded.state.prescribed.patient if loaded.state.prescribed else ""
    _offered(owner, command, service, cause.tenant)
    person = service.streams.peek(patient.KIND, cause.tenant, owner).state
    found = Opened(loaded, owner, person, bedside.today(person, service))
    events = proposal.decline(loaded.state, command, texts.keep)
    return put(found, events, texts, service, cause)


HANDLERS: Mapping[type, Handler] = {
    OpenTask: open_task,
    CloseTask: close_task,
    AcceptProposal: accept_proposal,
    DeclineProposal: decline_proposal,
}


def _offered(
    owner: str, command: AcceptProposal | DeclineProposal, service: Service, tenant: str
) -> TaskOpened:
    """Return the open task about a proposal.

    Raises:
        ProposalNotOpen: there is none.
    """
    tasks = service.streams.peek(board.KIND, tenant, owner).state.open.values()
    for task in tasks:
        if (task.program, task.proposal) == (command.program, command.proposal):
            return task
    raise proposal.ProposalNotOpen("It was answered before, or something newer took its place.")


def _standing(identity: str, service: Service, tenant: str) -> Standing:
    """Return how a program stands, as far as tasks go."""
    loaded = service.streams.peek(program.KIND, tenant, identity)
    state, facts = loaded.state, dict[str, datetime]()
    for commit in loaded.commits:
        for stored in commit.events:
            if stored.type in FACTS:
                facts[FACTS[stored.type]] = commit.recorded
    owner = state.prescribed.patient if state.prescribed else ""
    person = service.streams.peek(patient.KIND, tenant, owner).state
    now = {"paused": state.paused, "ended": state.ended}
    return Standing(
        here=person.present and state.prescribed is not None,
        facts=facts,
        now=frozenset(name for name, holds in now.items() if holds),
        review=state.review,
        answered=frozenset(one.proposal for one in state.answers),
    )
