"""Find words in whatever a platform leaves on a disk, however they are written there."""

import base64
import errno
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import bson
from kafka.record.memory_records import MemoryRecords

from shared import mongo


@cache
def spellings(word: str) -> set[bytes]:
    """Return how a word may stand in bytes: three encodings, and base64 at each alignment."""
    forms = {word, word.lower(), word.upper()}
    plain = {form.encode(code) for form in forms for code in ("utf-8", "utf-16-le", "utf-16-be")}
    return plain | {_encoded(form.encode(), before) for form in forms for before in range(3)}


def _encoded(word: bytes, before: int) -> bytes:
    """Return the piece of base64 that depends on the word alone, with so many bytes before it."""
    whole = base64.b64encode(bytes(before) + word)
    return whole[(before * 8 + 5) // 6 : (before + len(word)) * 8 // 6]


def held(words: Iterable[str], data: bytes) -> list[str]:
    """Return which of the words stand in some bytes."""
    return [word for word in words if any(form in data for form in spellings(word))]


def searched(words: Iterable[str], pieces: Iterable[tuple[str, bytes]]) -> dict[str, list[str]]:
    """Return where which words stand."""
    wanted = list(words)
    found = ((name, held(wanted, data)) for name, data in pieces)
    return {name: there for name, there in found if there}


def files(*roots: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what every file holds; what ends meanwhile held nothing that stays."""
    for root in roots:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file() and not path.is_symlink():
                yield str(path), filled(path)


def filled(path: Path) -> bytes:
    """Return what was written of a file: engines allocate whole ones, mostly holes when young."""
    found, end = [], 0
    with path.open("rb") as file:
        while (start := _data(file.fileno(), end)) is not None:
            end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            found.append(os.pread(file.fileno(), end - start, start))
    return b"\0".join(found)


def _data(descriptor: int, after: int) -> int | None:
    """Return where data begins from here on, or None where there is none."""
    try:
        return os.lseek(descriptor, after, os.SEEK_DATA)
    except OSError as fault:
        if fault.errno != errno.ENXIO:
            raise
        return None


def records(log: Path) -> Iterator[tuple[str, bytes]]:
    """Yield keys and values of all records of a broker's segments, decompressed."""
    for path in sorted(log.rglob("*.log")):
        batches = MemoryRecords(path.read_bytes())
        while (batch := batches.next_batch()) is not None:
            for record in batch:
                yield f"{path}@{record.offset}", (record.key or b"") + (record.value or b"")


def documents(uri: str) -> Iterator[tuple[str, bytes]]:
    """Yield every document of every database, whatever its engine does to it on the disk."""
    with mongo.connect(uri, "search") as client:
        for name in client.list_database_names():
            for collection in client[name].list_collection_names():
                for document in client[name][collection].find({}):
                    yield f"{name}.{collection}", bson.encode(document)
