"""Sessions of people's browsers: begun by signing in, renewed by a secret, ended by anybody's wish.

The pages' token is short and asks nobody; what ends a session bites when it is renewed.
"""

import hashlib
import secrets
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from shared.clock import Clock
from shared.mongo import Database, Document, majority
from shared.signing import Signing
from shared.tokens import Identity
from shared.vault import Vault

SESSIONS = "sessions_web"
STAFF, PATIENT = "staff", "patient"
# What an ended session leaves is removed by the store after a week.
SWEEP = timedelta(days=7)
MOST_LISTED = 200
# Says who the subject of a session is now; nobody, where there is no such person any more.
Now = Callable[[Identity], Identity | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a kind of session lasts.

    Attributes:
        idle: without being renewed.
        most: in all.
        kept: by a browser that is closed; None for not at all.
    """

    idle: timedelta
    most: timedelta
    kept: timedelta | None


@dataclass(frozen=True, slots=True)
class Held:
    """A session that holds.

    Attributes:
        id: names it; in the token as `sid`.
        who: its subject.
        kind: staff or patient.
        device: in words for people.
        begun: when they signed in.
        used: when it was renewed last.
    """

    id: str
    who: Identity
    kind: str
    device: str
    begun: datetime
    used: datetime


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of people who signed in at this service.

    Attributes:
        database: of the service.
        signing: signs the pages' tokens.
        clock: the real time.
    """

    database: Database
    signing: Signing
    clock: Clock

    def begin(self, who: Identity, kind: str, device: str) -> tuple[str, Held]:
        """Begin a session; return the secret that renews it, which is kept nowhere."""
        secret, now = secrets.token_urlsafe(32), self.clock()
        document: Document = {
            "_id": _digest(secret),
            "tenant": who.tenant,
            "subject": who.subject,
            "who": asdict(who),
            "kind": kind,
            "device": device,
            "begun": now,
            "used": now,
            "ends": now + limits(kind).most,
        }
        self._majority().insert_one(document)
        return secret, _held(document)

    def renew(self, secret: str, now: Now) -> Held | None:
        """Return the session of a secret, used now; None where it has ended.

        Args:
            secret: from the cookie.
            now: says who its subject is now.
        """
        document = self.database[SESSIONS].find_one({"_id": _digest(secret)})
        found = _held(document) if document and self._lasts(document) else None
        who = now(found.who) if found else None
        if not (document and found and who):
            self._majority().delete_one({"_id": _digest(secret)})
            return None
        moment = self.clock()
        renewed = {"used": moment, "who": asdict(who)}
        self._majority().update_one({"_id": document["_id"]}, {"$set": renewed})
        return _held({**document, **renewed})

    def token(self, held: Held) -> str:
        """Return a page's token for the session."""
        who = held.who
        claims = {
            "sub": who.subject,
            "tenant": who.tenant,
            "roles": list(who.roles),
            "sites": list(who.sites),
            "regions": list(who.regions),
            "patient": who.patient,
            "sid": held.id,
            "scope": " ".join(who.scopes),
        }
        return self.signing.sign({name: value for name, value in claims.items() if value != ""})

    def listed(self, tenant: str, subject: str) -> list[Held]:
        """Return the sessions of somebody that hold, the last used first."""
        wanted = {"tenant": tenant, "subject": subject}
        found = self.database[SESSIONS].find(wanted).sort("used", -1).limit(MOST_LISTED)
        return [_held(document) for document in found if self._lasts(document)]

    def end(self, tenant: str, subject: str, session: str | None = None) -> int:
        """End one of somebody's sessions, or all; return how many there were."""
        wanted = {"tenant": tenant, "subject": subject} | ({"_id": session} if session else {})
        return int(self._majority().delete_many(wanted).deleted_count)

    def find(self, secret: str) -> Held | None:
        """Return the session of a secret, whether it holds or not."""
        document = self.database[SESSIONS].find_one({"_id": _digest(secret)})
        return _held(document) if document else None

    def _lasts(self, document: Document) -> bool:
        now = self.clock()
        within = now - document["used"] < limits(document["kind"]).idle
        return bool(within and now < document["ends"])

    def _majority(self) -> Any:
        return majority(self.database, SESSIONS)


def forget(database: Database, tenant: str, patient: str) -> None:
    """Destroy the sessions of a patient, and of those who act for the patient."""
    wanted = {"tenant": tenant, "who.patient": patient}
    majority(database, SESSIONS).delete_many(wanted)


def prepare(database: Database) -> None:
    """Create the indexes: by subject, and by when the store may sweep what is over."""
    sessions = database[SESSIONS]
    sessions.create_index([("tenant", 1), ("subject", 1)], name="tenant_subject")
    sweep = int(SWEEP.total_seconds())
    sessions.create_index([("ends", 1)], name="ends", expireAfterSeconds=sweep)


@cache
def table() -> dict[str, Any]:
    """Return how long everything lasts, from `sessions.toml`."""
    return tomllib.loads(Path(__file__).with_name("sessions.toml").read_text())


@cache
def limits(kind: str) -> Limits:
    """Return how long a kind of session lasts."""
    row = table()[kind]
    idle, most = (timedelta(minutes=row[name]) for name in ("idle", "most"))
    return Limits(idle, most, most if row["remembered"] else None)


def sign_for(database: Database, vault: Vault, issuer: str, clock: Clock) -> Sessions:
    """Return the sessions of a service, with what signs their tokens."""
    row = table()["token"]
    rotate, lasts = (timedelta(minutes=row[name]) for name in ("rotate", "lasts"))
    return Sessions(database, Signing(database, vault, issuer, clock, rotate, lasts), clock)


def _held(document: Document) -> Held:
    names = ("roles", "sites", "scopes", "regions")
    lists = {name: tuple(document["who"].get(name, ())) for name in names}
    kept = Identity(**{**document["who"], **lists})
    names = ("kind", "device", "begun", "used")
    return Held(id=document["_id"], who=kept, **{name: document[name] for name in names})


def _digest(secret: str) -> str:
    """Return what a secret is found by: whoever reads the store cannot renew."""
    return hashlib.sha256(secret.encode()).hexdigest()
