"""What pages and routes read: one thing from its stream, a list from the projection."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from prescription import intake, patient, practice, program, site, staff, story
from prescription.patient import Patient
from prescription.program import Program
from prescription.projections import LISTS
from prescription.rota import Duty, on_duty
from prescription.site import Site
from shared import schedule
from shared.errors import NotFound
from shared.mongo import Document
from shared.permission import NOBODY_HERE, Asker, Person
from shared.service import Service
from shared.stream import Kind, Loaded, State
from shared.tenancy import LIMIT, qualify

MOST_FOUND = 1000
CARD = ("name", "email", "phone")


def find(kind: Kind[State], identity: str, asker: Asker, service: Service) -> Loaded[State]:
    """Return a stream that is there.

    Raises:
        NotFound: it has no commits; another tenant's answers the same.
    """
    loaded = service.streams.peek(kind, asker.tenant, identity)
    if not loaded.version:
        raise NotFound(NOBODY_HERE)
    return loaded


def show(
    kind: Kind[Any], identity: str, asker: Asker, service: Service
) -> tuple[dict[str, Any], int]:
    """Return what is known of a practice, region or site, and its version."""
    loaded = find(kind, identity, asker, service)
    return {"id": identity, **asdict(loaded.state)}, loaded.version


def find_practice(asker: Asker, service: Service) -> tuple[dict[str, Any], int]:
    return show(practice.KIND, asker.tenant, asker, service)


def find_site(identity: str, asker: Asker, service: Service) -> tuple[dict[str, Any], int]:
    return show(site.KIND, identity, asker, service)


def enter(identity: str, asker: Asker, service: Service) -> Loaded[Site]:
    """Return a site that this asker may change.

    Raises:
        NotFound: it is not there, or none of the asker's.
    """
    loaded = find(site.KIND, identity, asker, service)
    asker.enter(identity)
    return loaded


def duty(identity: str, asker: Asker, service: Service) -> Duty:
    """Return who is on duty at a site now, on its own clock."""
    found = find(site.KIND, identity, asker, service).state
    now = service.clock().astimezone(ZoneInfo(found.zone)).replace(tzinfo=None)
    named = {shift.staff for shift in found.rota.shifts} if found.rota else set()
    members = {one: service.streams.peek(staff.KIND, asker.tenant, one).state for one in named}
    return on_duty(found, now, members)


def find_staff(identity: str, asker: Asker, service: Service) -> tuple[dict[str, Any], int]:
    """Return a staff member with the card opened, and the version."""
    found, version = show(staff.KIND, identity, asker, service)
    card = service.vault.open(asker.tenant, [identity]).get(identity, {})
    return found | {name: card.get(name) for name in ("name", "email")}, version


def subject(identity: str, asker: Asker, service: Service) -> str | None:
    """Return who signs in as a staff member; None where nobody does yet.

    Raises:
        NotFound: nobody is here with this id.
    """
    find(staff.KIND, identity, asker, service)
    card = service.vault.open(asker.tenant, [identity]).get(identity, {})
    found: str | None = card.get("subject")
    return found


def find_patient(identity: str, asker: Asker, service: Service) -> tuple[dict[str, Any], int]:
    """Return a patient with the card and the precautions opened, and the version.

    Raises:
        NotFound: nobody is here, or not at a site of the asker's, or the asker is another patient.
    """
    loaded = load_patient(identity, asker, service)
    registered = loaded.state.registered
    if registered is None:
        raise NotFound(NOBODY_HERE)
    precautions = registered.precautions or ""
    opened = service.vault.open(asker.tenant, [identity, precautions])
    card = opened.get(identity, {})
    return {
        **{name: card.get(name) for name in (*CARD, "subject")},
        **asdict(registered),
        "id": identity,
        "erased": loaded.state.erased,
        "precautions": opened.get(precautions),
    }, loaded.version


def in_reach(identity: str, asker: Asker, service: Service) -> Patient:
    """Return the state of a patient that this asker may see.

    Raises:
        NotFound: nobody is here for this asker.
    """
    return load_patient(identity, asker, service).state


def load_patient(identity: str, asker: Asker, service: Service) -> Loaded[Patient]:
    """Return a patient whom this asker may see.

    Raises:
        NotFound: nobody is here for this asker.
    """
    loaded = find(patient.KIND, identity, asker, service)
    registered = loaded.state.registered
    asker.reach(Person(identity, registered.site if registered else None))
    return loaded


def check_reach(identity: str, asker: Asker, service: Service) -> None:
    """Refuse to prescribe for a patient of another site as for one who is not there.

    Raises:
        ProgramImpossible: the asker's sites are others.
    """
    try:
        in_reach(identity, asker, service)
    except NotFound:
        refusal = program.ProgramImpossible("Look at the patient.", faults=[program.NO_PATIENT])
        raise refusal from None


def check_site(identity: str, asker: Asker, service: Service) -> None:
    """Refuse to take somebody into care at a site of others as at one that is not there.

    Raises:
        PatientImpossible: the asker's sites are others.
    """
    try:
        enter(identity, asker, service)
    except NotFound:
        refusal = patient.PatientImpossible("Look at the site.", faults=[patient.NO_SITE])
        raise refusal from None


def load_program(identity: str, asker: Asker, service: Service) -> Loaded[Program]:
    """Return a program of a patient that this asker may see.

    Raises:
        NotFound: there is none for this asker.
    """
    loaded = find(program.KIND, identity, asker, service)
    if loaded.state.prescribed is None:
        raise NotFound(NOBODY_HERE)
    in_reach(loaded.state.prescribed.patient, asker, service)
    return loaded


def find_program(identity: str, asker: Asker, service: Service) -> tuple[dict[str, Any], int]:
    """Return a program with its revisions (see story.tell), and its version.

    Raises:
        NotFound: there is none for this asker.
    """
    loaded = load_program(identity, asker, service)
    return story.tell(loaded, asker.tenant, service), loaded.version


def patients(
    words: str, asker: Asker, service: Service, *, after: str = "", limit: int = 50
) -> list[dict[str, Any]]:
    """Return patients, the newest first, one more than asked where there are more.

    Args:
        words: of a name, or their beginnings; empty for all patients.
        asker: sees those of the asker's sites.
        service: whose.
        after: `order` of the last one before.
        limit: of the page.
    """
    documents = service.documents(LISTS, "patients")
    chosen: dict[str, Any] = {"erased": False}
    if (sites := asker.span().sites) is not None:
        chosen["site"] = {"$in": list(sites)}
    if words.split():
        found = service.vault.find(asker.tenant, words.split())[:MOST_FOUND]
        chosen["_id"] = {"$in": [qualify(asker.tenant, one) for one in found]}
    page = documents.page(asker.tenant, chosen, order="order", after=after, limit=limit)
    asker.disclose(found["patient"] for found in page[:limit])
    return _named(page, asker.tenant, service)


def patients_of(therapist: str | None, asker: Asker, service: Service) -> list[dict[str, Any]]:
    """Return the first two hundred patients of a therapist, or of nobody, that the asker sees."""
    chosen: dict[str, Any] = {"erased": False, "therapist": therapist}
    if (own := asker.span().sites) is not None:
        chosen["site"] = {"$in": list(own)}
    documents = service.documents(LISTS, "patients")
    page = documents.page(asker.tenant, chosen, order="order", limit=LIMIT)[:LIMIT]
    asker.disclose(found["patient"] for found in page)
    return _named(page, asker.tenant, service)


def in_care(asker: Asker, service: Service, *, after: str = "", limit: int = 50) -> list[Document]:
    """Return patients as the list has them, one more than asked where there are more."""
    chosen: dict[str, Any] = {"erased": False}
    if sites := asker.span().sites:
        chosen["site"] = {"$in": list(sites)}
    documents = service.documents(LISTS, "patients")
    return documents.page(asker.tenant, chosen, order="order", after=after, limit=limit)


def programs(
    owner: str, asker: Asker, service: Service, *, after: str = "", limit: int = 50
) -> list[dict[str, Any]]:
    """Return a patient's programs, the newest first, one more than asked where there are more."""
    documents = service.documents(LISTS, "programs")
    page = documents.page(asker.tenant, {"patient": owner}, order="order", after=after, limit=limit)
    words = service.vault.open(asker.tenant, [found["title"] for found in page])
    return [found | _in_short(found, words) for found in page]


def regions(asker: Asker, service: Service) -> list[dict[str, Any]]:
    """Return the practice's first two hundred regions by name."""
    page = service.documents(LISTS, "regions").page(asker.tenant, {}, order="order", limit=LIMIT)
    return [found | {"id": found["region"]} for found in page[:LIMIT]]


def sites(asker: Asker, service: Service) -> list[dict[str, Any]]:
    """Return the asker's first two hundred sites by name: the practice's, where none is named."""
    own = asker.span().sites
    chosen = {} if own is None else {"site": {"$in": list(own)}}
    page = service.documents(LISTS, "sites").page(asker.tenant, chosen, order="order", limit=LIMIT)
    return [found | {"id": found["site"]} for found in page[:LIMIT]]


def sites_within(regions: Sequence[str], tenant: str, service: Service) -> list[str]:
    """Return the ids of the sites that belong to these regions now."""
    documents, chosen = service.documents(LISTS, "sites"), {"region": {"$in": list(regions)}}
    page = documents.page(tenant, chosen, order="order", limit=LIMIT)
    return [found["site"] for found in page[:LIMIT]]


def everybody(asker: Asker, service: Service) -> list[dict[str, Any]]:
    """Return who works here of the last two hundred staff members, with their names."""
    return [one for one in colleagues(asker, service, limit=LIMIT)[:LIMIT] if one["left"] is None]


def colleagues(
    asker: Asker, service: Service, *, after: str = "", limit: int = 50
) -> list[dict[str, Any]]:
    """Return staff, who was taken on last first, one more than asked where there are more."""
    documents = service.documents(LISTS, "staff")
    page = documents.page(asker.tenant, {}, order="order", after=after, limit=limit)
    cards = service.vault.open(asker.tenant, [found["staff"] for found in page])
    return [
        found
        | {"id": found["staff"], "name": cards.get(found["staff"], {}).get("name")}
        | {"left": found["left"] and date.fromisoformat(found["left"])}
        for found in page
    ]


def imports(
    asker: Asker, service: Service, *, after: str = "", limit: int = 50
) -> list[dict[str, Any]]:
    """Return the imports, the newest first, one more than asked where there are more."""
    documents = service.documents(LISTS, "imports")
    page = documents.page(asker.tenant, {}, order="order", after=after, limit=limit)
    return [found | {"id": found["intake"]} for found in page]


def find_import(identity: str, asker: Asker, service: Service) -> dict[str, Any]:
    """Return how far an import has come, with the first notes on its rows."""
    found = find(intake.KIND, identity, asker, service).state
    counts = ("through", "taken", "changed", "unchanged", "refused", "done")
    own = ("kind", "encoding", "ignored", "rows")
    return {
        "id": identity,
        **{name: getattr(found.started, name) for name in own},
        **{name: getattr(found, name) for name in counts},
        "notes": [
            asdict(note)
            | {"reason": note.sentence % dict(note.values) if note.values else note.sentence}
            for note in found.notes[:LIMIT]
        ],
    }


def cards(ids: Iterable[str], asker: Asker, service: Service) -> dict[str, Any]:
    """Return the identity cards of patients and staff by id; erased ones are left out."""
    opened = service.vault.open(asker.tenant, ids)
    asker.disclose(opened)
    return {
        identity: {name: card.get(name) for name in CARD}
        for identity, card in opened.items()
        if isinstance(card, dict)
    }


def births(ids: Iterable[str], asker: Asker, service: Service) -> dict[str, int]:
    """Return the years of birth of patients by id, of those who are in care."""
    peeked = {one: service.streams.peek(patient.KIND, asker.tenant, one).state for one in ids}
    found = {one: state.registered for one, state in peeked.items() if state.present}
    asker.disclose(found)
    return {one: registered.birth_year for one, registered in found.items() if registered}


def texts(ids: Iterable[str], tenant: str, service: Service) -> dict[str, str]:
    """Return people's words by id; erased ones are left out."""
    opened = service.vault.open(tenant, ids)
    return {identity: words for identity, words in opened.items() if isinstance(words, str)}


def _named(page: list[Document], tenant: str, service: Service) -> list[dict[str, Any]]:
    titles = (found["latest"]["title"] for found in page if found["latest"])
    opened = service.vault.open(tenant, [*(found["patient"] for found in page), *titles])
    return [
        found
        | {
            "id": found["patient"],
            "name": opened.get(found["patient"], {}).get("name"),
            "latest": found["latest"] and _in_short(found["latest"], opened),
        }
        for found in page
    ]


def _in_short(program: Document, words: dict[str, Any]) -> dict[str, Any]:
    """Return a program of a list, with its title and with dates as dates."""
    dates = {
        name: program[name] and date.fromisoformat(program[name])
        for name in ("start", "end", "ended")
    }
    return {
        "id": program["program"],
        "title": words.get(program["title"]),
        "phase": program["phase"],
        "pauses": schedule.pauses(program),
        **dates,
    }
