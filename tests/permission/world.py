"""Two patients at two sites of one practice group, known to all four services."""

import base64
import io
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask

from shared import mongo, permission
from shared.envelope import Envelope, publish
from shared.mongo import Database
from shared.peers import Away
from shared.service import Definition, Service
from shared.store import from_document
from shared.tokens import Identity, Unauthorized
from shared.views import Projection, Views
from tests.events import LONG_AGO
from tests.given import Nobody, build, given_app
from tests.people import EXPIRES
from tests.services.adherence.conftest import body
from tests.services.prescription.conftest import EXERCISE, SITE, Clinic

NORTH, SOUTH = "north", "south"
EVENING = datetime(2026, 9, 7, 18, tzinfo=UTC)
SCOPES = tuple(sorted({found.scope for found in permission.actions().values() if found.scope}))
PARTS = tuple(sorted({found.part for found in permission.actions().values() if found.part}))
NAMES = ("prescription", "adherence", "notifications", "reporting")


def person(
    role: str,
    tenant: str = NORTH,
    sites: tuple[str, ...] = (),
    patient: str = "",
    scopes: tuple[str, ...] | None = None,
) -> str:
    """Return a token of somebody, with all that can be given to the role; it says what it holds."""
    scopes = {"partner": SCOPES, "supporter": PARTS}.get(role, ()) if scopes is None else scopes
    identity = Identity(f"{role}-1", tenant, (role,), sites, patient, EXPIRES, scopes=scopes)
    return base64.urlsafe_b64encode(json.dumps(asdict(identity)).encode()).decode()


class Anyone:
    """Stands for the token verifier: whoever a token says it is, it is."""

    def verify(self, token: str, *, page: bool = False) -> Identity:
        del page
        try:
            said = json.loads(base64.urlsafe_b64decode(token))
        except ValueError:
            raise Unauthorized("The token is malformed.") from None
        lists = {name: tuple(said[name]) for name in ("roles", "sites", "scopes", "regions")}
        return Identity(**{**said, **lists})


class Registry(Nobody):
    """Prescription, as far as a code on paper asks it: everybody was born in one year."""

    def get(self, *asked: Any) -> object:
        _, path, _, params = asked
        if path != "births":
            raise Away(path)
        return {"items": dict.fromkeys(params["ids"].split(","), 1950)}


@dataclass
class World:
    """The four services' apps, and the ids of what is in them.

    Attributes:
        apps: service to its app.
        here: ids by the names that routes give them, of the patient at the first site.
        secrets: ids and words that nobody else may be shown.
    """

    apps: Mapping[str, Flask]
    here: dict[str, str] = field(default_factory=dict)
    elsewhere: str = ""
    secrets: tuple[str, ...] = ()


@contextmanager
def standing(mongodb: str, name: str) -> Iterator[World]:
    """Make a world in databases of this name, and take them away after."""
    with mongo.connect(mongodb, "tests") as client:
        yield made(client[name])
        for found in client.list_database_names():
            if found.startswith(name):
                client.drop_database(found)


def made(database: Database) -> World:
    """Make the world, each service over a database beside the given one."""
    apps = {name: _app(name, database.client[f"{database.name}_{name}"]) for name in NAMES}
    lead, administrator = person("lead"), person("administrator")
    clinic = Clinic(apps["prescription"].test_client())
    clinic.create("/practice", {"name": "North", "language": "en"}, administrator)
    sites = [clinic.create("/sites", SITE | {"name": name}, administrator) for name in ("A", "B")]
    region = clinic.create("/regions", {"name": "Coast"}, administrator)
    clinic.exercise = clinic.create("/exercises", EXERCISE, lead)
    work = {"email": "bo@example.org", "role": "therapist", "sites": sites}
    staff = clinic.create("/staff", {"name": "Bo Haraldsen"} | work, administrator)
    patients, programs = [], []
    for site, name in zip(sites, ("Ana Ruiz", "Eva Sand"), strict=True):
        patients.append(clinic.create("/patients", clinic.patient_body(site=site, name=name), lead))
        clinic.patient = patients[-1]
        title = f"Legs of {name.split()[0]}"
        programs.append(clinic.create("/programs", clinic.program_body(title=title), lead))
    clinic.patient = patients[0]
    plan = clinic.begin_plan(person=lead)
    visit = clinic.record_visit(plan, person=lead)
    screen = clinic.answer_screen(person=lead, positive=["unwell"])
    _told(apps, _published(apps["prescription"]))
    _log(apps["adherence"], programs[0], clinic.exercise, patients[0])
    _told(apps, _published(apps["adherence"]))
    here = {
        "identity": region,
        "intake": _given_in(clinic, administrator),
        "site": sites[0],
        "staff": staff,
        "exercise": clinic.exercise,
        "template": _template(clinic, staff, lead),
        "patient": patients[0],
        "program": programs[0],
        "plan": plan,
        "visit": visit,
        "screen": screen,
        "number": "1",
        "session": "2026-09-07",
        "day": "2026-09-07",
        "invitation": "1" * 32,
        "supporter": "2" * 32,
        "task": "3" * 32,
        "proposal": "4" * 32,
        "stream": f"program-{programs[0]}",
        "key": "no-such-key",
    }
    return World(apps, here, sites[1], (patients[0], programs[0], "Ruiz", "Legs of Ana"))


def _template(clinic: Clinic, staff: str, lead: str) -> str:
    """Put in a template of the practice's own; return its id."""
    return clinic.create("/templates", clinic.template_body(owner=staff), lead)


def _given_in(clinic: Clinic, administrator: str) -> str:
    """Give in a roster; return the id of its import."""
    roster = io.BytesIO(b"number;name;email;birth;site\n1;Kim Vale;k@example.org;1950;A")
    form = {"file": (roster, "roster.csv")}
    headers = {"Authorization": f"Bearer {administrator}", "Idempotency-Key": "roster"}
    answer = clinic.client.post(
        "/prescription/v1/imports?kind=patients", data=form, headers=headers
    )
    assert answer.status_code == 202, answer.json
    return str(answer.json["id"])


def _app(name: str, database: Database) -> Flask:
    definition: Definition = import_module(f"{name}.app").DEFINITION
    service = replace(
        build(definition, database, lambda: EVENING), verifier=Anyone(), peers=Registry()
    )
    return given_app(
        definition, service, Path(str(import_module(name).__file__)).parent / "templates"
    )


def _published(app: Flask) -> list[Envelope]:
    service: Service = app.extensions["hep"]
    definition: Definition = app.extensions["hep.definition"]
    return [
        event
        for document in service.database["commits"].find({}).sort("_id", 1)
        for event in publish(
            from_document(document), definition.name, definition.codec, definition.published
        )
    ]


def _told(apps: Mapping[str, Flask], events: list[Envelope]) -> None:
    for app in apps.values():
        service: Service = app.extensions["hep"]
        for projection in app.extensions["hep.definition"].projections:
            _apply(service.database, projection, events)


def _apply(database: Database, projection: Projection, events: list[Envelope]) -> None:
    def read(collection: str, ids: list[str]) -> Any:
        name = projection.collection(collection)
        return database[name].find({"_id": {"$in": ids}}, session=session)

    with database.client.start_session() as session, session.start_transaction():
        views = Views(LONG_AGO, read)
        for event in events:
            if event.type in projection.handlers:
                projection.handlers[event.type](event, views)
        views.flush(projection, database, session)


def _log(app: Flask, program: str, exercise: str, patient: str) -> None:
    asked = body(entries=[{"exercise": exercise, "done": {"sets": 3, "repetitions": 10}}])
    token = person("patient", patient=patient)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
    path = f"/adherence/v1/programs/{program}/sessions"
    answer = app.test_client().post(path, json=asked, headers=headers)
    assert answer.status_code == 201, answer.json
