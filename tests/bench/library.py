"""A search in a library of 5,000 exercises over HTTP, beside a bare query with the same result."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

import prescription
from prescription import search
from prescription.app import DEFINITION
from prescription.catalogue import catalogue, identity
from prescription.payloads import Library
from prescription.projections import LISTS
from shared.mongo import Database
from shared.views import Views
from tests.bench.pairs import Pair, interleave
from tests.events import LONG_AGO, event
from tests.given import given_service
from tests.people import BO

EXERCISES = 5_000
PAGE = 50
# What the store writes well within the client's time.
CHUNK = 100
TEMPLATES = Path(prescription.__file__).parent / "templates"
# Words, and codes that narrow them down: some find hundreds, some a few, some nothing.
ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {}),
    ("step", {}),
    ("rodilla", {}),
    ("str", {"region": "knee"}),
    ("", {"kind": "balance", "equipment": "chair"}),
    ("standing 17", {"position": "standing"}),
    ("nothing like it", {}),
)


@dataclass(frozen=True, slots=True)
class Shelves:
    """A library of 5,000 exercises, and who asks it.

    Attributes:
        client: of the service's app.
        database: where the documents are.
        asked: what to ask next, over and over.
    """

    client: FlaskClient
    database: Database
    asked: Iterator[tuple[str, dict[str, str]]]

    def ours(self) -> float:
        """Ask the API; return the seconds."""
        words, codes = next(self.asked)
        began = time.perf_counter()
        found = self.found(words, codes)
        seconds = time.perf_counter() - began
        if found != [one["exercise"] for one in self.bare(words, codes)]:
            raise RuntimeError("the API finds something else than the bare query")
        return seconds

    def raw(self) -> float:
        """Ask the store; return the seconds."""
        words, codes = next(self.asked)
        began = time.perf_counter()
        self.bare(words, codes)
        return time.perf_counter() - began

    def found(self, words: str, codes: dict[str, str]) -> list[str]:
        """Return the ids of the first page that the API answers."""
        headers = {"Authorization": f"Bearer {BO}"}
        query = {"q": words, "limit": PAGE, **codes}
        answer = self.client.get("/prescription/v1/exercises", query_string=query, headers=headers)
        return [item["id"] for item in (answer.json or {})["items"]]

    def bare(self, words: str, codes: dict[str, str]) -> list[Any]:
        """Return the same page, straight from the index."""
        chosen = {"tenant": "north", **search.wanted(search.Asked(words, codes))}
        chosen["order"] = {"$gt": "", "$lt": "\U0010ffff"}
        found = self.database[LISTS.collection("exercises")].find(chosen)
        return list(found.sort("order", 1).limit(PAGE).hint("tenant_tokens_order"))


def fill(database: Database) -> None:
    """Write the documents as the projection makes them, many a name of the catalogue's."""
    views = Views(LONG_AGO)
    words = cycle(catalogue().entries)
    for number in range(EXERCISES):
        command = catalogue().publication("north", next(words))
        own = replace(
            command,
            exercise=identity("north", str(number)),
            name=f"{command.name} {number}",
        )
        data = Library().dump(asdict(own))
        published = event("prescription.exercise.published", f"exercise-{own.exercise}", data)
        LISTS.handlers[published.type](published, views)
    found = [one for one in views.documents.values() if one is not None]
    for start in range(0, EXERCISES, CHUNK):
        database[LISTS.collection("exercises")].insert_many(found[start : start + CHUNK])


def measured(database: Database, samples: int) -> Pair:
    """Return the seconds of as many searches of each, in turns."""
    with given_service(DEFINITION, database, TEMPLATES) as client:
        fill(database)
        shelves = (Shelves(client, database, cycle(ASKED)) for _ in range(2))
        ours, raw = next(shelves), next(shelves)
        return interleave(ours.ours, raw.raw, samples)
