"""The background process of a service: its roles, each in a thread of its own.

`relay` carries commits to Kafka, `consume` applies events, `clock` decides what is due, `send`
delivers. On one machine they share a process; on Kubernetes they are split.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from threading import Event
from wsgiref.simple_server import WSGIRequestHandler, make_server

import structlog

from shared import kafka, park, waits
from shared.due import Timer
from shared.heal import Healer
from shared.health import readiness
from shared.metrics import exposition
from shared.rebuild import Builder, Consumers
from shared.relay import Relay
from shared.seal import Sealer
from shared.send import Sender
from shared.service import Definition, Service, await_store

STOP_SECONDS = 10

log = structlog.get_logger("work")
Run = Callable[[Event], None]


def work(definition: Definition, service: Service, roles: Sequence[str]) -> None:
    """Run these roles until SIGTERM or SIGINT."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    kafka.require_crc32c()
    await_store(definition, service, stop)
    running = [
        threading.Thread(target=_guarded(name, run), args=(stop,), name=name, daemon=True)
        for role in roles
        for name, run in parts(definition, service, role)
    ]
    threading.Thread(target=_answer_probes, args=(service,), name="probes", daemon=True).start()
    for thread in running:
        thread.start()
    log.info("work_started", roles=list(roles))
    stop.wait()
    for thread in running:
        thread.join(STOP_SECONDS)
    log.info("work_stopped")


def parts(definition: Definition, service: Service, role: str) -> list[tuple[str, Run]]:
    """Return what a role runs, by name."""
    holder = f"{socket.gethostname()}.{os.getpid()}"
    settings = service.settings
    if role == "relay":
        relay = Relay(
            service=service.name,
            database=service.database,
            store=service.streams.store,
            codec=definition.codec,
            published=definition.published,
            bootstrap=settings.kafka,
            holder=holder,
            clock=service.clock,
        )
        return [("relay", relay.run)]
    if role == "consume":
        moment = since(service)
        consumers = Consumers(
            definition,
            service.database,
            settings.kafka,
            moment,
            holder,
            clock=service.clock,
            most=settings.parked_most,
        )
        healer = Healer(
            consumers.generations,
            service.database,
            service.peers,
            holder,
            service.clock,
            most=settings.parked_most,
        )
        builder = Builder(definition.projections, service.database, settings.kafka, holder)
        return [("consume", consumers.run), ("heal", healer.run), ("build", builder.run)]
    if role == "clock":
        handlers = {
            kind: lambda due, decide=decide: decide(due, service)
            for kind, decide in definition.due.items()
        }
        given = partial(definition.given, service)
        timer = Timer(service.database, handlers, service.clock, holder, given)
        sealer = Sealer(service.database, service.clock, holder)
        return [("clock", timer.run), ("seal", sealer.run)]
    channels = {
        kind: lambda intent, deliver=deliver: deliver(intent, service)
        for kind, deliver in definition.channels.items()
    }
    sender = Sender(
        service.database,
        channels,
        lambda intent, outcome: definition.outcome(intent, outcome, service),
        service.clock,
        holder,
    )
    return [("send", sender.run)]


def since(service: Service) -> datetime:
    """Return from when on events make this service act; written once, at its first start."""
    registered = service.database["policies"]
    moment = service.settings.act_since or service.clock()
    registered.update_one({"_id": "since"}, {"$setOnInsert": {"at": moment}}, upsert=True)
    found = registered.find_one({"_id": "since"})
    return found["at"] if found else datetime.now(UTC)


def _guarded(name: str, run: Run) -> Run:
    """End the process if a role ends by a fault: whoever started it starts it again."""

    def guarded(stop: Event) -> None:
        try:
            run(stop)
        except Exception:
            log.exception("role_failed", role=name)
            os._exit(1)

    return guarded


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: probes come every few seconds."""


def _answer_probes(service: Service) -> None:
    ready = readiness(service, park.told, waits.told)

    def app(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            body, content_type = exposition()
            start("200 OK", [("Content-Type", content_type)])
            return [body]
        wrong = ready() if path == "/readyz" else ""
        known = path in {"/livez", "/readyz"}
        status = "503 Service Unavailable" if wrong else "200 OK" if known else "404 Not Found"
        start(status, [("Content-Type", "text/plain")])
        return [(wrong or "ok\n").encode()]

    address = (service.settings.bind, service.settings.metrics_port)
    make_server(*address, app, handler_class=_Quiet).serve_forever()
