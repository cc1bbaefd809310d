"""Master keys: what the keys of patients are wrapped under.

A `KeyRing` is a port: a file of keys here, a key management service elsewhere. The newest key
wraps, all unwrap, and what is wrapped names its key, so that a key can be replaced while all runs:
add one, wrap everything anew (`rewrap`), take the old one away.
"""

import hashlib
import hmac
import os
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
LENGTH = 32
# Of what was wrapped before keys had ids.
UNNAMED = ""

log = structlog.get_logger("keyring")


class KeyMissing(Exception):
    """No master key at hand unwraps this; the message names the key, as far as it is known."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key under a master key: the master key's id, and the bytes."""

    master: str
    data: bytes


class KeyRing(Protocol):
    """Master keys that never leave it."""

    @property
    def newest(self) -> str:
        """Id of the key that wraps."""

    def wrap(self, key: bytes, name: str) -> Wrapped:
        """Wrap a key under the newest master key; `name` is bound to it."""

    def unwrap(self, wrapped: Wrapped, name: str) -> bytes:
        """Return a key that was wrapped under this name.

        Raises:
            KeyMissing: its master key is not here.
        """

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes that follow from the oldest master key."""


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """Master keys in memory.

    Attributes:
        keys: of 32 bytes, by id, the oldest first.
    """

    # Never shown, not even in a trace with its variables.
    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def newest(self) -> str:
        """Id of the key that wraps."""
        return list(self.keys)[-1]

    def wrap(self, key: bytes, name: str) -> Wrapped:
        """Wrap a key under the newest master key."""
        master = self.newest
        return Wrapped(master, encrypt(self.keys[master], key, name))

    def unwrap(self, wrapped: Wrapped, name: str) -> bytes:
        """Return a key that was wrapped under this name.

        Raises:
            KeyMissing: its master key is not here.
        """
        if wrapped.master not in {UNNAMED, *self.keys}:
            raise KeyMissing(f"the master key {wrapped.master} is not at hand")
        tried = [self.keys[wrapped.master]] if wrapped.master else self.keys.values()
        for key in tried:
            try:
                return decrypt(key, wrapped.data, name)
            except InvalidTag:
                continue
        raise KeyMissing("the master key that wrapped these keys is not at hand")

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes that follow from the oldest master key."""
        oldest = next(iter(self.keys.values()))
        return hmac.new(oldest, purpose.encode(), hashlib.sha256).digest()


@dataclass(slots=True)
class KeyFile:
    """Master keys from a file: one in base64 a line, the oldest first; read anew when it changes.

    Attributes:
        path: of the file.
    """

    path: Path
    read: tuple[float, int] = field(default=(0.0, 0), init=False)
    held: MasterKeys = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._read()

    @property
    def newest(self) -> str:
        """Id of the key that wraps."""
        self._refresh()
        return self.held.newest

    def wrap(self, key: bytes, name: str) -> Wrapped:
        """Wrap a key under the newest master key of the file as it is now."""
        self._refresh()
        return self.held.wrap(key, name)

    def unwrap(self, wrapped: Wrapped, name: str) -> bytes:
        """Return a key that was wrapped under this name.

        Raises:
            KeyMissing: its master key is not in the file.
        """
        if wrapped.master not in self.held.keys:
            self._refresh()
        return self.held.unwrap(wrapped, name)

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes that follow from the oldest master key."""
        self._refresh()
        return self.held.derive(purpose)

    def _refresh(self) -> None:
        """Look at the file again; one that is just being written is looked at the next time."""
        try:
            self._read()
        except (OSError, ValueError) as fault:
            log.warning("master_keys_unreadable", fault=type(fault).__name__)

    def _read(self) -> None:
        found = self.path.stat()
        stamp = (found.st_mtime, found.st_size)
        if stamp != self.read:
            self.held, self.read = MasterKeys(_parse(self.path)), stamp


def encrypt(key: bytes, plain: bytes, name: str) -> bytes:
    """Return bytes under a key of 32 bytes (AES-256-GCM), with a name that is bound to them."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, name.encode())


def decrypt(key: bytes, data: bytes, name: str) -> bytes:
    """Return what was encrypted under a key and this name.

    Raises:
        InvalidTag: it was not, or was changed.
    """
    return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], name.encode())


def identify(key: bytes) -> str:
    """Return the id of a master key: a piece of its hash, which tells nothing of it."""
    return hashlib.sha256(b"id|" + key).hexdigest()[:8]


def _parse(path: Path) -> Mapping[str, bytes]:
    lines = path.read_text().split()
    if not lines or not all(map(_is_key, lines)):
        raise ValueError(f"{path.name} must hold keys of {LENGTH} bytes in base64, one a line")
    return {identify(key): key for key in map(b64decode, lines)}


def _is_key(line: str) -> bool:
    try:
        return len(b64decode(line, validate=True)) == LENGTH
    except ValueError:
        return False
