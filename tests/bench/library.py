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
# A transaction that touches very many pages of an index waits for ever in a small cache.
CHUNK = 25
TEMPLATES = Path(prescription.__file__).parent / "templates"
# What finds all of them, hundreds, a few or nothing.
ONE: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {}),
    ("rodilla", {}),
    ("diaphragmatic", {}),
    ("", {"kind": "balance"}),
    ("unheard", {}),
)
SEVERAL: tuple[tuple[str, dict[str, str]], ...] = (
    ("standing hip", {}),
    ("stretch", {"region": "knee"}),
    ("diaphragmatic bre", {}),
    ("", {"kind": "balance", "equipment": "chair"}),
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
        """Return the same page, straight from the store: by the index where it is one thing."""
        wanted = search.wanted(search.Asked(words, codes)) or [search.ALL]
        tokens = wanted[0] if len(wanted) == 1 else {"$all": wanted}
        order = {"$gt": "", "$lt": "\U0010ffff"}
        chosen = {"tenant": "north", "tokens": tokens, "order": order}
        found = self.database[LISTS.collection("exercises")].find(chosen)
        return list(found.sort("order", 1).limit(PAGE))


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


def measured(database: Database, samples: int) -> Iterator[tuple[str, Pair]]:
    """Yield the seconds of as many searches of each, in turns: by one thing, and by several."""
    with given_service(DEFINITION, database, TEMPLATES) as client:
        fill(database)
        for name, asked in (("search by one", ONE), ("by several", SEVERAL)):
            ours, raw = (Shelves(client, database, cycle(asked)) for _ in range(2))
            yield name, interleave(ours.ours, raw.raw, samples)
