"""Development secrets: made once in the data directory, readable by its owner alone."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, make: Callable[[], bytes]) -> Path:
    """Make the file with `make()` unless it is there, never half-written, mode 0600."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(make())
    try:
        # A link fails where a rename would overwrite: of two that start at once one wins.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path


def client_secret(data: Path, client: str) -> Path:
    """Return the file with the secret of a client of the issuer."""
    return kept(data / "keys" / f"{client}.secret", lambda: secrets.token_urlsafe(32).encode())


def master_key(data: Path, service: str) -> Path:
    """Return the file with the key that seals a service's keys per patient."""
    make = lambda: base64.b64encode(secrets.token_bytes(32))  # noqa: E731
    return kept(data / "keys" / f"{service}.master", make)
