"""The keys by which a service signs its sessions' tokens: one for each span of time.

A span's key is made and published a whole span before it signs, so that whoever verifies knows it
by then, and stays published until the last token of its span has expired. Kept sealed under a
secret of the service, which outlives the master keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey
from pymongo.errors import DuplicateKeyError

from shared.clock import Clock
from shared.keyring import decrypt, encrypt
from shared.mongo import Database, Document, majority
from shared.tokens import AUDIENCE, LEEWAY, TYPE
from shared.vault import Vault

SIGNING = "signing"


@dataclass(frozen=True, slots=True)
class Signing:
    """What a service signs with.

    Attributes:
        database: of the service.
        vault: seals the keys.
        issuer: `iss` of what is signed.
        clock: the real time: tokens never go by the platform's.
        rotate: how long a key signs.
        lasts: how long a token holds.
    """

    database: Database
    vault: Vault
    issuer: str
    clock: Clock
    rotate: timedelta
    lasts: timedelta

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return an access token with these claims, of now."""
        now = self.clock()
        document = self._kept(self._span(now))
        kid = document["public"]["kid"]
        header = {"alg": "ES256", "typ": TYPE, "kid": kid}
        begins = int(now.timestamp())
        times = {"iat": begins, "exp": begins + int(self.lasts.total_seconds())}
        said = {"iss": self.issuer, "aud": AUDIENCE, **claims, **times}
        return jwt.encode(header, said, self._opened(document))

    def published(self) -> dict[str, Any]:
        """Return the JWK set by which tokens that may still hold are verified."""
        now = self.clock()
        span = self._span(now)
        for needed in (span, span + 1):
            self._kept(needed)
        oldest = self._span(now - self.lasts - timedelta(seconds=LEEWAY))
        wanted = {"span": {"$gte": oldest, "$lte": span + 1}}
        return {"keys": [found["public"] for found in self.database[SIGNING].find(wanted)]}

    def _span(self, moment: datetime) -> int:
        return int(moment.timestamp() // self.rotate.total_seconds())

    def _kept(self, span: int) -> Document:
        """Return the key of a span; of two processes that make it one wins."""
        name = str(span)
        found = self.database[SIGNING].find_one({"_id": name})
        if found:
            return found
        document = self._made(name, span)
        try:
            majority(self.database, SIGNING).insert_one(document)
        except DuplicateKeyError:
            return self.database[SIGNING].find_one({"_id": name}) or document
        return document

    def _made(self, name: str, span: int) -> Document:
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        plain = orjson.dumps(key.as_dict(private=True))
        return {
            "_id": name,
            "span": span,
            "public": dict(key.as_dict(private=False)),
            "sealed": encrypt(self._seal(), plain, name),
        }

    def _opened(self, document: Document) -> ECKey:
        plain = decrypt(self._seal(), bytes(document["sealed"]), document["_id"])
        return ECKey.import_key(orjson.loads(plain))

    def _seal(self) -> bytes:
        return self.vault.secret("signing")


def prepare(database: Database) -> None:
    """Create the index: what is published is found by span."""
    database[SIGNING].create_index([("span", 1)], name="span")
