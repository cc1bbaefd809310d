"""Ask the service that owns a fact: cards, people's words, heads, events.

What comes back is kept in memory for at most five minutes and stored nowhere.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from urllib3 import PoolManager, make_headers

from shared import http
from shared.envelope import Envelope, Undecodable, load
from shared.tokens import discover

KEEP_SECONDS = 300.0
KEEP_MOST = 10_000
BATCH = 200
EARLY_SECONDS = 60.0
UNREADABLE = (http.Unanswered, Undecodable, AttributeError, KeyError, TypeError, ValueError)


class Away(Exception):
    """The owner does not answer just now."""


@contextmanager
def _readable(owner: str) -> Iterator[None]:
    """Take an owner whose answer does not come, or cannot be read, for one that is away."""
    try:
        yield
    except UNREADABLE as fault:
        raise Away(f"{owner}: {type(fault).__name__}") from None


@dataclass(frozen=True, slots=True)
class Head:
    """How far a stream goes: the sequence of its last published event."""

    key: str
    stream: str
    epoch: int
    sequence: int


@dataclass(slots=True)
class Peers:
    """The other services, as one service sees them.

    Attributes:
        service: the asker: its client id at the issuer.
        secret: its client secret.
        issuer: where it gets its token.
        addresses: service name to base URL.
    """

    service: str
    secret: str
    issuer: str
    addresses: Mapping[str, str]
    kept: dict[tuple[str, str, str, str], tuple[float, Any]] = field(
        default_factory=dict, init=False
    )
    token: tuple[str, float] = field(default=("", 0.0), init=False)
    lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    pool: PoolManager = field(default_factory=http.pool, init=False)

    def cards(self, tenant: str, ids: Iterable[str]) -> dict[str, Any]:
        """Return identity cards by patient or staff id; erased ones are left out.

        Raises:
            Away: prescription does not answer.
        """
        return self._many("prescription", "cards", tenant, ids)

    def names(self, tenant: str, subjects: Iterable[str]) -> dict[str, str]:
        """Return names of staff by their subjects at the provider; who is unknown is left out.

        Raises:
            Away: prescription does not answer.
        """
        return self._many("prescription", "names", tenant, subjects)

    def texts(self, owner: str, tenant: str, ids: Iterable[str]) -> dict[str, Any]:
        """Return people's words by id; erased ones are left out.

        Raises:
            Away: the owner does not answer.
        """
        return self._many(owner, "texts", tenant, ids)

    def figures(self, tenant: str, exercises: Iterable[str]) -> dict[str, str | None]:
        """Return by exercise the word that its demonstration is found by, None without a figure.

        Raises:
            Away: prescription does not answer.
        """
        return self._many("prescription", "demonstrations", tenant, exercises)

    def events(self, owner: str, tenant: str, stream: str, after: int) -> Iterator[list[Envelope]]:
        """Yield the published events of a stream above a sequence, in pages of whole commits.

        Raises:
            Away: the owner does not answer.
        """
        following: int | None = after
        while following is not None:
            path = f"streams/{stream}/events"
            answer = self.get(owner, path, tenant, {"from": str(following)})
            with _readable(owner):
                events = [load(found) for found in answer["items"]]
                following = answer["next"]
            if events:
                yield events

    def heads(self, owner: str, since: datetime | None, until: datetime) -> Iterator[list[Head]]:
        """Yield how far the streams go that were added to in a span of time.

        Raises:
            Away: the owner does not answer.
        """
        cursor: str | None = since.isoformat() if since else ""
        while cursor is not None:
            query = {"until": until.isoformat()} | ({"changed_since": cursor} if cursor else {})
            answer = self.get(owner, "heads", "", query)
            with _readable(owner):
                heads = [Head(**found) for found in answer["items"]]
                cursor = answer["next"]
            yield heads

    def get(self, owner: str, path: str, tenant: str, params: Mapping[str, str]) -> Any:
        """Return the JSON that the owner answers.

        Raises:
            Away: it does not answer, or refuses.
        """
        with _readable(owner):
            return http.ask(
                self.pool,
                "GET",
                f"{self.addresses[owner]}/{owner}/v1/{path}",
                fields=params,
                headers={"Authorization": f"Bearer {self._bearer()}", "Hep-Tenant": tenant},
            )

    def _many(self, owner: str, what: str, tenant: str, ids: Iterable[str]) -> dict[str, Any]:
        now = time.monotonic()
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Any] = {}
        missing = []
        for identity in wanted:
            until, value = self.kept.get((owner, what, tenant, identity), (0.0, None))
            if until > now:
                found[identity] = value
            else:
                missing.append(identity)
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            answer = self.get(owner, what, tenant, {"ids": ",".join(batch)})
            found.update(answer["items"])
            self._keep(owner, what, tenant, answer["items"])
        return found

    def _keep(self, owner: str, what: str, tenant: str, items: Mapping[str, Any]) -> None:
        with self.lock:
            if len(self.kept) > KEEP_MOST:
                self.kept.clear()
            for identity, value in items.items():
                until = time.monotonic() + KEEP_SECONDS
                self.kept[owner, what, tenant, identity] = (until, value)

    def _bearer(self) -> str:
        with self.lock:
            token, until = self.token
            if time.monotonic() < until:
                return token
            body = http.ask(
                self.pool,
                "POST",
                discover(self.pool, self.issuer)["token_endpoint"],
                fields={"grant_type": "client_credentials"},
                headers=make_headers(basic_auth=f"{self.service}:{self.secret}"),
            )
            until = time.monotonic() + body["expires_in"] - EARLY_SECONDS
            self.token = (body["access_token"], until)
            return str(body["access_token"])
