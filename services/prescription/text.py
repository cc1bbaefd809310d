"""People's own words: sealed before the commit that refers to them by id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shared.commands import identify
from shared.stream import Cause
from shared.vault import Vault


class Keep(Protocol):
    """Give words for their id; `place` tells the texts of one command apart."""

    def __call__(self, words: str, *place: str) -> str:
        """Return the id."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one command.

    Attributes:
        cause: the command; the ids derive from it and from its body.
        known: words that its stream refers to already, with their id, which they keep.
        fresh: id to words, of what is to be sealed.
    """

    cause: Cause
    known: Mapping[str, str] = field(default_factory=dict)
    fresh: dict[str, str] = field(default_factory=dict, init=False)

    def keep(self, words: str, *place: str) -> str:
        """Return the id of words, which `seal` will seal under it."""
        if words in self.known:
            return self.known[words]
        identity = identify(self.cause.command, self.cause.fingerprint, *place)
        self.fresh[identity] = words
        return identity

    def seal(self, vault: Vault, patient: str) -> None:
        """Seal what was kept and is new, under the patient's key."""
        for identity, words in self.fresh.items():
            vault.seal(self.cause.tenant, patient, identity, words)
