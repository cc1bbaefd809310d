"""What says who a person is, and people's own words: sealed at rest, erasable, referred to by id.

AES-256-GCM with one key a patient, wrapped under the service's master key. Destroying the key
makes everything that was sealed with it unreadable, in backups too.
"""

import contextlib
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo.errors import DuplicateKeyError
from pymongo.write_concern import WriteConcern

from shared.mongo import Database, Document

KEYS = "keys"
SEALED = "sealed"
NONCE = 12


@dataclass(frozen=True, slots=True)
class Vault:
    """The sealed documents of one service.

    Attributes:
        database: where keys and sealed documents are.
        master_key: 32 bytes; from a file, never in the database.
    """

    database: Database
    master_key: bytes

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
        """
        key = self._key(tenant, subject)
        nonce = os.urandom(NONCE)
        name = f"{tenant}|{identity}"
        document: Document = {
            "_id": name,
            "tenant": tenant,
            "subject": f"{tenant}|{subject}",
            "data": nonce + AESGCM(key).encrypt(nonce, orjson.dumps(value), name.encode()),
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
                key = AESGCM(keys[document["subject"]])
                plain = key.decrypt(data[:NONCE], data[NONCE:], name.encode())
                found[name.split("|", 1)[1]] = orjson.loads(plain)
        return found

    def find(self, tenant: str, words: Iterable[str]) -> list[str]:
        """Return the ids of what all these words find."""
        tokens = [self.token(tenant, word) for word in words]
        found = self.database[SEALED].find(
            {"tenant": tenant, "tokens": {"$all": tokens}}, {"_id": 1}
        )
        return [document["_id"].split("|", 1)[1] for document in found]

    def erase(self, tenant: str, subject: str) -> int:
        """Destroy the subject's key and documents; return how many there were."""
        name = f"{tenant}|{subject}"
        self._majority(KEYS).delete_one({"_id": name})
        return int(self._majority(SEALED).delete_many({"subject": name}).deleted_count)

    def token(self, tenant: str, word: str) -> str:
        """Return a word's blind index, which tells nothing to whoever lacks the master key."""
        plain = unicodedata.normalize("NFKD", word.casefold())
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
        return hmac.new(self._index_key(tenant), plain.encode(), hashlib.sha256).hexdigest()[:32]

    def prepare(self) -> None:
        """Create the indexes."""
        self.database[SEALED].create_index([("subject", 1)], name="subject")
        self.database[SEALED].create_index([("tenant", 1), ("tokens", 1)], name="tenant_tokens")

    def _index_key(self, tenant: str) -> bytes:
        return hmac.new(self.master_key, f"index|{tenant}".encode(), hashlib.sha256).digest()

    def _key(self, tenant: str, subject: str) -> bytes:
        """Return the subject's key, made if there is none yet."""
        name = f"{tenant}|{subject}"
        return self._keys({name}).get(name) or self._unwrap(self._new_key(name))

    def _keys(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the keys that there are, in one query: a list opens many cards."""
        found = self.database[KEYS].find({"_id": {"$in": list(names)}})
        return {document["_id"]: self._unwrap(document) for document in found}

    def _new_key(self, name: str) -> Mapping[str, Any]:
        nonce = os.urandom(NONCE)
        wrapped = nonce + AESGCM(self.master_key).encrypt(
            nonce, AESGCM.generate_key(bit_length=256), name.encode()
        )
        document: Document = {"_id": name, "wrapped": wrapped}
        try:
            self._majority(KEYS).insert_one(document)
        except DuplicateKeyError:
            # Another request made it first: that one holds.
            return self.database[KEYS].find_one({"_id": name}) or document
        return document

    def _unwrap(self, document: Mapping[str, Any]) -> bytes:
        wrapped = bytes(document["wrapped"])
        try:
            return AESGCM(self.master_key).decrypt(
                wrapped[:NONCE], wrapped[NONCE:], document["_id"].encode()
            )
        except InvalidTag:
            raise RuntimeError("the master key is not the one that wrapped these keys") from None

    def _majority(self, name: str) -> Any:
        return self.database.get_collection(name, write_concern=WriteConcern(w="majority", j=True))
