"""What this service knows of patients and programs, and the messages it has for them.

One consumer of three topics. Documents: `people` (zone, language, programs), `programs` (as
`shared.schedule` reads them, and where their chains of reminders ended), `months` (of which dates
of a program anything was told), `sites`, and `messages`, the inbox.
"""

from collections.abc import Callable, Mapping

from notifications import policies
from shared import schedule
from shared.envelope import Envelope
from shared.mongo import Document
from shared.privacy import PRIVACY
from shared.tenancy import qualify
from shared.views import Projection, Reference, Views

LAST_MILLISECOND = 9_999_999_999_999


def month_id(program: str, day: str) -> str:
    """Return the id, within its tenant, of the document of a program's month."""
    return f"{program}.{day[:7]}"


def on_site_registered(event: Envelope, views: Views) -> None:
    identity = qualify(event.tenant, event.data["site"])
    views.put("sites", {"_id": identity, "tenant": event.tenant, "name": event.data["name"]})


def on_patient_registered(event: Envelope, views: Views) -> None:
    person = _person(event, views)
    person.update({name: event.data[name] for name in ("zone", "language", "site")})
    views.put("people", person)
    policies.begin(event, views, person)


def on_patient_updated(event: Envelope, views: Views) -> None:
    person = _person(event, views)
    # Chains begin in the first zone, whichever of program and move comes here first.
    changed = {name: event.data[name] for name in ("language", "site")}
    person.update(changed | {"moved": event.data["zone"]})
    views.put("people", person)


def on_patient_erased(event: Envelope, views: Views) -> None:
    person = _person(event, views)
    person["erased"] = True
    views.put("people", person)


def on_program_prescribed(event: Envelope, views: Views) -> None:
    person = _person(event, views)
    person["programs"][event.data["program"]] = event.data["start"]
    views.put("people", person)
    program = _program(event, views)
    program.update({name: event.data[name] for name in ("start", "end")})
    _revise(event, views, program)
    policies.begin(event, views, person)


def on_program_revised(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    program["end"] = event.data["end"]
    _revise(event, views, program)


def on_program_paused(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    schedule.paused(program, event.data["date"])
    views.put("programs", program)


def on_program_resumed(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    schedule.resumed(program, event.data["date"])
    views.put("programs", program)


def on_program_ended(event: Envelope, views: Views) -> None:
    program = _program(event, views)
    program["ended"] = event.data["date"]
    views.put("programs", program)


def on_session(event: Envelope, views: Views) -> None:
    day = event.data["local_date"]
    identity = qualify(event.tenant, month_id(event.data["program"], day))
    month = views.get("months", identity) or {"_id": identity, "tenant": event.tenant, "days": {}}
    month["days"][day] = any(entry["done"] for entry in event.data["entries"])
    views.put("months", month)


def on_milestone_reached(event: Envelope, views: Views) -> None:
    message = _message(event, views, policies.celebration_id(event), "celebration")
    if not message["milestones"]:
        policies.celebrate(event, views)
    message["milestones"].append({"kind": event.data["milestone"], "count": event.data["count"]})
    _write(event, views, message)


def on_invitation_issued(event: Envelope, views: Views) -> None:
    """Have a link sent; a code on paper is given by hand."""
    if event.data["way"] != "link":
        return
    message = _message(event, views, policies.invitation_id(event), "invitation")
    message["invitation"] = event.data["invitation"]
    message["expires"] = event.data["expires"]
    _write(event, views, message)
    policies.send_invitation(event, views)


def on_reminder_decided(event: Envelope, views: Views) -> None:
    if event.data["open"]:
        _write(event, views, _message(event, views, policies.reminder_id(event), "reminder"))
        policies.send_reminder(event, views)
    if event.data["next_date"]:
        policies.go_on(event, views)
        return
    program = _program(event, views)
    names = ("local_date", "revision", "zone")
    program["ends"].append({name: event.data[name] for name in names})
    views.put("programs", program)
    policies.take_up(event, views, program)


def on_message_sent(event: Envelope, views: Views) -> None:
    message = _outcome(event, views, "sent")
    message["sent_at"] = event.time
    views.put("messages", message)


def on_message_expired(event: Envelope, views: Views) -> None:
    views.put("messages", _outcome(event, views, "expired"))


def on_message_failed(event: Envelope, views: Views) -> None:
    views.put("messages", _outcome(event, views, "failed"))


def _revise(event: Envelope, views: Views, program: Document) -> None:
    names = ("revision", "effective", "phase", "exercises", "end")
    program["revisions"].append({name: event.data[name] for name in names})
    views.put("programs", program)
    policies.take_up(event, views, program)


def _write(event: Envelope, views: Views, message: Document) -> None:
    """Show a message from now on; one whose cause is from before this service acts stays unsent."""
    milliseconds = LAST_MILLISECOND - int(event.recorded.timestamp() * 1000)
    message["written"] = event.recorded
    # Pages of documents go upwards: this puts the newest first.
    message["order"] = f"{milliseconds:013d}.{message['message']}"
    if message["state"] is None:
        acts = event.recorded >= views.since
        message["state"], message["reason"] = ("planned", None) if acts else ("expired", "earlier")
    views.put("messages", message)


def _outcome(event: Envelope, views: Views, state: str) -> Document:
    message = _message(event, views, event.data["message"], event.data["kind"])
    message["state"] = state
    message["channel"] = event.data["channel"]
    message["reason"] = event.data.get("reason")
    return message


def _message(event: Envelope, views: Views, identity: str, kind: str) -> Document:
    """Return a message; one whose outcome comes before its cause is not shown until both are."""
    data = {"program": None, "local_date": event.recorded.date().isoformat(), **event.data}
    message = views.get("messages", qualify(event.tenant, identity)) or {
        "_id": qualify(event.tenant, identity),
        "tenant": event.tenant,
        "message": identity,
        "patient": data["patient"],
        "program": data["program"],
        "kind": kind,
        "local_date": data["local_date"],
        "milestones": [],
        "written": None,
        "order": "",
        "state": None,
        "channel": None,
        "reason": None,
        "sent_at": None,
        "invitation": None,
        "expires": None,
    }
    message["local_date"] = max(message["local_date"], data["local_date"])
    return message


def _person(event: Envelope, views: Views) -> Document:
    identity = qualify(event.tenant, event.data["patient"])
    return views.get("people", identity) or {
        "_id": identity,
        "tenant": event.tenant,
        "patient": event.data["patient"],
        "zone": None,
        "language": None,
        "site": None,
        "erased": False,
        "programs": {},
    }


def _program(event: Envelope, views: Views) -> Document:
    identity = qualify(event.tenant, event.data["program"])
    return views.get("programs", identity) or {
        "_id": identity,
        "tenant": event.tenant,
        "program": event.data["program"],
        "patient": event.data["patient"],
        "start": None,
        "end": None,
        "ended": None,
        "revisions": [],
        "ends": [],
    }


def _documents(event: Envelope) -> list[Reference]:
    """Name what the handlers of an event will read, by the noun of its type."""
    noun = event.type.split(".")[2]
    return [(name, qualify(event.tenant, identity)) for name, identity in READS[noun](event)]


READS: Mapping[str, Callable[[Envelope], list[Reference]]] = {
    "site": lambda _: [],
    "patient": lambda event: [("people", event.data["patient"])],
    "program": lambda event: [
        ("people", event.data["patient"]),
        ("programs", event.data["program"]),
    ],
    "session": lambda event: [
        ("months", month_id(event.data["program"], event.data["local_date"]))
    ],
    "milestone": lambda event: [("messages", policies.celebration_id(event))],
    "invitation": lambda event: [("messages", policies.invitation_id(event))],
    "reminder": lambda event: [
        ("programs", event.data["program"]),
        ("messages", policies.reminder_id(event)),
    ],
    "message": lambda event: [("messages", event.data["message"])],
}
MESSAGES = Projection(
    name="messages",
    version=1,
    services=("prescription", "adherence", "notifications"),
    documents=_documents,
    handlers={
        "hep.prescription.site.registered.v1": on_site_registered,
        "hep.prescription.site.changed.v1": on_site_registered,
        "hep.prescription.patient.registered.v1": on_patient_registered,
        "hep.prescription.patient.updated.v1": on_patient_updated,
        "hep.prescription.patient.erased.v1": on_patient_erased,
        "hep.prescription.program.prescribed.v1": on_program_prescribed,
        "hep.prescription.program.revised.v1": on_program_revised,
        "hep.prescription.program.paused.v1": on_program_paused,
        "hep.prescription.program.resumed.v1": on_program_resumed,
        "hep.prescription.program.ended.v1": on_program_ended,
        "hep.adherence.session.logged.v1": on_session,
        "hep.adherence.session.amended.v1": on_session,
        "hep.adherence.milestone.reached.v1": on_milestone_reached,
        "hep.adherence.invitation.issued.v1": on_invitation_issued,
        "hep.notifications.reminder.decided.v1": on_reminder_decided,
        "hep.notifications.message.sent.v1": on_message_sent,
        "hep.notifications.message.expired.v1": on_message_expired,
        "hep.notifications.message.failed.v1": on_message_failed,
    },
)
PROJECTIONS = [MESSAGES, PRIVACY]
INDEXES = ((MESSAGES, "messages", ("patient", "order")),)
