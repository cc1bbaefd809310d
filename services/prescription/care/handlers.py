"""One function a command about a patient's care: load, decide, append."""

from collections.abc import Iterable, Mapping

from prescription import bedside, patient, program
from prescription.care import plan, visit
from prescription.care.commands import (
    AmendVisit,
    BeginPlan,
    ChangePlan,
    ClosePlan,
    RecordVisit,
    WithdrawVisit,
)
from prescription.care.events import Reviewed
from prescription.care.rules import care_rules
from prescription.edition import check_version
from prescription.text import Texts
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause, Loaded


def begin_plan(command: BeginPlan, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(plan.KIND, cause, command.patient)
    found = _patient(command.patient, service, cause)
    texts, today = Texts(cause), bedside.today(found, service)
    events = plan.begin(command, found, today, care_rules(), texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


def change_plan(command: ChangePlan, service: Service, cause: Cause) -> Commit:
    loaded = _read(command, service, cause)
    before = loaded.state.plans.get(command.plan)
    known = (before.latest.diagnosis.text, *before.latest.goals) if before else ()
    texts = Texts(cause, _known(known, service, cause))
    today = bedside.today(_patient(command.patient, service, cause), service)
    events = plan.change(loaded.state, command, today, care_rules(), texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


def close_plan(command: ClosePlan, service: Service, cause: Cause) -> Commit:
    loaded = _read(command, service, cause)
    today = bedside.today(_patient(command.patient, service, cause), service)
    events = plan.close(loaded.state, command, today, care_rules())
    return service.streams.append(loaded, events, cause)


def record_visit(command: RecordVisit, service: Service, cause: Cause) -> Commit:
    loaded, texts = _read(command, service, cause), Texts(cause)
    desk = _desk(command.patient, command.asked.reviewed, service, cause)
    events = visit.record(loaded.state, command, desk, texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


def amend_visit(command: AmendVisit, service: Service, cause: Cause) -> Commit:
    loaded = _read(command, service, cause)
    before = loaded.state.visits.get(command.visit)
    known = (before.latest.note,) if before and before.latest.note else ()
    texts = Texts(cause, _known(known, service, cause))
    desk = _desk(command.patient, command.asked.reviewed, service, cause)
    events = visit.amend(loaded.state, command, desk, texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


def withdraw_visit(command: WithdrawVisit, service: Service, cause: Cause) -> Commit:
    loaded, texts = _read(command, service, cause), Texts(cause)
    events = visit.withdraw(loaded.state, command, care_rules(), texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


HANDLERS: Mapping[type, Handler] = {
    BeginPlan: begin_plan,
    ChangePlan: change_plan,
    ClosePlan: close_plan,
    RecordVisit: record_visit,
    AmendVisit: amend_visit,
    WithdrawVisit: withdraw_visit,
}


def _read(
    command: ChangePlan | ClosePlan | RecordVisit | AmendVisit | WithdrawVisit,
    service: Service,
    cause: Cause,
) -> Loaded[plan.Care]:
    """Return a patient's care as the asker has read it."""
    loaded = service.streams.load(plan.KIND, cause, command.patient)
    check_version(loaded, command.version)
    bedside.check_present(command.patient, service, cause)
    return loaded


def _desk(owner: str, reviewed: Iterable[Reviewed], service: Service, cause: Cause) -> visit.Desk:
    found = _patient(owner, service, cause)
    programs = {
        one.program: service.streams.peek(program.KIND, cause.tenant, one.program).state
        for one in reviewed
    }
    return visit.Desk(found, programs, bedside.today(found, service), care_rules())


def _patient(owner: str, service: Service, cause: Cause) -> patient.Patient:
    return service.streams.peek(patient.KIND, cause.tenant, owner).state


def _known(ids: Iterable[str], service: Service, cause: Cause) -> dict[str, str]:
    """Return the words that these ids stand for, with their ids."""
    return {words: one for one, words in service.vault.open(cause.tenant, list(ids)).items()}
