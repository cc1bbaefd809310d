"""Reporting's documents made by its own fold, and the owner of words beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask.testing import FlaskClient

from reporting.projections import TIMELINE
from shared.peers import Away
from shared.service import Service
from tests.events import fold
from tests.people import ANA_ID, BO
from tests.unit.reporting.diary import NOTE, PHASE, PROGRAM, TITLE, WORDS

NAME = "Maximiliana Guadalupe Fernández de Córdoba y Montenegro-Ruiz"
TEXTS = {
    TITLE: "Stronger <legs>",
    PHASE: "Load with both legs",
    NOTE: "You can do more than you think.",
}
OWN = {WORDS: "It pulls behind the knee & down the leg."}


@dataclass(frozen=True, slots=True)
class Owner:
    """The owners of cards and texts; those that are away answer nobody."""

    people: dict[str, Any] = field(default_factory=lambda: {ANA_ID: {"name": NAME}})
    words: dict[str, str] = field(default_factory=lambda: dict(TEXTS))
    own: dict[str, str] = field(default_factory=lambda: dict(OWN))
    away: bool = False

    def cards(self, tenant: str, ids: Iterable[str]) -> dict[str, Any]:
        return self._found(tenant, self.people, ids)

    def texts(self, owner: str, tenant: str, ids: Iterable[str]) -> dict[str, Any]:
        return self._found(tenant, self.words if owner == "prescription" else self.own, ids)

    def _found(self, tenant: str, known: dict[str, Any], ids: Iterable[str]) -> dict[str, Any]:
        assert tenant == "north"
        if self.away:
            raise Away("prescription")
        return {identity: known[identity] for identity in ids if identity in known}


def held(client: FlaskClient) -> Service:
    found: Service = client.application.extensions["hep"]
    return found


def fill(client: FlaskClient, events: Sequence[Any]) -> None:
    """Write what the events make into the store, as the consumer does."""
    database = held(client).database
    views = fold(TIMELINE, events)
    with database.client.start_session() as session, session.start_transaction():
        views.flush(TIMELINE, database, session)


def ask(client: FlaskClient, owner: Owner) -> None:
    """Let this owner answer for names and words."""
    client.application.extensions["hep"] = replace(held(client), peers=owner)  # type: ignore[arg-type]


def read(client: FlaskClient, person: str = BO, program: str = PROGRAM, **headers: str) -> Any:
    headers = {"Authorization": f"Bearer {person}", **headers}
    return client.get(f"/reporting/v1/programs/{program}/timeline", headers=headers)


def look(client: FlaskClient, path: str, person: str, language: str = "en") -> Any:
    client.set_cookie("hep", person)
    return client.get(path, headers={"Accept-Language": language})
