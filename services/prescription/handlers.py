"""One function a command: load, decide, append. Words are sealed in between."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from zoneinfo import ZoneInfo

from prescription import exercise, patient, practice, program, roster, site, staff
from prescription.commands import (
    EndProgram,
    ErasePatient,
    PrescribeProgram,
    PublishExercise,
    RegisterPatient,
    RegisterPractice,
    RegisterSite,
    RegisterStaff,
    ReviseProgram,
)
from prescription.patient import Patient
from prescription.rules import rules
from prescription.text import Texts
from shared.errors import Fault, Stale
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause, Loaded


def register_practice(command: RegisterPractice, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(practice.KIND, cause, command.practice)
    return service.streams.append(loaded, practice.register(loaded.state, command), cause)


def register_site(command: RegisterSite, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(site.KIND, cause, command.site)
    return service.streams.append(loaded, site.register(command), cause)


def register_staff(command: RegisterStaff, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(staff.KIND, cause, command.staff)
    known = {
        identity
        for identity in command.sites
        if service.streams.peek(site.KIND, cause.tenant, identity).state.name
    }
    events = staff.register(command, known, rules())
    roster.seal(cause.tenant, command.staff, roster.card(command), service)
    return service.streams.append(loaded, events, cause)


def register_patient(command: RegisterPatient, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(patient.KIND, cause, command.patient)
    texts = Texts(cause)
    desk = patient.Desk(
        site=service.streams.peek(site.KIND, cause.tenant, command.site).state,
        therapist=service.streams.peek(staff.KIND, cause.tenant, command.therapist or "").state,
        today=service.clock().date(),
        rules=rules(),
    )
    events = patient.register(command, desk, texts.keep)
    card, words = patient.card(command), patient.findable(command.name)
    service.vault.seal(cause.tenant, command.patient, command.patient, card, words)
    texts.seal(service.vault, command.patient)
    return service.streams.append(loaded, events, cause, key=command.patient)


def erase_patient(command: ErasePatient, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.peek(patient.KIND, cause.tenant, command.patient)
    if loaded.state.erased:
        service.vault.erase(cause.tenant, command.patient)
        return loaded.commits[-1]
    events = patient.erase(loaded.state, command)
    # Once before, so that nobody is told of an erasure that was not; once after, for what a
    # command sealed that did not see the event yet.
    service.vault.erase(cause.tenant, command.patient)
    commit = service.streams.append(loaded, events, cause)
    service.vault.erase(cause.tenant, command.patient)
    return commit


def publish_exercise(command: PublishExercise, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(exercise.KIND, cause, command.exercise)
    return service.streams.append(loaded, exercise.publish(command, rules()), cause)


def prescribe_program(command: PrescribeProgram, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(program.KIND, cause, command.program)
    texts = Texts(cause)
    asked = (found.exercise for found in command.exercises)
    desk = _desk(command.patient, asked, service, cause)
    events = program.prescribe(command, desk, texts.keep)
    texts.seal(service.vault, command.patient)
    commit = service.streams.append(loaded, events, cause, key=command.patient)
    _forget(command.patient, service, cause)
    return commit


def revise_program(command: ReviseProgram, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(program.KIND, cause, command.program)
    _check_version(loaded, command.version)
    owner = loaded.state.prescribed.patient if loaded.state.prescribed else ""
    texts = Texts(cause, _known(loaded.state, service, cause))
    asked = (found.exercise for found in command.exercises)
    desk = _desk(owner, asked, service, cause)
    events = program.revise(loaded.state, command, desk, texts.keep)
    texts.seal(service.vault, owner)
    commit = service.streams.append(loaded, events, cause)
    _forget(owner, service, cause)
    return commit


def end_program(command: EndProgram, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(program.KIND, cause, command.program)
    _check_version(loaded, command.version)
    return service.streams.append(loaded, program.end(loaded.state, command, rules()), cause)


HANDLERS: Mapping[type, Handler] = {
    RegisterPractice: register_practice,
    RegisterSite: register_site,
    RegisterStaff: register_staff,
    RegisterPatient: register_patient,
    ErasePatient: erase_patient,
    PublishExercise: publish_exercise,
    PrescribeProgram: prescribe_program,
    ReviseProgram: revise_program,
    EndProgram: end_program,
}


def _check_version(loaded: Loaded[program.Program], version: int) -> None:
    if loaded.version and version != loaded.version:
        raise Stale(
            "Somebody changed this program since you read it. Read it again, then decide.",
            faults=[Fault("/If-Match", f'The program is at "{loaded.version}" now.')],
        )


def _desk(owner: str, asked: Iterable[str], service: Service, cause: Cause) -> program.Desk:
    """Return what a decision on a program needs, folded from the streams themselves."""
    found = service.streams.peek(patient.KIND, cause.tenant, owner).state
    library = {
        identity
        for identity in set(asked)
        if service.streams.peek(exercise.KIND, cause.tenant, identity).state.published
    }
    return program.Desk(found, library, _today(found, service), rules())


def _today(found: Patient, service: Service) -> date:
    """Return the date where the patient lives."""
    zone = ZoneInfo(found.registered.zone) if found.registered else UTC
    return service.clock().astimezone(zone).date()


def _known(state: program.Program, service: Service, cause: Cause) -> dict[str, str]:
    """Return the words that the latest revision refers to, with their ids."""
    if not state.revisions:
        return {}
    latest = state.revisions[-1]
    ids = [found.instructions for found in latest.exercises if found.instructions]
    opened = service.vault.open(cause.tenant, [latest.phase.name, *ids])
    return {words: identity for identity, words in opened.items()}


def _forget(owner: str, service: Service, cause: Cause) -> None:
    """Destroy what was sealed for a patient who was erased while this command ran."""
    if service.streams.peek(patient.KIND, cause.tenant, owner).state.erased:
        service.vault.erase(cause.tenant, owner)
