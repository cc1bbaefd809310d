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
from shared.codec import Codec, converter
from shared.failpoint import failpoint
from shared.snapshot import Snapshots, fits
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

    `evolve` is pure; `initial` is the state of a stream without commits. `shape` is the version of
    the state, for snapshots: raise it whenever `evolve` or a field changes; 0 where streams are
    short.
    """

    name: str
    initial: State
    evolve: Callable[[State, Any], State]
    shape: int = 0

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
        commits: in order: all of them, or of a long stream those from its snapshot on.
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
        snapshots: states of long streams.
        epoch: raised by a restore.
    """

    store: Store
    codec: Codec
    published: Container[type]
    clock: Clock
    snapshots: Snapshots
    epoch: int = 1

    def load(self, kind: Kind[State], cause: Cause, identity: str) -> Loaded[State]:
        """Read a stream and fold it.

        Raises:
            Repeated: the stream holds this command already.
        """
        loaded = self.peek(kind, cause.tenant, identity)
        if accepted := self.accepted(loaded, cause):
            raise Repeated(accepted)
        self.snapshots.keep(kind, cause.tenant, loaded)
        return loaded

    def accepted(self, loaded: Loaded[Any], cause: Cause) -> Commit | None:
        """Return what this command wrote into a stream; None where it wrote nothing yet."""
        for commit in loaded.commits:
            if commit.command == cause.command:
                return commit
        if loaded.commits and loaded.commits[0].version > 1:
            return self.store.find(cause.tenant, loaded.stream, cause.command)
        return None

    def peek(self, kind: Kind[State], tenant: str, identity: str) -> Loaded[State]:
        """Read a stream and fold it, for a query."""
        stream = kind.stream(identity)
        snapshot = self.snapshots.find(kind, tenant, stream)
        if snapshot is not None:
            commits = self.store.load(tenant, stream, after=snapshot["version"] - 1)
            if fits(snapshot, commits):
                state = converter.structure(snapshot["state"], type(kind.initial))
                folded = self._fold(kind, state, commits[1:])
                return _loaded(stream, folded, commits, snapshot["site"])
        commits = self.store.load(tenant, stream)
        folded = self._fold(kind, kind.initial, commits)
        return _loaded(stream, folded, commits, commits[0].site if commits else "")

    def _fold(self, kind: Kind[State], state: State, commits: Sequence[Commit]) -> State:
        for commit in commits:
            for event in commit.events:
                state = kind.evolve(state, self.codec.decode(event))
        return state

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
        failpoint("stream.after_append")
        return commit


def _loaded(stream: str, state: State, commits: Sequence[Commit], site: str) -> Loaded[State]:
    return Loaded(
        stream=stream,
        state=state,
        version=commits[-1].last if commits else 0,
        sequence=commits[-1].sequence if commits else 0,
        key=commits[0].key if commits else "",
        site=site,
        commits=tuple(commits),
    )
