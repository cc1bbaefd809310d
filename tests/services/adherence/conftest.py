"""Ana at home, over the real store: her program has come, and every call is an HTTP call."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import adherence
from adherence.app import DEFINITION
from adherence.projections import PROGRAMS
from shared.due import Timer
from shared.envelope import Envelope, publish
from shared.mongo import Database
from shared.privacy import PRIVACY
from shared.service import Service
from shared.store import from_document
from shared.views import Views
from tests.events import LONG_AGO, NOON
from tests.given import given_service
from tests.people import ANA
from tests.unit.adherence import facts

TEMPLATES = Path(adherence.__file__).parent / "templates"
V1 = "/adherence/v1"
KEY = re.compile(r'name="key" value="([^"]+)"')
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Watch:
    """The platform's clock, which the test sets."""

    now: datetime = field(default_factory=lambda: facts.evening(facts.MONDAY))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Home:
    """The service as Ana meets it."""

    client: FlaskClient
    watch: Watch

    @property
    def service(self) -> Service:
        found: Service = self.client.application.extensions["hep"]
        return found

    def hear(self, *events: Envelope) -> None:
        """Apply published events as the consumer does."""

        def read(collection: str, ids: list[str]) -> Any:
            name = PROGRAMS.collection(collection)
            return database[name].find({"_id": {"$in": ids}}, session=session)

        database = self.service.database
        with database.client.start_session() as session, session.start_transaction():
            views = Views(LONG_AGO, read)
            for found in events:
                if found.type in PROGRAMS.handlers:
                    PROGRAMS.handlers[found.type](found, views)
                if found.type in PRIVACY.handlers:
                    PRIVACY.handlers[found.type](found, views)
            views.flush(PROGRAMS, database, session)

    def published(self) -> list[Envelope]:
        """Return all that this service has published, stream by stream."""
        commits = self.service.database["commits"].find({}).sort("_id", 1)
        return [
            found
            for document in commits
            for found in publish(
                from_document(document), "adherence", DEFINITION.codec, DEFINITION.published
            )
        ]

    def decide(self, now: datetime | None = None) -> list[tuple[str, str]]:
        """Decide what is due by now; return what became of all that ever was."""
        self.watch.now = max(self.watch.now, now or NOON)
        handlers = {
            kind: partial(handler, service=self.service) for kind, handler in DEFINITION.due.items()
        }
        Timer(self.service.database, handlers, self.watch, "t1").step()
        found = self.service.database["due"].find({}).sort([("sequence", 1), ("due_at", 1)])
        return [(document["kind"], document["state"]) for document in found]

    def catch_up(self) -> None:
        """Hear what this service has published itself, from the beginning."""
        for name in ("sessions", "milestones"):
            self.service.database[PROGRAMS.collection(name)].delete_many({})
        self.hear(*self.published())

    def get(self, path: str, person: str = ANA, **headers: str) -> Any:
        return self.client.get(V1 + path, headers={"Authorization": f"Bearer {person}", **headers})

    def post(self, path: str, body: Any, person: str = ANA, key: str = "", **headers: str) -> Any:
        headers |= {"Authorization": f"Bearer {person}", "Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(V1 + path, json=body, headers=headers)

    def log(self, body: Any, person: str = ANA, key: str = "", **headers: str) -> Any:
        return self.post(f"/programs/{facts.PROGRAM}/sessions", body, person, key, **headers)

    def amend(self, day: date, body: Any, person: str = ANA, key: str = "") -> Any:
        path = f"/programs/{facts.PROGRAM}/sessions/{day.isoformat()}/amendments"
        return self.post(path, body, person, key)

    def session(self, day: date = facts.MONDAY) -> Any:
        return self.get(f"/programs/{facts.PROGRAM}/sessions/{day.isoformat()}").json

    def visit(self, path: str = "/adherence/", person: str = ANA, language: str = "en") -> Any:
        """Open a page as a browser does."""
        self.client.set_cookie("hep", person)
        return self.client.get(path, headers={"Accept-Language": language})

    def submit(self, page: Any, path: str, fields: dict[str, str], *, language: str = "en") -> Any:
        """Send a form of a page, with what is hidden in it; follow where it leads."""
        hidden = {"csrf": CSRF.search(page.text), "key": KEY.search(page.text)}
        whole = {name: found[1] for name, found in hidden.items() if found} | fields
        return self.client.post(
            path, data=whole, headers={"Accept-Language": language}, follow_redirects=True
        )


@pytest.fixture
def home(database: Database) -> Iterator[Home]:
    watch = Watch()
    with given_service(DEFINITION, database, TEMPLATES, clock=watch) as client:
        yield Home(client, watch)


@pytest.fixture
def ana(home: Home) -> Home:
    """Ana's home with her program there."""
    home.hear(facts.published(), facts.registered(), facts.prescribed())
    return home


def body(day: date = facts.MONDAY, **more: Any) -> dict[str, Any]:
    """Return the body of a session as prescribed, told in the evening of its day."""
    moment = facts.evening(day).isoformat()
    return {
        "revision": 1,
        "local_date": day.isoformat(),
        "occurred": moment,
        "device_now": moment,
        "entries": [{"exercise": facts.BRIDGE, "done": {"sets": 3, "repetitions": 10}}],
        "pain": 3,
        "effort": 4,
        "difficulty": None,
        "mode": "as_prescribed",
        "evidence": "tap",
    } | more
