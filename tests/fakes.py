"""Hand-written stand-ins for rules; everything else is tested on real engines."""

from dataclasses import dataclass, field

import bson

from shared.store import Commit, Conflict, Repeated, check_size, to_document


@dataclass
class MemoryStore:
    """The commit store in a dictionary, held to the same conformance suite as the real one."""

    streams: dict[tuple[str, str], list[Commit]] = field(default_factory=dict)

    def load(self, tenant: str, stream: str, after: int = 0) -> list[Commit]:
        commits = self.streams.get((tenant, stream), [])
        return [commit for commit in commits if commit.version > after]

    def find(self, tenant: str, stream: str, command: str) -> Commit | None:
        commits = self.streams.get((tenant, stream), [])
        return next((commit for commit in commits if commit.command == command), None)

    def append(self, commit: Commit) -> None:
        check_size(commit, len(bson.encode(to_document(commit))))
        commits = self.streams.setdefault((commit.tenant, commit.stream), [])
        for earlier in commits:
            if earlier.command == commit.command:
                raise Repeated(earlier)
        if any(earlier.version == commit.version for earlier in commits):
            raise Conflict(commit.id)
        commits.append(commit)
