"""What says who a person is, and people's own words: sealed at rest, erasable, referred to by id.

AES-256-GCM with one key a patient, wrapped under a master key (shared/keyring.py). Destroying the
key makes everything that was sealed with it unreadable, in backups of documents too. Secrets of the
service itself (for blind indexes, forms, cursors) are kept wrapped beside them, so that they
outlive the master key they were made under. Where a key was destroyed a mark stays: nothing is
sealed for that subject any more, whatever comes late.
"""

import contextlib
import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo.errors import DuplicateKeyError

from shared.errors import NotFound
from shared.keyring import UNNAMED, KeyRing, Wrapped, decrypt, encrypt
from shared.letters import plain
from shared.mongo import Database, Document, majority

KEYS = "keys"
SEALED = "sealed"
PAGE = 200
# No tenant has an empty name: what begins so is nobody's key, but a secret of the service.
SERVICE = ""
NOBODY = "There is nobody here with this id."


class Erased(NotFound):
    """The subject was forgotten: nothing is kept of them any more."""


@dataclass(frozen=True, slots=True)
class Vault:
    """The sealed documents of one service.

    Attributes:
        database: where keys and sealed documents are.
        ring: the master keys, which are never in the database.
    """

    database: Database
    ring: KeyRing
    secrets: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)

    def seal(
        self, tenant: str, subject: str, identity: str, value: Any, words: Iterable[str] = ()
    ) -> None:
        """Seal a JSON value under the subject's key; written before the commit that refers to it.

        Args:
            tenant: the practice group.
            subject: whose key: a patient's id, or a staff member's.
            identity: the id that events refer to; sealing it again replaces it.
            value: any JSON value.
            words: what it can be found by, for example the words of a name.

        Raises:
            Erased: the subject was forgotten.
        """
        key = self._key(tenant, subject)
        name = f"{tenant}|{identity}"
        document: Document = {
            "_id": name,
            "tenant": tenant,
            "subject": f"{tenant}|{subject}",
            "data": encrypt(key, orjson.dumps(value), name),
            "tokens": sorted({self.token(tenant, word) for word in words}),
        }
        self._majority(SEALED).replace_one({"_id": name}, document, upsert=True)

    def open(self, tenant: str, identities: Iterable[str]) -> dict[str, Any]:
        """Return the values by id; what was erased or never sealed is left out."""
        wanted = [f"{tenant}|{identity}" for identity in identities]
        documents = list(self.database[SEALED].find({"_id": {"$in": wanted}}))
        keys = self._keys({document["subject"] for document in documents})
        found: dict[str, Any] = {}
        for document in documents:
            data, name = bytes(document["data"]), document["_id"]
            # Sealed while its key was destroyed, it is erased whatever key the subject has now.
            with contextlib.suppress(KeyError, InvalidTag):
                plain = decrypt(keys[document["subject"]], data, name)
                found[name.split("|", 1)[1]] = orjson.loads(plain)
        return found

    def find(self, tenant: str, words: Collection[str], *, every: bool = True) -> list[str]:
        """Return the ids of what all these words find, or any of them.

        Asked for several words at once some engines read all there is, so the index is asked for
        the longest of them, the likeliest to be rare, and what it has found is looked through here.
        """
        wanted = {self.token(tenant, word) for word in words}
        asked = self.token(tenant, max(words, key=len)) if every else {"$in": sorted(wanted)}
        found = self.database[SEALED].find({"tenant": tenant, "tokens": asked}, {"tokens": 1})
        return [
            document["_id"].split("|", 1)[1]
            for document in found
            if not every or wanted.issubset(document["tokens"])
        ]

    def erase(self, tenant: str, subject: str) -> int:
        """Destroy the subject's key and documents, for ever; return how many there were.

        Done again, it tells what the first time told.
        """
        name = f"{tenant}|{subject}"
        there = self.database[SEALED].count_documents({"subject": name})
        self.mark(tenant, subject, {"sealed": there})
        self._majority(SEALED).delete_many({"subject": name})
        return self.destroyed(tenant, subject)["sealed"]

    def mark(self, tenant: str, subject: str, counts: Mapping[str, int]) -> None:
        """Destroy the subject's key, and keep how much of each kind there was, whoever asks again.

        Args:
            tenant: the practice group.
            subject: whose key.
            counts: kind to number; of two that were told for a kind the greater one stays.
        """
        most = {f"destroyed.{kind}": number for kind, number in counts.items()}
        self._majority(KEYS).update_one(
            {"_id": f"{tenant}|{subject}"},
            {
                "$set": {"erased": True},
                "$unset": {"wrapped": "", "master": ""},
                "$max": most,
            },
            upsert=True,
        )

    def destroyed(self, tenant: str, subject: str) -> dict[str, int]:
        """Return how much of each kind was destroyed of an erased subject; empty for others."""
        found = self.database[KEYS].find_one({"_id": f"{tenant}|{subject}"}) or {}
        return dict(found.get("destroyed", {}))

    def erased(self, tenant: str, subjects: Iterable[str]) -> set[str]:
        """Return those of the subjects who were forgotten."""
        names = [f"{tenant}|{subject}" for subject in subjects]
        found = self.database[KEYS].find({"_id": {"$in": names}, "erased": True}, {"_id": 1})
        return {document["_id"].split("|", 1)[1] for document in found}

    def forget(self, tenant: str, identities: Iterable[str]) -> None:
        """Destroy what was sealed under these ids; the subject's key stays."""
        names = [f"{tenant}|{identity}" for identity in identities]
        self._majority(SEALED).delete_many({"_id": {"$in": names}})

    def token(self, tenant: str, word: str) -> str:
        """Return a word's blind index, which tells nothing to whoever lacks the index key."""
        key = self.secret(f"index|{tenant}")
        return hmac.new(key, plain(word).encode(), hashlib.sha256).hexdigest()[:32]

    def secret(self, purpose: str) -> bytes:
        """Return 32 bytes of the service's own for a purpose: the same in all processes, for ever.

        They follow from the oldest master key when they are first asked for, and are then kept.
        """
        if purpose not in self.secrets:
            name = f"{SERVICE}|{purpose}"
            kept = self._keys({name}).get(name)
            self.secrets[purpose] = kept or self._new_key(name, self.ring.derive(purpose))
        return self.secrets[purpose]

    def rewrap(self) -> int:
        """Wrap every key under the newest master key; return how many were under another.

        Others may read and write meanwhile; cut off, it is done again.
        """
        for tenant in self.database[SEALED].distinct("tenant"):
            # Made before its master key can be taken away: it is derived from that.
            self.secret(f"index|{tenant}")
        done = 0
        while found := sum(self._rewrap(page) for page in self._pages()):
            done += found
        return done

    def prepare(self) -> None:
        """Create the indexes."""
        self.database[SEALED].create_index([("subject", 1)], name="subject")
        self.database[SEALED].create_index([("tenant", 1), ("tokens", 1)], name="tenant_tokens")

    def _pages(self) -> Iterator[list[Document]]:
        """Yield all keys in the order of their ids."""
        after = ""
        while True:
            span = {"_id": {"$gt": after, "$lt": "\U0010ffff"}}
            page = list(self.database[KEYS].find(span).sort("_id", 1).limit(PAGE))
            if not page:
                return
            yield page
            after = page[-1]["_id"]

    def _rewrap(self, page: Iterable[Document]) -> int:
        newest, done = self.ring.newest, 0
        for document in page:
            if "wrapped" in document and document.get("master") != newest:
                name, before = document["_id"], document["wrapped"]
                wrapped = self.ring.wrap(self._unwrap(document), name)
                # One that was destroyed meanwhile stays destroyed.
                done += (
                    self._majority(KEYS)
                    .update_one({"_id": name, "wrapped": before}, {"$set": _stored(wrapped)})
                    .modified_count
                )
        return done

    def _key(self, tenant: str, subject: str) -> bytes:
        """Return the subject's key, made if there is none yet."""
        name = f"{tenant}|{subject}"
        fresh = AESGCM.generate_key(bit_length=256)
        return self._keys({name}).get(name) or self._new_key(name, fresh)

    def _keys(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the keys that there are, in one query: a list opens many cards."""
        wanted = {"_id": {"$in": list(names)}}
        return {
            found["_id"]: self._unwrap(found)
            for found in self.database[KEYS].find(wanted)
            if "wrapped" in found
        }

    def _new_key(self, name: str, key: bytes) -> bytes:
        """Keep a new key; return it, or the one that another request has made first.

        Raises:
            Erased: the subject was forgotten.
        """
        try:
            self._majority(KEYS).insert_one({"_id": name, **_stored(self.ring.wrap(key, name))})
        except DuplicateKeyError:
            if found := self._keys({name}).get(name):
                return found
            raise Erased(NOBODY) from None
        return key

    def _unwrap(self, document: Mapping[str, Any]) -> bytes:
        wrapped = Wrapped(document.get("master", UNNAMED), bytes(document["wrapped"]))
        return self.ring.unwrap(wrapped, document["_id"])

    def _majority(self, name: str) -> Any:
        return majority(self.database, name)


def _stored(wrapped: Wrapped) -> Document:
    return {"wrapped": wrapped.data, "master": wrapped.master}
