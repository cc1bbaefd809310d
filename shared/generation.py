"""Generations of a projection: the live one, and the one that is built beside it.

`timeline@1` is the first. A rebuild begins the next, which reads from the beginning beside the live
one, sends nothing for what was recorded before it began, and becomes live in one step once it has
caught up; the old one stays until it is dropped. A deployment that raises a projection's version
begins one by itself. All of it is in one document a projection, so a process that ends in the
middle is followed by another that goes on.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from shared.mongo import Database, Document
from shared.views import Projection, Replaced

GENERATIONS = "generations"
KEEP_SECONDS = 1.0

Running = tuple[Projection, datetime]

log = structlog.get_logger("generation")


class Building(Exception):
    """A generation is being built already."""


def register(database: Database, projection: Projection, now: datetime) -> Document:
    """Return what is known of a projection's generations; begin one where its version was raised.

    A projection that was never seen here is live at once, as its first generation.
    """
    return _registered(
        database, projection, database[GENERATIONS].find_one({"_id": projection.name}), now
    )


def _registered(
    database: Database, projection: Projection, found: Document | None, now: datetime
) -> Document:
    if found is None:
        first = {"live": 1, "version": projection.version, "last": 1, "building": None}
        database[GENERATIONS].update_one(
            {"_id": projection.name}, {"$setOnInsert": first}, upsert=True
        )
        return register(database, projection, now)
    # Only a raised one: while a deployment rolls, the code it replaces runs beside it.
    if projection.version > _wanted(found):
        return _begin(database, projection, found, now)
    return found


def begin(database: Database, projection: Projection, now: datetime) -> Document:
    """Begin the next generation.

    Raises:
        Building: one is being built already.
    """
    found = register(database, projection, now)
    if found["building"]:
        raise Building(f"{projection.name}@{found['building']['number']}")
    return _begin(database, projection, found, now)


def _begin(database: Database, projection: Projection, found: Document, now: datetime) -> Document:
    number = found["last"] + 1
    building = {"number": number, "version": projection.version, "since": now}
    # What another process has begun meanwhile stands.
    database[GENERATIONS].update_one(
        {"_id": projection.name, "last": found["last"]},
        {"$set": {"building": building, "last": number}},
    )
    log.info("generation_begins", projection=projection.name, number=number)
    return database[GENERATIONS].find_one({"_id": projection.name}) or found


def _wanted(found: Document) -> int:
    """Return the version that is live, or will be."""
    version: int = (found["building"] or found)["version"]
    return version


def live(database: Database, projection: Projection) -> Projection:
    """Return the projection as the generation that is read."""
    found = database[GENERATIONS].find_one({"_id": projection.name}) or {"live": 1}
    return replace(projection, generation=found["live"])


def kept(database: Database, projections: Iterable[Projection]) -> list[str]:
    """Return the consumers of the generations that are live or being built."""
    known = {found["_id"]: found for found in database[GENERATIONS].find({})}
    numbers = [
        (projection.name, number)
        for projection in projections
        for found in [known.get(projection.name) or {"live": 1, "building": None}]
        for number in (found["live"], (found["building"] or {}).get("number"))
    ]
    return [f"{name}@{number}" for name, number in numbers if number]


def running(
    database: Database, projections: Iterable[Projection], since: datetime, now: datetime
) -> list[Running]:
    """Return the generations that are to be kept up to date, each with its `since`.

    A generation of another version is left as it stands: this code cannot write it.
    """
    known = {found["_id"]: found for found in database[GENERATIONS].find({})}
    return [
        kept
        for projection in projections
        for kept in _running(
            projection, _registered(database, projection, known.get(projection.name), now), since
        )
    ]


def _running(projection: Projection, found: Document, since: datetime) -> list[Running]:
    building = found["building"]
    kept: list[Running] = []
    if found["version"] == projection.version:
        built = _generation(projection, found["live"], found.get("replaced", 0), since)
        kept.append((built, found.get("since") or since))
    if building and building["version"] == projection.version:
        built = _generation(projection, building["number"], found["live"], since)
        kept.append((built, building["since"]))
    return kept


def _generation(projection: Projection, number: int, before: int, since: datetime) -> Projection:
    replaced = Replaced(replace(projection, generation=before).consumer, since)
    return replace(projection, generation=number, replaces=replaced if before else None)


@dataclass(slots=True)
class Living:
    """Which generation of each projection is read; asked again after a second.

    Attributes:
        database: of the service.
    """

    database: Database
    kept: dict[str, tuple[float, int]] = field(default_factory=dict, init=False)

    def __call__(self, projection: Projection) -> Projection:
        """Return the projection as its live generation."""
        until, number = self.kept.get(projection.name, (0.0, 1))
        if time.monotonic() > until:
            number = live(self.database, projection).generation
            self.kept[projection.name] = (time.monotonic() + KEEP_SECONDS, number)
        return replace(projection, generation=number)
