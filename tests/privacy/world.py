"""The four services of a practice group, told of each other's events, asked by each other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from flask import Flask

from shared.due import Timer
from shared.envelope import Envelope, publish
from shared.mongo import Database, Document
from shared.peers import Away
from shared.send import Sender
from shared.service import Definition, Service
from shared.store import from_document
from shared.views import Projection, Views
from tests.events import LONG_AGO
from tests.permission import world as permission
from tests.permission.world import NORTH, person
from tests.services.adherence.conftest import body


class Apps:
    """Stands for the way to the other services: their own apps answer."""

    def __init__(self, apps: Mapping[str, Flask]) -> None:
        self.apps = apps
        self.gone: set[str] = set()
        self.addresses = dict.fromkeys(apps, "")

    def get(self, owner: str, path: str, tenant: str, params: Mapping[str, str]) -> Any:
        if owner in self.gone:
            raise Away(owner)
        headers = {"Authorization": f"Bearer {person('service', '')}", "Hep-Tenant": tenant}
        client = self.apps[owner].test_client()
        answer = client.get(f"/{owner}/v1/{path}", query_string=params, headers=headers)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text)

    def cards(self, tenant: str, ids: Any) -> Any:
        return self.get("prescription", "cards", tenant, {"ids": ",".join(ids)})["items"]

    def figures(self, tenant: str, exercises: Any) -> Any:
        asked = {"ids": ",".join(exercises)}
        return self.get("prescription", "demonstrations", tenant, asked)["items"]

    def texts(self, owner: str, tenant: str, ids: Any) -> Any:
        return self.get(owner, "texts", tenant, {"ids": ",".join(ids)})["items"]


@dataclass
class Practice:
    """Two patients, known to all four services; `turn` lets events and due work take their way."""

    apps: Mapping[str, Flask]
    here: Mapping[str, str]
    peers: Apps
    applied: dict[tuple[str, str], set[str]]
    made: dict[tuple[str, str], list[Envelope]] = field(default_factory=dict)

    @property
    def patient(self) -> str:
        return self.here["patient"]

    @property
    def program(self) -> str:
        return self.here["program"]

    def service(self, name: str) -> Service:
        found: Service = self.apps[name].extensions["hep"]
        return found

    def database(self, name: str) -> Database:
        return self.service(name).database

    def get(self, path: str, role: str = "administrator", **options: Any) -> Any:
        token = person(role, **options)
        client = self.apps[path.split("/")[1]].test_client()
        return client.get(path, headers={"Authorization": f"Bearer {token}"})

    def post(self, path: str, body: Any, role: str = "administrator", **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {person(role, **options)}", "Idempotency-Key": path}
        client = self.apps[path.split("/")[1]].test_client()
        return client.post(path, json=body, headers=headers)

    def erase(self) -> Any:
        return self.post(f"/prescription/v1/patients/{self.patient}/erasure", None)

    def certificate(self) -> Any:
        return self.get(f"/prescription/v1/patients/{self.patient}/erasure").json

    def published(self, name: str) -> list[Envelope]:
        """Return all that a service has published, stream by stream."""
        commits = self.database(name)["commits"].find({}).sort("_id", 1)
        return [event for document in commits for event in self._made(name, document)]

    def _made(self, name: str, document: Document) -> list[Envelope]:
        """Return what a commit publishes, which is always the same."""
        place = (name, str(document["_id"]))
        if place not in self.made:
            definition: Definition = self.apps[name].extensions["hep.definition"]
            found = from_document(document)
            self.made[place] = list(
                publish(found, definition.name, definition.codec, definition.published)
            )
        return self.made[place]

    def turn(self, *names: str) -> None:
        """Have services apply what was published and decide what is due, until nothing is new."""
        while sum(self._apply(name) + self._decide(name) for name in names or self.apps):
            pass

    def _apply(self, name: str) -> int:
        definition: Definition = self.apps[name].extensions["hep.definition"]
        count = 0
        for projection in definition.projections:
            for owner in projection.services:
                known = self.applied.setdefault((f"{name}.{projection.name}", owner), set())
                fresh = [event for event in self.published(owner) if event.id not in known]
                apply(self.database(name), projection, fresh)
                known |= {event.id for event in fresh}
                count += len(fresh)
        return count

    def _decide(self, name: str) -> int:
        service = self.service(name)
        definition: Definition = self.apps[name].extensions["hep.definition"]
        handlers = {kind: partial(run, service=service) for kind, run in definition.due.items()}
        return Timer(service.database, handlers, service.clock, "t").step()

    def send(self, name: str) -> None:
        """Have a service send what is to be sent."""
        service = self.service(name)
        definition: Definition = self.apps[name].extensions["hep.definition"]
        channels = {
            kind: partial(deliver, service=service) for kind, deliver in definition.channels.items()
        }
        record = partial(definition.outcome, service=service)
        Sender(service.database, channels, record, service.clock, "s").step()


def open_practice(database: Database) -> Practice:
    """Make the world that permissions are tried on, its services able to ask each other."""
    made = permission.made(database)
    peers = Apps(made.apps)
    for app in made.apps.values():
        app.extensions["hep"] = replace(app.extensions["hep"], peers=peers)
    practice = Practice(made.apps, made.here, peers, {})
    # The world was told of what came before; what is folded is not folded twice.
    for name, app in made.apps.items():
        for projection in app.extensions["hep.definition"].projections:
            for owner in projection.services:
                known = {event.id for event in practice.published(owner)}
                practice.applied[f"{name}.{projection.name}", owner] = known
    _tell(practice, "My neighbour Luis held my hand.")
    practice.turn()
    return practice


def _tell(practice: Practice, note: str) -> None:
    """Have the patient add some words to what was logged."""
    done = {"exercise": practice.here["exercise"], "done": {"sets": 1, "repetitions": 10}}
    told = body(entries=[done], note=note, reason="added")
    path = f"/adherence/v1/programs/{practice.program}/sessions/2026-09-07/amendments"
    answer = practice.post(path, told, "patient", patient=practice.patient)
    assert answer.status_code == 201, answer.json


def apply(database: Database, projection: Projection, events: list[Envelope]) -> None:
    """Apply events in one transaction, as a consumer does."""

    def read(collection: str, ids: list[str]) -> Any:
        name = projection.collection(collection)
        return database[name].find({"_id": {"$in": ids}}, session=session)

    with database.client.start_session() as session, session.start_transaction():
        views = Views(LONG_AGO, read)
        for event in events:
            if event.type in projection.handlers:
                projection.handlers[event.type](event, views)
        views.flush(projection, database, session)


__all__ = ["NORTH", "Apps", "Practice", "apply", "open_practice"]
