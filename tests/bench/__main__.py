"""`make bench`: what the platform does a second, each figure beside the raw clients'.

Both are measured in turns in one run: a shared machine is noisy, and only the ratio travels. The
engines are the one-machine ones, or those that HEP_KAFKA and HEP_MONGODB name.
"""

import logging
import os
import platform as machine
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
import structlog
from rich.console import Console

from deploy.local import engines
from deploy.local.quiet import settled
from shared import mongo
from shared.store import from_document
from tests.bench import fair, guards, suggestion
from tests.bench import load as loads
from tests.bench.library import measured
from tests.bench.pairs import interleave, rates, times
from tests.bench.pipeline import Pipeline
from tests.bench.visible import open_chain, visible
from tests.clinic import open_clinic, prescribe
from tests.running import Platform, running

PROGRAMS = 24
DAYS = 90
SAMPLES = 100
# The throughput is of one practice group; its share, of a process that does fifty a second.
UNBOUNDED = {"HEP_COMMANDS_PER_SECOND": "100000", "HEP_REQUESTS_PER_MINUTE": "10000000"}
BOUNDED = {"HEP_COMMANDS_PER_SECOND": "5"}
# So few that they are registered within what is admitted at once.
FEW = 6


@contextmanager
def given_engines(data: Path) -> Iterator[tuple[str, str]]:
    """Return Kafka's and MongoDB's addresses, started here where none is given."""
    kafka, mongodb = os.environ.get("HEP_KAFKA"), os.environ.get("HEP_MONGODB")
    started = [] if kafka else [engines.kafka(data)]
    started += [] if mongodb else [engines.secantus(data)]
    for engine in started:
        engine.start()
    ports = {engine.name: engine.port for engine in started}
    try:
        yield (
            kafka or f"127.0.0.1:{ports['Kafka']}",
            mongodb or engines.uri(ports["SecantusDB"]),
        )
    finally:
        for engine in started:
            engine.stop()


def prepare(platform: Platform, name: str = "bench", programs: int = PROGRAMS) -> loads.Load:
    """Make a practice whose patients have ninety days to log."""
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    first = noon - timedelta(days=DAYS)
    platform.set_clock(noon)
    clinic = open_clinic(platform, "UTC", first.date())
    found = [prescribe(clinic, f"{name}{number}").program for number in range(programs)]
    settled(platform.stack)
    return loads.prepare(platform, clinic, found)


def measure(platform: Platform, console: Console) -> None:
    """Measure and print, one line a figure."""
    bootstrap, mongodb = platform.stack.kafka, platform.stack.mongodb
    load = prepare(platform)
    with mongo.connect(mongodb, "bench") as client, requests.Session() as http:
        console.print(f"{'':<22}{'the platform':>26}{'raw clients':>26}{'ratio':>9}")
        loads.commands(load)
        (document,) = (
            client["hep_adherence"]["commits"].find({"events.0.type": "SessionLogged"}).limit(1)
        )
        pair = interleave(lambda: loads.commands(load), lambda: loads.inserts(mongodb, document))
        console.print(rates("commands/s over HTTP", pair))
        settled(platform.stack, seconds=300)
        chain = open_chain(client, bootstrap)
        pair = interleave(lambda: visible(load, http), chain.step, SAMPLES)
        for line in times("POST to visible", pair):
            console.print(line)
        settled(platform.stack, seconds=300)
        pipeline = Pipeline(client, bootstrap, from_document(document))
        console.print(rates("relayed/s", interleave(pipeline.relayed, pipeline.relayed_raw)))
        console.print(rates("projected/s", interleave(pipeline.projected, pipeline.projected_raw)))


def guard(platform: Platform, console: Console) -> None:
    """Measure what it costs to look who asks and to write it down, and print it."""
    load = prepare(platform, "guard")
    console.print(f"{'':<22}{'who asks is known':>26}{'believed':>26}{'ratio':>9}")
    console.print(rates("commands/s", guards.guarded(load, UNBOUNDED)))
    settled(platform.stack, seconds=300)


def share(platform: Platform, console: Console) -> None:
    """Measure what an import costs the others, and print it."""
    others = prepare(platform, "other", FEW)
    importing = fair.Import(prepare(platform, "import", FEW))
    console.print(f"{'':<22}{'beside an import':>26}{'without it':>26}{'ratio':>9}")
    for line in times("others' commands", fair.beside_import(others, importing)):
        console.print(line)
    console.print(f"the import was answered {dict(importing.answers)}")


def main() -> None:
    """Run all measurements on a stack of their own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder, given_engines(Path(folder)) as (kafka, mongodb):
        with mongo.connect(mongodb, "bench") as client:
            server = client.server_info()
        console.print(
            f"{os.cpu_count()} cores, Python {machine.python_version()}, "
            f"store {server.get('secantusVersion') or server['version']}; in brackets the range"
        )
        with mongo.connect(mongodb, "bench") as client:
            for name, pair in measured(client["bench_library"], SAMPLES):
                for line in times(name, pair):
                    console.print(line)
        console.print(suggestion.line())
        with running(Path(folder) / "data", kafka, mongodb, **UNBOUNDED) as platform:
            measure(platform, console)
            guard(platform, console)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data", "", "", **BOUNDED) as platform,
    ):
        share(platform, console)


if __name__ == "__main__":
    main()
