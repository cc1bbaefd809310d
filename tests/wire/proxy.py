"""A proxy on loopback between a process and its engine, which a test breaks as networks break.

It passes whole messages on, so that a fault can be about one request: what a single node cannot
do (a new primary, a lost answer, a history that has rolled over) is done to its clients here.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

HEAD = 4
BOUND_SECONDS = 60.0
# Closed with it, a socket resets its peer.
RESET = struct.pack("ii", 1, 0)


Document = dict[str, Any]
Choice = Callable[[Document], bool]


def always(_: Document) -> bool:
    """Choose every request of the name."""
    return True


class Wire(Protocol):
    """What the proxy must know of a protocol whose messages begin with their length."""

    def rest(self, head: bytes) -> int:
        """Return how many bytes follow the first four of a message."""

    def number(self, request: bytes) -> int:
        """Return the number that a request's answer will name."""

    def answered(self, answer: bytes) -> int:
        """Return the number of the request that is answered."""

    def read(self, request: bytes) -> tuple[str, Document]:
        """Return the name of what is asked for, and what a test may choose it by."""

    def passed(self, request: bytes, answer: bytes) -> bytes:
        """Return the answer as the client is to have it."""


@dataclass(slots=True)
class Fault:
    """What becomes of the next requests of a kind.

    Attributes:
        name: what they ask for, as the wire says.
        left: how many are still to be hurt.
        chosen: which of them.
        instead: makes the answer, in place of the engine's.
        executed: whether the engine does what is asked nevertheless.
        lost: the connection ends before the answer.
        released: the answer is held until this is set.
        hurt: how many were.
    """

    name: str
    left: int = 1
    chosen: Choice = always
    instead: Callable[[bytes], bytes] | None = None
    executed: bool = True
    lost: bool = False
    released: threading.Event | None = None
    hurt: int = 0


@dataclass(slots=True, eq=False)
class Link:
    """One client's connection and the one to the engine behind it.

    Attributes:
        client: towards the process.
        engine: towards the engine.
        deaf: what comes is swallowed; both sides believe that they are connected.
        asked: number of a request to itself and what is to become of its answer.
    """

    client: socket.socket
    engine: socket.socket
    deaf: bool
    asked: dict[int, tuple[bytes, Fault | None]] = field(default_factory=dict)

    def close(self) -> None:
        """Reset both sides."""
        for side in (self.client, self.engine):
            with contextlib.suppress(OSError):
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                # Whoever reads from it is woken; closing alone would not.
                side.shutdown(socket.SHUT_RD)
            side.close()


class Proxy:
    """A port that leads to an engine, until a test says otherwise."""

    def __init__(self, engine: tuple[str, int], wire: Wire) -> None:
        self.engine = engine
        self.wire = wire
        self.port = 0
        self.seconds = 0.0
        self.deaf = False
        self.swallowed: set[str] = set()
        self.links: set[Link] = set()
        self.faults: list[Fault] = []
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.listener: socket.socket | None = None
        self.accept()

    def accept(self) -> None:
        """Listen, on the same port as before."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        _thread(self._listen, self.listener)

    def refuse(self) -> None:
        """End all connections and take no other."""
        if self.listener:
            with contextlib.suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        self.cut()

    def cut(self) -> None:
        """Reset all connections; new ones are taken."""
        with self.lock:
            links, self.links = self.links, set()
        for link in links:
            link.close()

    def delay(self, seconds: float) -> None:
        """Pass every message on so much later."""
        self.seconds = seconds

    def half_open(self) -> None:
        """Swallow all that comes, on these connections and on new ones, and end none."""
        with self.lock:
            self.deaf = True
            for link in self.links:
                link.deaf = True

    def flow(self) -> None:
        """Let new connections through; those that were deaf stay so."""
        self.deaf = False

    def inject(self, fault: Fault) -> Fault:
        """Hurt requests to come."""
        with self.lock:
            self.faults.append(fault)
        return fault

    def lose(self, name: str, times: int = 1, chosen: Choice = always) -> Fault:
        """Have the engine do what is asked, and end the connection before its answer."""
        return self.inject(Fault(name, times, chosen, lost=True))

    def swallow(self, name: str, times: int = 1) -> Fault:
        """Have the engine do what is asked, and never tell."""
        return self.inject(Fault(name, times, released=self.stopped))

    @contextlib.contextmanager
    def held(self, name: str, times: int = 1) -> Iterator[Fault]:
        """Hold the answers meanwhile."""
        released = threading.Event()
        try:
            yield self.inject(Fault(name, times, released=released))
        finally:
            released.set()

    def stop(self) -> None:
        """End all."""
        self.stopped.set()
        self.refuse()

    def _listen(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                with contextlib.suppress(OSError):
                    self._link(client, listener)

    def _link(self, client: socket.socket, listener: socket.socket) -> None:
        try:
            engine = socket.create_connection(self.engine)
        except OSError:
            client.close()
            raise
        for side in (client, engine):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.lock:
            link = Link(client, engine, self.deaf)
            self.links.add(link)
        if self.listener is not listener:
            link.close()
        _thread(self._pump, link, link.client, self._ask)
        _thread(self._pump, link, link.engine, self._answer)

    def _pump(
        self, link: Link, source: socket.socket, passed: Callable[[Link, bytes], None]
    ) -> None:
        with contextlib.suppress(OSError):
            while message := _read(source, self.wire):
                self.stopped.wait(self.seconds)
                passed(link, message)
        link.close()
        with self.lock:
            self.links.discard(link)

    def _ask(self, link: Link, request: bytes) -> None:
        name, found = self.wire.read(request)
        if link.deaf:
            self.swallowed.add(name)
            return
        fault = self._choose(name, found)
        if fault and fault.instead and not fault.executed:
            link.client.sendall(fault.instead(request))
            return
        link.asked[self.wire.number(request)] = (request, fault)
        link.engine.sendall(request)

    def _choose(self, name: str, found: Document) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.left and fault.name == name and fault.chosen(found):
                    fault.left -= 1
                    fault.hurt += 1
                    return fault
        return None

    def _answer(self, link: Link, answer: bytes) -> None:
        request, fault = link.asked.pop(self.wire.answered(answer), (b"", None))
        if link.deaf:
            self.swallowed.update(self.wire.read(request)[:1] if request else ())
            return
        if fault and fault.lost:
            raise ConnectionResetError
        if fault and fault.released:
            fault.released.wait(BOUND_SECONDS)
        if fault and fault.instead:
            answer = fault.instead(request)
        link.client.sendall(self.wire.passed(request, answer))


def _thread(run: Callable[..., None], *args: object) -> None:
    threading.Thread(target=run, args=args, name="proxy", daemon=True).start()


def _read(source: socket.socket, wire: Wire) -> bytes:
    """Return the next message, nothing at the end."""
    head = _exactly(source, HEAD)
    return head + _exactly(source, wire.rest(head)) if head else b""


def _exactly(source: socket.socket, size: int) -> bytes:
    """Return so many bytes, nothing where the connection ends before."""
    found = bytearray()
    while len(found) < size:
        piece = source.recv(size - len(found))
        if not piece:
            return b""
        found += piece
    return bytes(found)
