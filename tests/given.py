"""Services as tests want them: one service's app over a real store, and a client that calls it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from wsgiref.types import WSGIApplication

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.serving import make_server

from shared.clock import Clock, system
from shared.keyring import MasterKeys
from shared.mongo import Database
from shared.peers import Away
from shared.provider import Provider
from shared.service import Definition, Service
from shared.settings import Settings
from shared.snapshot import Snapshots
from shared.store import MongoStore
from shared.stream import Streams
from shared.vault import Vault
from shared.web.app import create_app
from tests.people import Cast


class Compiled(BytecodeCache):
    """Templates that an app of this process has compiled, so that the next one need not."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self.kept.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


COMPILED = Compiled()
MASTER_KEY = bytes(range(32))
RING = MasterKeys({"first": MASTER_KEY})


def given_settings(name: str) -> Settings:
    """Settings of a service that calls nobody."""
    return Settings(
        service=name,
        mongodb="",
        database="",
        kafka="",
        issuer="http://localhost/issuer",
        origin="http://localhost",
        port=0,
        bind="127.0.0.1",
        metrics_port=0,
        secret="",
        web_secret="",
        provider=Provider(),
        ring=RING,
        smtp="",
        mail_from="hep@localhost",
        peers={},
        act_since=None,
        clock_file=None,
        threads=1,
        commands_per_second=1_000,
        requests_per_minute=1_000_000,
        parked_most=1000,
    )


class Nobody:
    """Peers that know nothing: every card and text is erased, and no owner of streams answers."""

    addresses: Mapping[str, str] = {}

    def get(self, *_: object) -> object:
        raise Away("nobody")

    def heads(self, *_: object) -> Iterator[object]:
        raise Away("nobody")

    def events(self, *_: object) -> Iterator[object]:
        raise Away("nobody")

    def cards(self, tenant: str, ids: object) -> dict[str, object]:
        del tenant, ids
        return {}

    def names(self, tenant: str, subjects: object) -> dict[str, str]:
        del tenant, subjects
        return {}

    def figures(self, tenant: str, exercises: object) -> dict[str, str | None]:
        del tenant, exercises
        return {}

    def texts(self, owner: str, tenant: str, ids: object) -> dict[str, object]:
        del owner, tenant, ids
        return {}


def build(definition: Definition, database: Database, clock: Clock = system) -> Service:
    """Build a service over the database of a test."""
    service = Service(
        settings=given_settings(definition.name),
        database=database,
        streams=Streams(
            MongoStore(database), definition.codec, definition.published, clock, Snapshots(database)
        ),
        vault=Vault(database, RING),
        peers=Nobody(),  # type: ignore[arg-type]
        verifier=Cast(),  # type: ignore[arg-type]
        clock=clock,
    )
    definition.prepare(service)
    return service


def given_app(definition: Definition, service: Service, templates: Path) -> Flask:
    """Make the service's app; templates are compiled once for all."""
    app = create_app(definition, service, templates)
    app.jinja_env.bytecode_cache = COMPILED
    return app


@contextmanager
def given_service(
    definition: Definition, database: Database, templates: Path, clock: Clock = system
) -> Iterator[FlaskClient]:
    """A client of the service's app; `client.application.extensions["hep"]` is the service."""
    app = given_app(definition, build(definition, database, clock), templates)
    with app.test_client() as client:
        yield client


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """Answer a browser of this machine; return the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
