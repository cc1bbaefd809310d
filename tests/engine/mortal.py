"""A service with every background role in one process, which may be told where to die."""

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

import flask
from flask_smorest import Blueprint

from shared import commands, generation, heal, lease, mongo
from shared.commands import identify
from shared.due import Due
from shared.envelope import Envelope
from shared.publication import Publication
from shared.send import Intent, Outcome
from shared.service import Definition, Front, Service
from shared.store import Commit
from shared.stream import Cause
from shared.views import Projection, Views
from shared.work import parts
from tests.engine.counting import COUNTER, Counted, CountedSchema, build, on_counted

ASKED = ("c1", "c2")


def on_asked(event: Envelope, views: Views) -> None:
    """Add it up; what a person asked for has something decided and something sent."""
    on_counted(event, views)
    if event.identity == "asked":
        now, name = event.recorded, "counter-decided"
        due = identify(event.id, "add")
        views.schedule(event, Due(due, "add", event.tenant, name, now, event.sequence, {}))
        mail = identify(event.id, "mail")
        until = now + heal.COMPARE_EVERY
        views.intend(event, Intent(mail, "mail", event.tenant, now, until, {}))


def count(service: Service, stream: str, cause: Cause) -> None:
    def handle() -> Commit:
        loaded = service.streams.load(COUNTER, cause, stream)
        return service.streams.append(loaded, [Counted(1), Counted(10)], cause)

    commands.run(handle, cause)


def add(due: Due, service: Service) -> None:
    count(service, "decided", due.cause(service.name))


def tell(intent: Intent, outcome: Outcome, service: Service) -> None:
    count(service, "told", intent.cause(service.name, outcome.state))


def deliver(intent: Intent, service: Service) -> str:
    del service
    with Path(os.environ["INBOX"]).open("a") as inbox:
        inbox.write(f"{intent.id}\n")
    return "post"


def define(name: str) -> Definition:
    totals = Projection("totals", 1, (name,), {f"hep.{name}.counter.counted.v1": on_asked})
    return Definition(
        name=name,
        events=[Counted],
        published={Counted: Publication("counter.counted", CountedSchema)},
        handlers={},
        projections=[totals],
        due={"add": add},
        channels={"mail": deliver},
        outcome=tell,
        front=lambda: Front(Blueprint(name, __name__), flask.Blueprint("pages", __name__)),
    )


def main() -> None:
    """Run the service that the arguments name, asked for two things and for a rebuild."""
    uri, database_name, bootstrap, name = sys.argv[1:]
    lease.SECONDS, lease.RENEW_SECONDS = 2, 0.5
    definition = define(name)
    service = build(definition, mongo.connect(uri, name)[database_name], bootstrap)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    roles = os.environ["ROLES"].split(",")
    runs = [run for role in roles for _, run in parts(definition, service, role)]
    threads = [threading.Thread(target=run, args=(stop,)) for run in runs]
    for thread in threads:
        thread.start()
    for command in ASKED:
        count(service, "asked", Cause("north", "bo", command))
    (totals,) = definition.projections
    with contextlib.suppress(generation.Building):
        if generation.live(service.database, totals).generation == 1:
            generation.begin(service.database, totals, service.clock())
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
