"""What becomes of each row of an import: taken, changed, unchanged or refused, and why.

A row's commands have ids of their own that follow from the import and the line, so that rows that
are looked at again, because a process ended, give the same. Who a row is about is found by the
record number under which the other system knows somebody, or by a staff member's address.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from marshmallow import ValidationError

from prescription import employment, intake, patient, roster, schemas, staff
from prescription.commands import (
    AdvanceImport,
    AssignPatient,
    ChangeStaff,
    Record,
    RegisterPatient,
    RegisterStaff,
    UpdatePatient,
)
from prescription.events import ImportStarted, Note
from prescription.fault import Worded
from prescription.handlers import assign_patient, register_patient, update_patient
from prescription.projections import LISTS
from shared import commands
from shared.audit import LET_THROUGH, Entry
from shared.errors import Fault, Invalid, NotFound, Refusal, flatten
from shared.service import Service
from shared.store import Commit
from shared.stream import Cause
from shared.tenancy import LIMIT

YEAR = re.compile(r"\d{4}")
TAKEN, CHANGED, UNCHANGED, REFUSED = intake.OUTCOMES
TWIN = "Somebody of this name and year of birth is here already: look whether it is the same."
OTHER_YEAR = "The year of birth is another than the one that is known here."
ERASED = "This person was erased here and is not taken again."
FUTURE = "This date is in the future."
NO_DATE = "Give a date as 1950-03-31, or a year."
NO_SITE = "The practice has no site of this name."
NO_THERAPIST = "Nobody with this address treats here."


@dataclass(frozen=True, slots=True)
class Table:
    """What rows are looked at with.

    Attributes:
        started: the import.
        service: whose.
        cause: of the import.
        sites: those that the importer reaches, by id and by name.
        touched: patients whose records were looked at.
    """

    started: ImportStarted
    service: Service
    cause: Cause
    sites: Mapping[str, Mapping[str, Any]]
    touched: list[str] = field(default_factory=list)

    def caused(self, line: int, what: str) -> Cause:
        """Return the cause of a row's command."""
        command = commands.identify(self.started.intake, str(line), what)
        return replace(self.cause, command=command, fingerprint="")


class RowRefused(Invalid):
    """A row cannot be taken."""

    slug = "row-refused"
    title = "This row cannot be taken"


def advance(intake_id: str, first: int, service: Service, cause: Cause) -> Commit:
    """Look at the rows from one on; after the last, destroy what was sealed."""
    loaded = service.streams.load(intake.KIND, cause, intake_id)
    started = loaded.state.started
    if started is None or loaded.state.through != first:
        raise NotFound("These rows were looked at already.")
    identity = intake.piece(intake_id, first)
    rows = service.vault.open(cause.tenant, [identity]).get(identity, [])
    # What the rows do is the importer's doing, whoever looks at them.
    importer = replace(cause, actor=loaded.commits[0].actor)
    table = Table(started, service, importer, _sites(started, service, cause.tenant))
    told = [look(row, table) for row in rows]
    outcomes, notes = tuple(word for word, _ in told), [note for _, one in told for note in one]
    _note(table)
    command = AdvanceImport(intake_id, first, outcomes, tuple(notes))
    commit = service.streams.append(loaded, intake.advance(command, started.rows), cause)
    if first + len(rows) >= started.rows:
        service.vault.erase(cause.tenant, intake_id)
    return commit


def _note(table: Table) -> None:
    """Write down whose records the importer has looked at, before that is told to anybody."""
    if table.touched:
        entry = Entry(
            tenant=table.cause.tenant,
            actor=table.cause.actor,
            roles=(),
            action="import.start",
            patients=tuple(table.touched),
            outcome=LET_THROUGH,
            method="POST",
            route="/prescription/v1/imports",
            traceparent=table.cause.traceparent,
        )
        table.service.journal.write(entry)


def _sites(started: ImportStarted, service: Service, tenant: str) -> dict[str, Mapping[str, Any]]:
    page = service.documents(LISTS, "sites").page(tenant, {}, order="order", limit=LIMIT)
    reached = [one for one in page if started.sites is None or one["site"] in started.sites]
    by_name = {one["name"].casefold(): one for one in reached}
    return by_name | {one["site"]: one for one in reached}


def look(row: Mapping[str, Any], table: Table) -> tuple[str, list[Note]]:
    """Take one row; return what became of it, and what is to be said about it."""
    line = row["line"]
    if row["faults"]:
        return REFUSED, [
            Note(line, where, sentence, tuple((name, value) for name, value in told), refused=True)
            for where, sentence, told in row["faults"]
        ]
    take = _patient if table.started.kind == "patients" else _member
    warnings = [
        Note(line, where, sentence, (), refused=False) for where, sentence in row["warnings"]
    ]
    try:
        outcome, more = take(line, row["values"], table)
    except ValidationError as wrong:
        return REFUSED, _notes(line, flatten(wrong.messages))
    except Refusal as refusal:
        return REFUSED, _notes(line, refusal.faults or [Fault("/", refusal.title + ".")])
    noted = [Note(line, where, sentence, (), refused=False) for where, sentence in more]
    return outcome, [*warnings, *noted]


def _notes(line: int, faults: Iterable[Fault]) -> list[Note]:
    return [
        Note(
            line,
            one.pointer.strip("/").split("/")[0],
            one.sentence if isinstance(one, Worded) else one.reason,
            tuple((k, str(v)) for k, v in one.values.items()) if isinstance(one, Worded) else (),
            refused=True,
        )
        for one in faults
    ]


def _patient(
    line: int, values: Mapping[str, str], table: Table
) -> tuple[str, Sequence[tuple[str, str]]]:
    service, tenant = table.service, table.cause.tenant
    body = _body(values, table)
    record = Record(table.started.source, body.pop("number"))
    identity, known = _known(record, tenant, service)
    loaded = service.streams.peek(patient.KIND, tenant, identity)
    table.touched.append(identity)
    if loaded.state.erased:
        raise _refusal("number", ERASED)
    cause = table.caused(line, "register")
    registered = loaded.state.registered
    if registered is None or service.streams.accepted(loaded, cause):
        twins = service.vault.find(tenant, [patient.twin(body["name"], body["birth_year"])])
        command = RegisterPatient(
            patient=identity, subject=None, precautions=None, record=record, **body
        )
        commands.run(lambda: register_patient(command, service, cause), cause)
        return TAKEN, [("name", TWIN)] if set(twins) - {identity} else []
    told = [("birth", OTHER_YEAR)] if body["birth_year"] != registered.birth_year else []
    changed = [
        _update(line, identity, known, values, body, table),
        _assign(line, identity, body, table),
    ]
    return (CHANGED if any(changed) else UNCHANGED), told


def _update(
    line: int,
    identity: str,
    known: Mapping[str, Any],
    values: Mapping[str, str],
    body: Mapping[str, Any],
    table: Table,
) -> bool:
    """Update a patient where the row says anything else than is known; tell whether it did."""
    service, cause = table.service, table.caused(line, "update")
    loaded = service.streams.peek(patient.KIND, cause.tenant, identity)
    registered = loaded.state.registered
    again = service.streams.accepted(loaded, cause) is not None
    if registered is None:
        return False
    said: dict[str, Any] = {
        "zone": registered.zone,
        "language": registered.language,
        "phone": known.get("phone"),
    }
    said |= {name: body[name] for name in said if values.get(name)}
    said |= {name: body[name] for name in ("name", "email", "site")}
    now = {**{name: known.get(name) for name in ("name", "email", "phone")}}
    now |= {name: getattr(registered, name) for name in ("zone", "language", "site")}
    if said == now and not again:
        return False
    command = UpdatePatient(patient=identity, version=loaded.version, **said)
    commands.run(lambda: update_patient(command, service, cause), cause)
    return True


def _assign(line: int, identity: str, body: Mapping[str, Any], table: Table) -> bool:
    """Give a patient to the row's therapist, if it names one; tell whether that is a change."""
    service, cause = table.service, table.caused(line, "assign")
    loaded = service.streams.peek(patient.KIND, cause.tenant, identity)
    again = service.streams.accepted(loaded, cause) is not None
    registered = loaded.state.registered
    if again or registered is None or body["therapist"] in (None, registered.therapist):
        return again
    command = AssignPatient(identity, loaded.version, body["therapist"])
    commands.run(lambda: assign_patient(command, service, cause), cause)
    return True


def _body(values: Mapping[str, str], table: Table) -> dict[str, Any]:
    """Return a row as a registration holds it.

    Raises:
        RowRefused: a cell cannot be.
        ValidationError: the same.
    """
    if not values.get("number"):
        raise _refusal("number", "Fill this in.")
    site = table.sites.get(values.get("site", "")) or table.sites.get(
        values.get("site", "").casefold()
    )
    if site is None:
        raise _refusal("site", NO_SITE)
    body = {
        **{name: values[name] for name in ("name", "email", "phone") if values.get(name)},
        "birth_year": _year(values.get("birth", ""), table.service.clock().date()),
        "site": site["site"],
        "zone": values.get("zone") or site["zone"],
        "language": values.get("language") or site["language"],
        "therapist": _therapist(values.get("therapist", ""), table),
    }
    loaded: dict[str, Any] = schemas.PatientRequest().load(body)
    kept = {name: loaded[name] for name in (*body, "phone")}
    return kept | {"number": values["number"]}


def _year(text: str, today: date) -> int:
    if YEAR.fullmatch(text):
        return int(text)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise _refusal("birth", NO_DATE if text else "Fill this in.") from None
    if found > today:
        raise _refusal("birth", FUTURE)
    return found.year


def _therapist(text: str, table: Table) -> str | None:
    if not text:
        return None
    found = [text, *roster.with_email(text, table.cause.tenant, table.service)]
    for identity in found:
        member = table.service.streams.peek(staff.KIND, table.cause.tenant, identity).state
        if member.treats:
            return str(identity)
    raise _refusal("therapist", NO_THERAPIST)


def _known(record: Record, tenant: str, service: Service) -> tuple[str, dict[str, Any]]:
    """Return the id of whom a record is about, and the card, if there is one.

    The id follows from the record and a secret: whoever sees ids cannot try out numbers.
    """
    found = service.vault.open(tenant, service.vault.find(tenant, [patient.of_record(record)]))
    for identity, card in found.items():
        if card.get("record") == {"source": record.source, "number": record.number}:
            return identity, card
    secret = service.vault.secret(f"record|{tenant}")
    text = f"{record.source}\x1f{record.number}".encode()
    return hmac.new(secret, text, hashlib.sha256).hexdigest()[:32], {}


def _member(
    line: int, values: Mapping[str, str], table: Table
) -> tuple[str, Sequence[tuple[str, str]]]:
    service, tenant = table.service, table.cause.tenant
    names = [one.strip() for one in values.get("sites", "").split("|") if one.strip()]
    sites = [table.sites.get(one) or table.sites.get(one.casefold()) for one in names]
    if None in sites:
        raise _refusal("sites", NO_SITE)
    asked: dict[str, Any] = {
        name: values[name] for name in ("name", "email", "role") if values.get(name)
    }
    asked["role"] = asked.get("role", "").casefold()
    asked |= {"sites": [one["site"] for one in sites if one]}
    body = schemas.StaffChange().load(asked)
    found = roster.with_email(body["email"], tenant, service)
    if len(found) > 1:
        raise _refusal("email", "Several people have this address: change them by hand.")
    cause = table.caused(line, "register")
    if not found:
        identity = commands.identify(tenant, "staff", cause.command)
        fresh = RegisterStaff(staff=identity, subject=None, **body)
        commands.run(lambda: employment.register_staff(fresh, service, cause), cause)
        return TAKEN, []
    ((identity, card),) = found.items()
    loaded = service.streams.peek(staff.KIND, tenant, identity)
    if service.streams.accepted(loaded, cause):
        return TAKEN, []
    now = (card.get("name"), card.get("email"), loaded.state.role, loaded.state.sites)
    change = table.caused(line, "change")
    again = service.streams.accepted(loaded, change) is not None
    if not again and now == (body["name"], body["email"], body["role"], body["sites"]):
        return UNCHANGED, []
    command = ChangeStaff(staff=identity, version=loaded.version, **body)
    commands.run(lambda: employment.change_staff(command, service, change), change)
    return CHANGED, []


def _refusal(where: str, sentence: str) -> RowRefused:
    return RowRefused("Look at this row.", faults=[Fault(f"/{where}", sentence)])
