"""What staff look through: lists of patients, programs, exercises, regions, sites and staff.

Names and words stay in the vault: a list holds their ids, and whoever draws it opens them. A
patient's document is written by the patient's own events and by those of the patient's programs,
in any order.
"""

from collections.abc import Callable, Iterable
from typing import Any

from prescription.events import (
    ExerciseDeclined,
    ExerciseOffered,
    ExerciseRestored,
    ExerciseRetired,
    ExerciseShared,
)
from prescription.exercise import CHANGES
from prescription.policies import go_on, hand_over, stock
from prescription.search import tokens, words
from prescription.task.projections import INDEXES as TASK
from prescription.task.projections import TASKS
from shared import schedule
from shared.envelope import Envelope
from shared.mongo import Document
from shared.privacy import PRIVACY
from shared.tenancy import qualify
from shared.views import Projection, Reference, Views

# Milliseconds since 1970 of a moment far ahead: what is newer has a smaller difference to it.
FAR = 10**14
LIBRARY = ("exercise", "name", "plain_name", "kind", "steps", "stop_if", "source")


def newest_first(event: Envelope) -> str:
    """Return what orders a list so that what was recorded last comes first."""
    return f"{FAR - int(event.recorded.timestamp() * 1000):015d}.{event.identity}"


def by_name(event: Envelope) -> str:
    """Return what orders a list by name."""
    return f"{event.data['name'].casefold()}|{event.identity}"


def on_region(event: Envelope, views: Views) -> None:
    views.put("regions", _document(event, ("region", "name")) | {"order": by_name(event)})


def on_site_registered(event: Envelope, views: Views) -> None:
    names = ("site", "name", "zone", "language")
    own = {"region": event.data.get("region"), "rota": False, "order": by_name(event)}
    views.put("sites", _document(event, names) | own)


def on_site_changed(event: Envelope, views: Views) -> None:
    names = ("name", "zone", "language", "region")
    changed = _fields(event, names) | {"order": by_name(event)}
    views.put("sites", _own("sites", event, views) | changed)


def on_rota_set(event: Envelope, views: Views) -> None:
    views.put("sites", _own("sites", event, views) | {"rota": True})


def on_staff_registered(event: Envelope, views: Views) -> None:
    names = ("staff", "role", "sites")
    own = {"left": None, "order": newest_first(event)}
    views.put("staff", _document(event, names) | own)


def on_staff_changed(event: Envelope, views: Views) -> None:
    views.put("staff", _own("staff", event, views) | _fields(event, ("role", "sites")))


def on_staff_left(event: Envelope, views: Views) -> None:
    views.put("staff", _own("staff", event, views) | {"left": event.data["date"]})
    hand_over(event, views)


def on_staff_returned(event: Envelope, views: Views) -> None:
    changed = _fields(event, ("role", "sites")) | {"left": None}
    views.put("staff", _own("staff", event, views) | changed)


def on_import_started(event: Envelope, views: Views) -> None:
    own = {"through": 0, "refused": 0, "order": newest_first(event)}
    views.put("imports", _document(event, ("intake", "kind", "rows")) | own)
    go_on(event, views)


def on_import_advanced(event: Envelope, views: Views) -> None:
    known = _own("imports", event, views)
    refused = known["refused"] + event.data["refused"]
    views.put("imports", known | {"through": event.data["through"], "refused": refused})
    go_on(event, views)


def on_practice_registered(event: Envelope, views: Views) -> None:
    views.put("practices", _stocked(event, views))
    stock(event, views)


def on_library_stocked(event: Envelope, views: Views) -> None:
    views.put("practices", _stocked(event, views) | _fields(event, ("edition",)))
    stock(event, views)


def on_exercise_published(event: Envelope, views: Views) -> None:
    own = {name: event.data.get(name) for name in ("site", "word")}
    own |= {"version": 1, "retired": False, "offered": False, "words": words(event.data)}
    _put_exercise(_document(event, LIBRARY) | own | {"order": by_name(event)}, views)


def on_exercise_revised(event: Envelope, views: Views) -> None:
    changed = _fields(event, (*LIBRARY, "version"))
    changed |= {"order": by_name(event), "words": words(event.data)}
    _put_exercise(_own("exercises", event, views) | changed, views)


def _on_exercise(kind: type) -> Callable[[Envelope, Views], None]:
    """Return what follows an event that changes of an exercise what `exercise.CHANGES` says."""

    def change(event: Envelope, views: Views) -> None:
        _put_exercise(_own("exercises", event, views) | CHANGES[kind], views)

    return change


def on_patient_registered(event: Envelope, views: Views) -> None:
    names = ("patient", "site", "zone", "language", "therapist")
    registered = {"registered": event.recorded.isoformat(), "order": newest_first(event)}
    views.put("patients", _patient(event, views) | _document(event, names) | registered)


def on_patient_updated(event: Envelope, views: Views) -> None:
    names = ("site", "zone", "language")
    views.put("patients", _patient(event, views) | _fields(event, names))


def on_patient_assigned(event: Envelope, views: Views) -> None:
    views.put("patients", _patient(event, views) | _fields(event, ("therapist",)))


def on_patient_erased(event: Envelope, views: Views) -> None:
    views.put("patients", _patient(event, views) | {"erased": True})


def on_program_prescribed(event: Envelope, views: Views) -> None:
    names = ("program", "patient", "site", "title", "start", "end", "revision", "effective")
    own = {"phase": event.data["phase"]["number"], "ended": None, "order": newest_first(event)}
    own["pauses"] = []
    _put_program(event, views, _document(event, names) | own)


def on_program_revised(event: Envelope, views: Views) -> None:
    names = ("end", "revision", "effective")
    own = {"phase": event.data["phase"]["number"]}
    _put_program(event, views, _own("programs", event, views) | _fields(event, names) | own)


def on_program_paused(event: Envelope, views: Views) -> None:
    program = dict(_own("programs", event, views))
    schedule.paused(program, event.data["date"])
    _put_program(event, views, program)


def on_program_resumed(event: Envelope, views: Views) -> None:
    program = dict(_own("programs", event, views))
    schedule.resumed(program, event.data["date"])
    _put_program(event, views, program)


def on_program_ended(event: Envelope, views: Views) -> None:
    ended = {"ended": event.data["date"]}
    _put_program(event, views, _own("programs", event, views) | ended)


def on_erasure_completed(event: Envelope, views: Views) -> None:
    identity = qualify(event.tenant, event.data["patient"])
    stub: Document = {"_id": identity, "tenant": event.tenant, "completed": {}}
    found = views.get("erasures", identity) or stub
    told = {"at": event.recorded.isoformat(), "destroyed": event.data["destroyed"]}
    found["completed"][event.source.removeprefix("/")] = told
    views.put("erasures", found)


def _put_exercise(exercise: Document, views: Views) -> None:
    """Put the exercise, with what it is found by."""
    found = tokens(exercise["words"], retired=exercise["retired"])
    views.put("exercises", exercise | {"tokens": found})


def _stocked(event: Envelope, views: Views) -> Document:
    """Return what is known of a practice's library, whichever of its events comes first."""
    identity = qualify(event.tenant, event.tenant)
    stub = {"_id": identity, "tenant": event.tenant, "edition": ""}
    return views.get("practices", identity) or stub


def _put_program(event: Envelope, views: Views, program: Document) -> None:
    """Put the program, and show it with its patient where it is the patient's latest."""
    views.put("programs", program)
    patient = _patient(event, views)
    latest = patient["latest"]
    if latest is None or _place(program) >= _place(latest):
        names = ("program", "title", "start", "end", "ended", "phase", "pauses")
        views.put("patients", patient | {"latest": {name: program[name] for name in names}})


def _place(program: Document) -> tuple[str, str]:
    """Return what tells which of two programs is the later, whatever the order of events."""
    return program["start"], program["program"]


def _document(event: Envelope, names: Iterable[str]) -> Document:
    identity = qualify(event.tenant, event.identity)
    return {"_id": identity, "tenant": event.tenant} | _fields(event, names)


def _fields(event: Envelope, names: Iterable[str]) -> dict[str, Any]:
    return {name: event.data[name] for name in names}


def _patient(event: Envelope, views: Views) -> Document:
    """Return the patient's document, or one that waits for the registration."""
    identity = qualify(event.tenant, event.data["patient"])
    stub = {"_id": identity, "tenant": event.tenant, "erased": False, "latest": None}
    return views.get("patients", identity) or stub


def _own(collection: str, event: Envelope, views: Views) -> Document:
    """Return the document that the stream's first event has made."""
    found = views.get(collection, qualify(event.tenant, event.identity))
    if found is None:
        raise KeyError(event.subject)
    return found


def _documents(event: Envelope) -> list[Reference]:
    """Name what the handlers of an event will read."""
    if "patient" not in event.data:
        collection = READS.get(event.type.split(".", 2)[2])
        return [(collection, qualify(event.tenant, event.identity))] if collection else []
    found = [("patients", qualify(event.tenant, event.data["patient"]))]
    if "program" in event.data:
        found.append(("programs", qualify(event.tenant, event.identity)))
    return found


# Each of them forgets a patient, and tells when it has.
SERVICES = ("prescription", "adherence", "notifications", "reporting")
READS = {
    "practice.registered.v1": "practices",
    "library.stocked.v1": "practices",
    "exercise.revised.v1": "exercises",
    "exercise.retired.v1": "exercises",
    "exercise.restored.v1": "exercises",
    "exercise.offered.v1": "exercises",
    "exercise.shared.v1": "exercises",
    "exercise.declined.v1": "exercises",
    "site.changed.v1": "sites",
    "rota.set.v1": "sites",
    "staff.changed.v1": "staff",
    "staff.left.v1": "staff",
    "staff.returned.v1": "staff",
    "import.advanced.v1": "imports",
}
LISTS = Projection(
    name="lists",
    version=4,
    services=("prescription",),
    documents=_documents,
    handlers={
        "hep.prescription.region.registered.v1": on_region,
        "hep.prescription.region.renamed.v1": on_region,
        "hep.prescription.site.registered.v1": on_site_registered,
        "hep.prescription.site.changed.v1": on_site_changed,
        "hep.prescription.rota.set.v1": on_rota_set,
        "hep.prescription.staff.registered.v1": on_staff_registered,
        "hep.prescription.staff.changed.v1": on_staff_changed,
        "hep.prescription.staff.left.v1": on_staff_left,
        "hep.prescription.staff.returned.v1": on_staff_returned,
        "hep.prescription.practice.registered.v1": on_practice_registered,
        "hep.prescription.library.stocked.v1": on_library_stocked,
        "hep.prescription.exercise.published.v1": on_exercise_published,
        "hep.prescription.exercise.revised.v1": on_exercise_revised,
        "hep.prescription.exercise.retired.v1": _on_exercise(ExerciseRetired),
        "hep.prescription.exercise.restored.v1": _on_exercise(ExerciseRestored),
        "hep.prescription.exercise.offered.v1": _on_exercise(ExerciseOffered),
        "hep.prescription.exercise.shared.v1": _on_exercise(ExerciseShared),
        "hep.prescription.exercise.declined.v1": _on_exercise(ExerciseDeclined),
        "hep.prescription.patient.registered.v1": on_patient_registered,
        "hep.prescription.patient.updated.v1": on_patient_updated,
        "hep.prescription.patient.assigned.v1": on_patient_assigned,
        "hep.prescription.patient.erased.v1": on_patient_erased,
        "hep.prescription.program.prescribed.v1": on_program_prescribed,
        "hep.prescription.program.revised.v1": on_program_revised,
        "hep.prescription.program.paused.v1": on_program_paused,
        "hep.prescription.program.resumed.v1": on_program_resumed,
        "hep.prescription.program.ended.v1": on_program_ended,
        "hep.prescription.import.started.v1": on_import_started,
        "hep.prescription.import.advanced.v1": on_import_advanced,
    },
)
ERASURES = Projection(
    name="erasures",
    version=1,
    services=SERVICES,
    documents=lambda event: [("erasures", qualify(event.tenant, event.identity))],
    handlers={
        f"hep.{name}.patient.erasure_completed.v1": on_erasure_completed for name in SERVICES
    },
)
PROJECTIONS = [LISTS, TASKS, PRIVACY, ERASURES]
INDEXES = (
    (LISTS, "patients", ("erased", "order")),
    (LISTS, "patients", ("erased", "therapist", "order")),
    (LISTS, "programs", ("patient", "order")),
    (LISTS, "exercises", ("tokens", "order")),
    (LISTS, "regions", ("order",)),
    (LISTS, "imports", ("order",)),
    (LISTS, "sites", ("order",)),
    (LISTS, "staff", ("order",)),
    *TASK,
)
