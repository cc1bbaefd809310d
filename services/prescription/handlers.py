"""One function a command: load, decide, append. Words are sealed in between."""

from collections.abc import Mapping
from typing import Any

from prescription import (
    bedside,
    employment,
    erasure,
    hold,
    intake,
    patient,
    practice,
    program,
    region,
    rota,
    shelving,
    site,
    staff,
)
from prescription.care import handlers as care
from prescription.commands import (
    AssignPatient,
    ChangePractice,
    ChangeSite,
    ChangeStaff,
    EndProgram,
    ErasePatient,
    LeaveStaff,
    PlaceHold,
    PrescribeProgram,
    RegisterPatient,
    RegisterPractice,
    RegisterRegion,
    RegisterSite,
    RegisterStaff,
    ReleaseHold,
    RenameRegion,
    ReturnStaff,
    ReviseProgram,
    SetRota,
    StartImport,
    UpdatePatient,
)
from prescription.course.stale import check_seen
from prescription.edition import check_version
from prescription.flags import handlers as flags
from prescription.rules import rules
from prescription.text import Texts
from shared.service import Handler, Service
from shared.store import Commit, Repeated
from shared.stream import Cause, Loaded


def register_practice(command: RegisterPractice, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(practice.KIND, cause, command.practice)
    return service.streams.append(loaded, practice.register(loaded.state, command), cause)


def change_practice(command: ChangePractice, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(practice.KIND, cause, command.practice)
    check_version(loaded, command.version)
    return service.streams.append(loaded, practice.change(command), cause)


def register_region(command: RegisterRegion, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(region.KIND, cause, command.region)
    return service.streams.append(loaded, region.register(command), cause)


def rename_region(command: RenameRegion, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(region.KIND, cause, command.region)
    check_version(loaded, command.version)
    return service.streams.append(loaded, region.rename(command), cause)


def register_site(command: RegisterSite, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(site.KIND, cause, command.site)
    around = service.streams.peek(region.KIND, cause.tenant, command.region or "").state
    return service.streams.append(loaded, site.register(command, around), cause)


def change_site(command: ChangeSite, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(site.KIND, cause, command.site)
    check_version(loaded, command.version)
    around = service.streams.peek(region.KIND, cause.tenant, command.region or "").state
    return service.streams.append(loaded, site.change(command, around), cause)


def set_rota(command: SetRota, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(site.KIND, cause, command.site)
    check_version(loaded, command.version)
    named = {command.fallback, *(shift.staff for shift in command.shifts)}
    members = {one: service.streams.peek(staff.KIND, cause.tenant, one).state for one in named}
    return service.streams.append(loaded, rota.set_rota(command, members), cause)


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
    card = patient.card(command)
    words = patient.words(card, command.birth_year)
    service.vault.seal(cause.tenant, command.patient, command.patient, card, words)
    texts.seal(service.vault, command.patient)
    return service.streams.append(loaded, events, cause, key=command.patient)


def update_patient(command: UpdatePatient, service: Service, cause: Cause) -> Commit:
    tenant, identity = cause.tenant, command.patient
    loaded = service.streams.peek(patient.KIND, tenant, identity)
    commit = service.streams.accepted(loaded, cause)
    if commit is None:
        check_version(loaded, command.version)
        around = service.streams.peek(site.KIND, tenant, command.site).state
        events = patient.update(loaded.state, command, around)
        commit = service.streams.append(loaded, events, cause)
    elif commit != loaded.commits[-1]:
        raise Repeated(commit)
    # After the commit, which can lose to a rival's: a card of a change that was not would stay.
    # A process that ended in between seals when the command is sent again.
    registered, known = loaded.state.registered, service.vault.open(tenant, [identity])
    if registered and identity in known:
        card = patient.changed_card(known[identity], command)
        words = patient.words(card, registered.birth_year)
        service.vault.seal(tenant, identity, identity, card, words)
    bedside.forget(identity, service, cause)
    return commit


def assign_patient(command: AssignPatient, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(patient.KIND, cause, command.patient)
    check_version(loaded, command.version)
    therapist = service.streams.peek(staff.KIND, cause.tenant, command.therapist or "").state
    return _append(loaded, patient.assign(loaded.state, command, therapist), service, cause)


def erase_patient(command: ErasePatient, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.peek(patient.KIND, cause.tenant, command.patient)
    if loaded.state.erased:
        service.vault.erase(cause.tenant, command.patient)
        return loaded.commits[-1]
    events = patient.erase(loaded.state, command)
    placed_by = erasure.decided(loaded, "PatientHeld")[1] if loaded.state.held else ""
    hold.check(loaded.state, bedside.today(loaded.state, service), placed_by)
    # Not before the commit: a hold may come first. Cut off after it, the clock erases.
    commit = service.streams.append(loaded, events, cause)
    service.vault.erase(cause.tenant, command.patient)
    return commit


def place_hold(command: PlaceHold, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(patient.KIND, cause, command.patient)
    texts, today = Texts(cause), bedside.today(loaded.state, service)
    events = hold.place(loaded.state, command, today, rules(), texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


def release_hold(command: ReleaseHold, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(patient.KIND, cause, command.patient)
    events = hold.release(loaded.state, command, bedside.today(loaded.state, service))
    return service.streams.append(loaded, events, cause)


def prescribe_program(command: PrescribeProgram, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(program.KIND, cause, command.program)
    flags.check(command.patient, service, cause)
    texts = Texts(cause)
    named = [one.exercise for one in command.exercises]
    desk = bedside.desk(command.patient, named, {}, service, cause.tenant)
    events = program.prescribe(command, desk, texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


def revise_program(command: ReviseProgram, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(program.KIND, cause, command.program)
    check_seen(loaded, command.version, cause.tenant, service)
    owner = loaded.state.prescribed.patient if loaded.state.prescribed else ""
    texts = Texts(cause, _known(loaded.state, service, cause))
    named = [one.exercise for one in command.exercises]
    desk = bedside.desk(owner, named, loaded.state.kept, service, cause.tenant)
    events = program.revise(loaded.state, command, desk, texts.keep)
    return bedside.append(loaded, events, texts, owner, service, cause)


def end_program(command: EndProgram, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(program.KIND, cause, command.program)
    check_seen(loaded, command.version, cause.tenant, service)
    return service.streams.append(loaded, program.end(loaded.state, command, rules()), cause)


def start_import(command: StartImport, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(intake.KIND, cause, command.intake)
    size = rules().intake["chunk"]
    for first in range(0, len(command.rows), size):
        identity = intake.piece(command.intake, first)
        rows = list(command.rows[first : first + size])
        service.vault.seal(cause.tenant, command.intake, identity, rows)
    return service.streams.append(loaded, intake.start(command), cause)


HANDLERS: Mapping[type, Handler] = {
    StartImport: start_import,
    RegisterPractice: register_practice,
    ChangePractice: change_practice,
    RegisterRegion: register_region,
    RenameRegion: rename_region,
    RegisterSite: register_site,
    ChangeSite: change_site,
    SetRota: set_rota,
    RegisterStaff: employment.register_staff,
    ChangeStaff: employment.change_staff,
    LeaveStaff: employment.leave_staff,
    ReturnStaff: employment.return_staff,
    RegisterPatient: register_patient,
    UpdatePatient: update_patient,
    AssignPatient: assign_patient,
    ErasePatient: erase_patient,
    PlaceHold: place_hold,
    ReleaseHold: release_hold,
    **shelving.HANDLERS,
    **care.HANDLERS,
    **flags.HANDLERS,
    PrescribeProgram: prescribe_program,
    ReviseProgram: revise_program,
    EndProgram: end_program,
}


def _append(loaded: Loaded[Any], events: list[object], service: Service, cause: Cause) -> Commit:
    """Append what was decided; where it was nothing, answer with what is there."""
    return service.streams.append(loaded, events, cause) if events else loaded.commits[-1]


def _known(state: program.Program, service: Service, cause: Cause) -> dict[str, str]:
    """Return the words that the latest revision refers to, with their ids."""
    if not state.revisions:
        return {}
    latest = state.revisions[-1]
    ids = [found.instructions for found in latest.exercises if found.instructions]
    opened = service.vault.open(cause.tenant, [latest.phase.name, *ids])
    return {words: identity for identity, words in opened.items()}
