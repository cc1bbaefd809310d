"""What a service is made of: declared once in its `app.py`, built here for `serve` and `work`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import Event
from typing import TYPE_CHECKING, Any

import structlog
from marshmallow import Schema
from pymongo.errors import PyMongoError

from shared import audit, due, http, ledger, limit, mongo, send, session, signing, tokens
from shared.audit import Journal
from shared.clock import Clock, system
from shared.codec import Codec, Upcaster
from shared.due import Due
from shared.generation import Living
from shared.peers import Peers
from shared.publication import Publication
from shared.send import Intent, Outcome
from shared.session import Sessions
from shared.settings import Settings
from shared.snapshot import Snapshots
from shared.store import Commit, MongoStore
from shared.stream import Cause, Streams
from shared.tenancy import Documents
from shared.tokens import DOORS, Identity, Verifier
from shared.vault import Vault
from shared.views import Projection

# `work` answers no pages, and is seven megabytes smaller without what makes them.
if TYPE_CHECKING:
    from flask import Blueprint as Pages
    from flask_smorest import Blueprint

RETRY_SECONDS = 1.0

log = structlog.get_logger("service")


@dataclass(frozen=True)
class Service:
    """One running service's parts; made after the fork, one a process.

    Attributes:
        settings: where it runs.
        database: its own; no other service reads it.
        streams: its commits.
        vault: its sealed documents.
        peers: the other services.
        verifier: of tokens.
        clock: the platform's time.
        living: which generation of a projection is read.
        journal: where it is written who asked for what; one chain a process.
    """

    settings: Settings
    database: mongo.Database
    streams: Streams
    vault: Vault
    peers: Peers
    verifier: Verifier
    clock: Clock
    living: Living = field(init=False)
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "living", Living(self.database))
        object.__setattr__(self, "journal", Journal(self.database, self.clock))

    def live(self, projection: Projection) -> Projection:
        """Return the projection as the generation that is read."""
        return self.living(projection)

    @property
    def name(self) -> str:
        """The service's name."""
        return self.settings.service

    @property
    def sessions(self) -> Sessions:
        """The sessions of those who signed in here; they go by the real time, as tokens do."""
        issuer = door_issuer(self.settings, self.name)
        return session.sign_for(self.database, self.vault, issuer, system)

    def documents(self, projection: Projection, name: str) -> Documents:
        """Return one collection of a projection, to read from."""
        return Documents(self.database, self.live(projection), name)


Handler = Callable[[Any, Service, Cause], Commit]
DueHandler = Callable[[Due, Service], None]
Channel = Callable[[Intent, Service], str]
Record = Callable[[Intent, Outcome, Service], None]
Given = Callable[[Service], Iterable[Due]]
Within = Callable[[Sequence[str], str, Service], Sequence[str]]
Rows = dict[str, list[dict[str, Any]]]
Export = Callable[[Service, str, str], Rows]
Now = Callable[[Identity, Service], Identity | None]
Arrived = Callable[[Identity, str, Service], None]


def _no_outcome(intent: Intent, outcome: Outcome, service: Service) -> None:
    """Record nothing: the service sends nothing."""


def _as_kept(who: Identity, service: Service) -> Identity | None:
    """Say that people are who they were when they signed in."""
    del service
    return who


def _nothing(service: Service, tenant: str, patient: str) -> Rows:
    """Give nothing: the service keeps nothing of anybody."""
    del service, tenant, patient
    return {}


def _none_given(service: Service) -> Iterable[Due]:
    """Give nothing: all due work follows from events."""
    del service
    return ()


def _not_minded(who: Identity, email: str, service: Service) -> None:
    """Do nothing about somebody who signs in."""


def _nowhere(regions: Sequence[str], tenant: str, service: Service) -> Sequence[str]:
    """Know no region: who leads one reaches nothing here."""
    del regions, tenant, service
    return ()


@dataclass(frozen=True, slots=True)
class Front:
    """What a service shows over HTTP.

    Attributes:
        api: the JSON API.
        pages: the HTML pages.
        more: APIs of other forms.
        open: pages for everybody; they say nothing of anybody.
    """

    api: "Blueprint"
    pages: "Pages"
    more: "tuple[Blueprint, ...]" = ()
    open: "tuple[Pages, ...]" = ()


@dataclass(frozen=True)
class Definition:
    """All that makes a service this service and no other.

    Attributes:
        name: as in its topic and its paths.
        events: the stored events.
        upcasters: of older shapes of them.
        published: which of them are published, and how.
        handlers: command class to its handler.
        projections: its projections and policies.
        due: kind of due work to the function that decides it.
        given: returns due work that follows from no event; what is there already stays as it is.
        channels: kind of intent to the function that delivers it and says which way it went.
        outcome: commits what became of an intent.
        indexes: (projection, collection, fields) that pages of documents are read by.
        export: returns all that it keeps of a patient, as rows by kind of record.
        front: loads what `serve` shows.
        within: ids of regions to those of their sites.
        signs_in: whether people sign in at this service.
        now: says who the subject of a session is now, each time that it is renewed; nobody,
            where there is no such person any more.
        arrived: is told who signs in, with the e-mail address that the provider has verified.
    """

    name: str
    events: Sequence[type]
    published: Mapping[type, Publication]
    handlers: Mapping[type, Handler]
    projections: Sequence[Projection]
    front: Callable[[], Front]
    export: Export = _nothing
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)
    due: Mapping[str, DueHandler] = field(default_factory=dict)
    given: Given = _none_given
    channels: Mapping[str, Channel] = field(default_factory=dict)
    outcome: Record = _no_outcome
    indexes: Sequence[tuple[Projection, str, Sequence[str]]] = ()
    within: Within = _nowhere
    signs_in: bool = False
    now: Now = _as_kept
    arrived: Arrived = _not_minded

    @cached_property
    def codec(self) -> Codec:
        """Its events' codec."""
        return Codec(self.events, self.upcasters)

    @property
    def payloads(self) -> dict[str, type[Schema]]:
        """Full name of each published event to the schema of its payload."""
        return {
            publication.full_name(self.name): publication.schema
            for publication in self.published.values()
        }

    def build(self, settings: Settings) -> Service:
        """Open the clients of one process; call it after the fork."""
        client = mongo.connect(settings.mongodb, f"hep.{self.name}")
        database = client[settings.database]
        clock = settings.clock
        vault = Vault(database, settings.ring)
        return Service(
            settings=settings,
            database=database,
            streams=Streams(
                MongoStore(database), self.codec, self.published, clock, Snapshots(database)
            ),
            vault=vault,
            peers=Peers(self.name, settings.secret, settings.issuer, settings.peers),
            verifier=verifier(settings, vault),
            clock=clock,
        )

    def prepare(self, service: Service) -> None:
        """Create the indexes; done at start, while the collections are empty."""
        MongoStore(service.database).prepare()
        service.vault.prepare()
        ledger.prepare(service.database)
        due.prepare(service.database)
        send.prepare(service.database)
        audit.prepare(service.database)
        limit.prepare(service.database)
        if self.signs_in:
            session.prepare(service.database)
            signing.prepare(service.database)
        for projection in self.projections:
            self.prepare_documents(service.database, service.live(projection))

    def prepare_documents(self, database: mongo.Database, projection: Projection) -> None:
        """Create the indexes of one generation of a projection, while it is empty."""
        for indexed, name, fields in self.indexes:
            if indexed.name == projection.name:
                Documents(database, projection, name).prepare(fields)


def door_issuer(settings: Settings, service: str) -> str:
    """Return `iss` of the tokens of a service where people sign in."""
    return f"{settings.origin}/{service}"


def verifier(settings: Settings, vault: Vault) -> Verifier:
    """Return what verifies tokens: of the configured issuer, and of the services' own doors."""
    pool = http.pool()

    def published(service: str) -> Any:
        if service == settings.service:
            issuer = door_issuer(settings, service)
            own = session.sign_for(vault.database, vault, issuer, system)
            return own.signing.published()
        address = settings.peers.get(service, settings.origin)
        return http.ask(pool, "GET", f"{address}/{service}/v1/keys")

    doors = [
        tokens.door(door_issuer(settings, name), name, partial(published, name)) for name in DOORS
    ]
    return Verifier(tokens.issuer(settings.issuer, pool, settings.provider.read), doors)


def await_store(definition: Definition, service: Service, stop: Event) -> None:
    """Create the indexes, waiting for a store that is not there yet, until `stop`.

    Both `serve` and `work` do this before anything else: without its unique indexes the store
    would take two commits at one version.
    """
    while not stop.is_set():
        try:
            definition.prepare(service)
        except PyMongoError as fault:
            log.warning("store_away", fault=type(fault).__name__)
            stop.wait(RETRY_SECONDS)
        else:
            return
