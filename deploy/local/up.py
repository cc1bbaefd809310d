"""`hep up`: which parts one machine runs, on which ports, and what is said about it."""

import asyncio
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.local import clock, jars, keys, pidfile, ports
from deploy.local.engines import uri
from deploy.local.stack import CLIENT, SERVICES, Stack, StackError, load
from deploy.local.supervisor import Child, Supervisor

PORT = 8080
LOWEST, HIGHEST = 1024, 65000
# As many as a topic has partitions: more would have nothing to do.
WORKERS = 12
# Few threads need few heaps: the allocator's default of eight a core costs 10 MB and more each.
LEAN = {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}
Say = Callable[[str], None]
Parts = Callable[[Stack], list[Child]]


def run(data: Path, port: int | None, say: Say, parts: Parts | None = None) -> None:
    """Run the whole stack, or these parts of it, in the foreground until Ctrl-C.

    Raises:
        StackError: one runs for this data directory already.
        CannotStartError: a part did not come up.
        NoPortError: no port is free.
    """
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(data):
        if ended := pidfile.end_stale(data):
            say(f"Ended what an earlier run had left: {', '.join(ended)}.")
        stack = prepare(data, port, os.environ, say)
        say(f"HEP starts on this machine. Data and logs: {data}. Ctrl-C stops everything.")
        if "kafka" in stack.ports and jars.missing():
            say(f"First start: Kafka's jars ({jars.MEGABYTES} MB) are fetched, this once.")
        began = time.monotonic()
        me = os.getpid()
        record = pidfile.Record(pidfile.SUPERVISOR, "ready", me, pidfile.started(me))
        pidfile.write(data, record)
        try:
            supervise((parts or children)(stack), stack, say, began)
        finally:
            pidfile.forget(data)
        say("Everything has stopped. The data stay; `hep up` goes on with them.")


def supervise(parts: list[Child], stack: Stack, say: Say, began: float) -> None:
    """Run the parts until a signal comes."""

    def on_up() -> None:
        say(welcome(stack, time.monotonic() - began))

    asyncio.run(Supervisor(parts, stack.data, say, on_up).run())


def prepare(data: Path, port: int | None, given: Mapping[str, str], say: Say) -> Stack:
    """Settle ports, make the secrets, keep `stack.json`; say what differs from what was asked."""
    try:
        kept = dict(load(data).ports)
    except StackError:
        kept = {}
    first = _first(given)
    wanted = ({} if first else {"edge": PORT}) | kept | ({} if port is None else {"edge": port})
    names = _names(given)
    chosen = ports.settle(
        names,
        {name: wanted[name] for name in names if name in wanted},
        first=first or ports.FIRST,
    )
    for name, number in chosen.items():
        if name in wanted and wanted[name] != number:
            say(f"Port {wanted[name]} is taken: {name} uses {number}.")
    stack = Stack(
        data=data,
        ports=chosen,
        kafka=given.get("HEP_KAFKA") or f"127.0.0.1:{chosen['kafka']}",
        mongodb=given.get("HEP_MONGODB") or uri(chosen["secantus"]),
    )
    for client in (*SERVICES, CLIENT):
        keys.client_secret(data, client)
    stack.save()
    return stack


def _names(given: Mapping[str, str]) -> list[str]:
    """Return every part that listens; an engine that is given elsewhere is none of them."""
    embedded = {"kafka": "HEP_KAFKA", "secantus": "HEP_MONGODB"}
    engines = [name for name, setting in embedded.items() if not given.get(setting)]
    serve = [f"{service}-serve" for service in SERVICES]
    work = [f"{service}-work{number}" for number in _workers(given) for service in SERVICES]
    return ["edge", "issuer", "smtp", *serve, *work, *engines]


def _first(given: Mapping[str, str]) -> int | None:
    """Return where ports are looked for, where that is said: stacks that start at once differ."""
    wanted = given.get("HEP_FIRST_PORT")
    if wanted is None:
        return None
    if not wanted.isdecimal() or not LOWEST <= int(wanted) <= HIGHEST:
        raise StackError(f"HEP_FIRST_PORT must be a port from {LOWEST} to {HIGHEST}, not {wanted}.")
    return int(wanted)


def _workers(given: Mapping[str, str]) -> list[str]:
    """Return what the names of each service's background processes end in."""
    wanted = given.get("HEP_WORKERS", "1")
    if not wanted.isdecimal() or not 1 <= int(wanted) <= WORKERS:
        raise StackError(f"HEP_WORKERS must be a number from 1 to {WORKERS}, not {wanted}.")
    return ["", *(f"-{number}" for number in range(2, int(wanted) + 1))]


def children(stack: Stack) -> list[Child]:
    """Return every process of the stack."""
    return [*engines(stack), *frontage(stack), *services(stack)]


def engines(stack: Stack) -> list[Child]:
    """Return the engines that are embedded."""
    return [
        Child(
            name,
            [sys.executable, "-m", "deploy.local.engines", name, str(stack.data), str(port)],
            port=port,
        )
        for name, port in stack.ports.items()
        if name in ("kafka", "secantus")
    ]


def frontage(stack: Stack) -> list[Child]:
    """Return what stands before the services: the issuer, and the edge with the mails."""
    settings = {
        **LEAN,
        "HEP_DATA": str(stack.data),
        "HEP_ISSUER": stack.issuer,
        "HEP_ORIGIN": stack.origin,
    }
    port = stack.ports["issuer"]
    return [
        Child(
            "issuer",
            [sys.executable, "-m", "deploy.local.issuer"],
            {**settings, "HEP_PORT": str(port)},
            port,
            "/issuer/.well-known/openid-configuration",
        ),
        Child(
            "edge", [sys.executable, "-m", "deploy.local.edge"], settings, stack.ports["edge"], "/"
        ),
    ]


def services(stack: Stack) -> list[Child]:
    """Return `serve` of every service and its `work`, or several that share the partitions."""
    embedded = tuple(name for name in ("kafka", "secantus") if name in stack.ports)
    # `serve` has no Kafka client inside, so it need not wait for the slower engine.
    after = {"serve": tuple(name for name in embedded if name == "secantus"), "work": embedded}
    return [
        Child(
            part,
            [sys.executable, "-m", service, role],
            {**LEAN, **stack.environment(part)},
            stack.ports[part],
            "/readyz",
            after[role],
        )
        for service in SERVICES
        for part in stack.ports
        if part.startswith(f"{service}-")
        for role in [part.split("-")[1]]
    ]


def called(stack: Stack, verb: str) -> str:
    """Return how whoever reads this calls `hep` from where they are."""
    own = Path(sys.executable).with_name("hep")
    hep = "hep" if shutil.which("hep") == str(own) else os.path.relpath(own)
    usual = verb.startswith("-") or stack.data == Path(".hep").resolve()
    return f"{hep} {verb}" if usual else f"{hep} {verb} --data {os.path.relpath(stack.data)}"


def welcome(stack: Stack, seconds: float) -> str:
    """Return what to say once everything is up."""
    lines = [
        "",
        f"Everything is up after {seconds:.0f} s.",
        f"  Open         {stack.origin}/",
        "  Sign in as   Bo (therapist), Dee (site lead) or Ada (administrator), without password;",
        f"  Load more    {called(stack, 'demo')} loads twelve patients with six weeks",
        f"  Read mails   {stack.origin}/mail/ (no mail leaves this machine)",
        f"  See also     {called(stack, '--help')}",
    ]
    if "secantus" in stack.ports:
        lines.append(
            "  In place of MongoDB runs SecantusDB, a young project under GPL-2.0: for trying and\n"
            "  testing, not for patients' data.",
        )
    if set_off := clock.told(stack):
        lines.append(f"  {set_off}")
    return "\n".join([*lines, ""])


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the data directory: two stacks on it would spoil each other's engines."""
    (data / "run").mkdir(exist_ok=True)
    with (data / "run" / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(
                f"A stack runs for {data} already: `hep status` shows it, `hep down` stops it.",
            ) from None
        yield
