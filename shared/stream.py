"""Load a stream, append what was decided: all a command handler needs of the store.

A handler is load, decide, append::

    program = streams.load(PROGRAM, cause, command.program)
    events = decide(program.state, command)
    return streams.append(program, events, cause)
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.clock import Clock
from shared.codec import Codec
from shared.store import Commit, Repeated, Store

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Cause:
    """Who asks for what, and because of what.

    Attributes:
        tenant: from the verified token only.
        actor: the asker's id, never a name.
        command: id of the command, the same when it is sent again.
        fingerprint: hash of its body.
        site: the site it belongs to, empty where there is none.
        correlation: id of the conversation; the command's own where it starts one.
        causation: id of the event that caused it, empty for a person's command.
        traceparent: W3C trace context.
    """

    tenant: str
    actor: str
    command: str
    fingerprint: str = ""
    site: str = ""
    correlation: str = ""
    causation: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Kind(Generic[State]):
    """A kind of stream: its name in ids and how its state comes about.

    `evolve` is pure; `initial` is the state of a stream without commits.
    """

    name: str
    initial: State
    evolve: Callable[[State, Any], State]

    def stream(self, identity: str) -> str:
        """Return the stream's id, `kind-identity`."""
        return f"{self.name}-{identity}"


@dataclass(frozen=True, slots=True)
class Loaded(Generic[State]):
    """A stream as it stood when it was read.

    Attributes:
        stream: its id.
        state: the fold of its events.
        version: of its last event, 0 where there is none.
        sequence: published events so far.
        key: its Kafka key, empty before the first commit.
        site: of its first commit.
        commits: all of them, in order.
    """

    stream: str
    state: State
    version: int
    sequence: int
    key: str
    site: str
    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of one service.

    Attributes:
        store: where the commits are.
        codec: its events.
        published: the event classes that are published; fixed for ever for each.
        clock: the platform's time.
        epoch: raised by a restore.
    """

    store: Store
    codec: Codec
    published: Container[type]
    clock: Clock
    epoch: int = 1

    def load(self, kind: Kind[State], cause: Cause, identity: str) -> Loaded[State]:
        """Read a stream and fold it.

        Raises:
            Repeated: the stream holds this command already.
        """
        loaded = self.peek(kind, cause.tenant, identity)
        for commit in loaded.commits:
            if commit.command == cause.command:
                raise Repeated(commit)
        return loaded

    def peek(self, kind: Kind[State], tenant: str, identity: str) -> Loaded[State]:
        """Read a stream and fold it, for a query."""
        commits = self.store.load(tenant, kind.stream(identity))
        state = kind.initial
        for commit in commits:
            for event in commit.events:
                state = kind.evolve(state, self.codec.decode(event))
        return Loaded(
            stream=kind.stream(identity),
            state=state,
            version=commits[-1].last if commits else 0,
            sequence=commits[-1].sequence if commits else 0,
            key=commits[0].key if commits else "",
            site=commits[0].site if commits else "",
            commits=tuple(commits),
        )

    def append(
        self, loaded: Loaded[State], events: Sequence[object], cause: Cause, *, key: str = ""
    ) -> Commit:
        """Append the events as one commit.

        Args:
            loaded: the stream as it was read; a commit since then is a conflict.
            events: what was decided, at least one.
            cause: who asked.
            key: what the Kafka key ends in (the patient's id), for a stream's first commit;
                the stream's own id where nothing is given.

        Raises:
            Conflict: another commit came first.
            Repeated: the stream holds this command already.
            TooLarge: more than 500 events or 512 kB.
        """
        recorded = self.clock()
        sequence = loaded.sequence
        stored = []
        for event in events:
            published = type(event) in self.published
            sequence += published
            stored.append(self.codec.encode(event, recorded, sequence if published else None))
        commit = Commit(
            tenant=cause.tenant,
            stream=loaded.stream,
            version=loaded.version + 1,
            events=tuple(stored),
            sequence=sequence,
            command=cause.command,
            fingerprint=cause.fingerprint,
            key=loaded.key or f"{cause.tenant}|{key or loaded.stream}",
            recorded=recorded,
            epoch=self.epoch,
            actor=cause.actor,
            site=cause.site or loaded.site,
            correlation=cause.correlation or cause.command,
            causation=cause.causation,
            traceparent=cause.traceparent,
        )
        self.store.append(commit)
        return commit
