"""What is read: a program and lists from the projection, a session from its program's stream."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from adherence import diary, invitation
from adherence.diary import Desk, Diary
from adherence.events import InvitationIssued, InvitationRedeemed, MilestoneReached, Session
from adherence.invitation import Door, Invitation
from adherence.projections import PROGRAMS
from adherence.rules import rules
from shared import schedule
from shared.codec import converter
from shared.errors import NotFound, NotYet
from shared.mongo import Document
from shared.peers import Away
from shared.permission import NOBODY_HERE, Asker, Person
from shared.schedule import Program
from shared.service import Service
from shared.store import Commit
from shared.stream import Loaded
from shared.tenancy import LIMIT


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as staff see it; `redeemed` is None until somebody came in by it."""

    id: str
    way: str
    state: str
    issued: datetime
    expires: datetime
    redeemed: datetime | None


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody whom a patient lets see parts of the record; `state` is of the invitation."""

    id: str
    name: str
    email: str
    parts: tuple[str, ...]
    state: str


def program(service: Service, tenant: str, identity: str) -> Program:
    """Return a program as its events say, in the zone that its patient lives in.

    The zone is None where the patient has not come here yet.

    Raises:
        NotFound: there is no such program, or its patient was erased.
    """
    document = _program(service, tenant, identity)
    patient = _patient(service, tenant, document["patient"])
    if patient and patient["erased"]:
        raise NotFound(NOBODY_HERE)
    return schedule.read(document, patient["zone"] if patient else None)


def desk(service: Service, tenant: str, identity: str) -> Desk:
    """Return what a decision about a program needs besides its diary.

    Raises:
        NotFound: there is no such program, or its patient was erased.
    """
    return Desk(program(service, tenant, identity), service.clock(), rules())


def in_reach(service: Service, asker: Asker, identity: str) -> Document:
    """Return the document of a program that this asker may see.

    Raises:
        NotFound: there is none, it is another patient's, or of a site that is not the asker's.
    """
    document = _program(service, asker.tenant, identity)
    patient = _patient(service, asker.tenant, document["patient"])
    # Until the patient has come here, the program tells the site.
    asker.reach(Person(document["patient"], (patient or document)["site"]))
    return document


def patient_in_reach(service: Service, asker: Asker, identity: str) -> Document:
    """Return the document of a patient that this asker may see.

    Raises:
        NotFound: nobody is here for this asker.
    """
    found = _patient(service, asker.tenant, identity)
    if found is None or "site" not in found:
        raise NotFound(NOBODY_HERE)
    asker.reach(Person(identity, found["site"]))
    return found


def own(service: Service, asker: Asker) -> list[Document]:
    """Return the programs of the patient who asks, the latest start first; at most 200."""
    asker.disclose([asker.patient])
    found = service.documents(PROGRAMS, "programs").page(
        asker.tenant, {"patient": asker.patient}, order="program", limit=LIMIT
    )
    return sorted(found[:LIMIT], key=lambda one: (one["start"], one["program"]), reverse=True)


def loaded(service: Service, tenant: str, program: str) -> Loaded[Diary]:
    """Return a program's diary, folded from its stream; empty where nothing was logged."""
    return service.streams.peek(diary.KIND, tenant, program)


def told(service: Service, commit: Commit) -> Session | None:
    """Return the session that a commit tells; None where it is about a phase."""
    found = (event for event in _events(service, commit) if isinstance(event, Session))
    return next(found, None)


def reached(service: Service, commit: Commit) -> list[MilestoneReached]:
    """Return the milestones of a commit."""
    return [event for event in _events(service, commit) if isinstance(event, MilestoneReached)]


def sessions(
    service: Service, tenant: str, program: str, *, after: str = "", limit: int = 50
) -> list[Document]:
    """Return a program's sessions by date, and one more where there is a further page."""
    found = service.documents(PROGRAMS, "sessions").page(
        tenant, {"program": program}, order="local_date", after=after, limit=limit
    )
    notes = texts(service, tenant, [one["note"] for one in found if one["note"]])
    return [one | {"note": notes.get(one["note"])} for one in found]


def as_session(document: Document) -> Session:
    """Return the session that a document holds."""
    return converter.structure(document, Session)


def opened(service: Service, tenant: str, session: Session) -> Session:
    """Return a session with its note in the patient's words instead of the id."""
    ids = [session.note] if session.note else []
    return replace(session, note=texts(service, tenant, ids).get(session.note or ""))


def milestones(service: Service, tenant: str, program: str) -> list[dict[str, Any]]:
    """Return a program's milestones in the order in which they were reached."""
    found = service.documents(PROGRAMS, "milestones").get(tenant, program) or {"items": []}
    return [
        item
        | {
            "local_date": date.fromisoformat(item["local_date"]),
            "reached": datetime.fromisoformat(item["reached"]),
        }
        for item in found["items"]
    ]


def exercises(service: Service, tenant: str, ids: Iterable[str]) -> dict[str, Document]:
    """Return exercises of the library by id, those that have come here."""
    return service.documents(PROGRAMS, "exercises").many(tenant, ids)


def texts(service: Service, tenant: str, ids: Iterable[str]) -> dict[str, Any]:
    """Return people's words by id; erased ones are left out."""
    opened = service.vault.open(tenant, ids)
    # Names of supporters and secrets are sealed here too, and are nobody's words.
    return {identity: words for identity, words in opened.items() if isinstance(words, str)}


def zone(service: Service, tenant: str, patient: str) -> ZoneInfo | None:
    """Return the zone that a patient lives in, None where it has not come here yet."""
    found = _patient(service, tenant, patient)
    return ZoneInfo(found["zone"]) if found else None


def door(service: Service, tenant: str, patient: str) -> Door:
    """Return a patient's invitations and supporters, folded from the stream."""
    return service.streams.peek(invitation.KIND, tenant, patient).state


def invited(
    service: Service, tenant: str, patient: str, supporter: str | None = None
) -> list[Invited]:
    """Return the invitations of a patient or of a supporter, the newest first."""
    loaded = service.streams.peek(invitation.KIND, tenant, patient)
    issued: dict[str, datetime] = {}
    redeemed: dict[str, datetime] = {}
    for commit in loaded.commits:
        for event in _events(service, commit):
            if isinstance(event, InvitationIssued):
                issued[event.invitation] = commit.recorded
            elif isinstance(event, InvitationRedeemed):
                redeemed[event.invitation] = commit.recorded
    now = service.clock()
    return [
        Invited(
            one.id, one.way, one.state_at(now), issued[one.id], one.expires, redeemed.get(one.id)
        )
        for one in reversed(loaded.state.of(supporter))
    ]


def secret_of(service: Service, tenant: str, found: Invitation | None) -> str:
    """Return the secret of an open invitation; empty where there is none to give any more."""
    if found is None or found.state_at(service.clock()) != "open":
        return ""
    opened = service.vault.open(tenant, [found.kept.secret])
    return str(opened.get(found.kept.secret, {}).get("secret", ""))


def letter(service: Service, tenant: str, patient: str, identity: str) -> dict[str, str]:
    """Return what is sent to the invited person: the link's secret, and who a supporter is."""
    found = door(service, tenant, patient).invitations.get(identity)
    whom = found.supporter if found and found.supporter else ""
    card = service.vault.open(tenant, [whom]).get(whom, {})
    told = {name: str(card.get(name, "")) for name in ("name", "email")}
    return {"secret": secret_of(service, tenant, found), **told}


def supporters(service: Service, tenant: str, patient: str) -> list[Supporter]:
    """Return a patient's supporters, by name."""
    found = door(service, tenant, patient)
    cards = service.vault.open(tenant, found.supporters)
    now = service.clock()
    listed = [
        Supporter(
            id=one,
            name=cards.get(one, {}).get("name", ""),
            email=cards.get(one, {}).get("email", ""),
            parts=parts,
            state=found.of(one)[-1].state_at(now),
        )
        for one, parts in found.supporters.items()
    ]
    return sorted(listed, key=lambda one: (one.name.casefold(), one.id))


def birth_year(service: Service, tenant: str, patient: str) -> int:
    """Return the patient's year of birth, which prescription keeps.

    Raises:
        NotYet: prescription does not answer, or does not know it.
    """
    try:
        answer = service.peers.get("prescription", "births", tenant, {"ids": patient})
        return int(answer["items"][patient])
    except (Away, KeyError):
        raise NotYet("The year of birth cannot be read just now. Try again in a moment.") from None


def card(service: Service, tenant: str, patient: str) -> Mapping[str, Any] | None:
    """Return a patient's card; empty where it was erased, None while its owner is away."""
    try:
        found: Mapping[str, Any] = service.peers.cards(tenant, [patient]).get(patient, {})
    except Away:
        return None
    return found


def _events(service: Service, commit: Commit) -> Iterator[object]:
    return (service.streams.codec.decode(event) for event in commit.events)


def _program(service: Service, tenant: str, identity: str) -> Document:
    found = service.documents(PROGRAMS, "programs").get(tenant, identity)
    if found is None:
        raise NotFound(NOBODY_HERE)
    return found


def _patient(service: Service, tenant: str, identity: str) -> Document | None:
    return service.documents(PROGRAMS, "patients").get(tenant, identity)
