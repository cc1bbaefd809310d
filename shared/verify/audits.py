"""The audit: no entry was changed, taken out or put in, and the seals hold."""

from collections.abc import Iterator

from shared import seal
from shared.audit import AUDIT, digest
from shared.mongo import Database, Document
from shared.seal import SEALS
from shared.verify.report import Finding


def held(database: Database) -> Iterator[Finding]:
    """Yield where a chain or a seal does not hold."""
    before: Document | None = None
    for entry in database[AUDIT].find({}).sort("_id", 1):
        yield from _chain(before, entry)
        before = entry
    previous = ""
    for number, found in enumerate(database[SEALS].find({}).sort("_id", 1), 1):
        yield from _seal(database, found, number, previous)
        previous = found["hash"]


def _chain(before: Document | None, entry: Document) -> Iterator[Finding]:
    if digest(entry) != entry["hash"]:
        yield Finding("audit-changed", AUDIT, f"{entry['_id']} is not what was written")
    writer, number = entry["_id"].split("|")
    last, done = before["_id"].split("|") if before else ("", "0")
    after, previous = (int(done), before["hash"]) if before and last == writer else (0, "")
    if int(number) != after + 1:
        yield Finding(
            "audit-missing", AUDIT, f"{writer} lacks what was between {after} and {number}"
        )
    elif entry["previous"] != previous:
        yield Finding("audit-changed", AUDIT, f"{entry['_id']} does not follow the one before")


def _seal(database: Database, found: Document, number: int, previous: str) -> Iterator[Finding]:
    name = f"seal {found['_id']}"
    if found["_id"] != number or found["previous"] != previous or digest(found) != found["hash"]:
        yield Finding("audit-seal", SEALS, f"{name} is not what was sealed")
    hashes = [
        entry["hash"]
        for writer, first, last in found["chains"]
        for entry in database[AUDIT].find(_span(writer, first, last), {"hash": 1}).sort("_id", 1)
    ]
    if lacking := sum(last - first + 1 for _, first, last in found["chains"]) - len(hashes):
        yield Finding("audit-missing", AUDIT, f"{lacking} entries are gone that {name} holds")
    elif seal.root(hashes) != found["root"]:
        yield Finding("audit-seal", SEALS, f"the entries of {name} are not those that were sealed")


def _span(writer: str, first: int, last: int) -> Document:
    return {"_id": {"$gte": f"{writer}|{first:010d}", "$lte": f"{writer}|{last:010d}"}}
