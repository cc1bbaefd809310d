"""Adherence without verification and audit: what the whole of it is measured beside.

Who asks is believed, and nothing is written down. The table of permissions is a look-up in memory
and stays.
"""

from typing import Any

from shared import settings
from shared.audit import Entry
from shared.main import Server
from shared.tokens import Identity, peek, said

SERVICE = "adherence"


class Believing:
    """Stands for the verifier: reads a token without asking whether it holds."""

    def verify(self, token: str, *, page: bool = False) -> Identity:
        """Return who the token says it speaks for."""
        del page
        return said(peek(token)[1])


class Silent:
    """Stands for the journal: forgets what it is told."""

    def write(self, entry: Entry) -> None:
        """Do nothing."""


class Bare(Server):
    """gunicorn as it serves, with the stand-ins in their places."""

    def load(self) -> Any:
        """Build the app, then put the stand-ins in."""
        app = super().load()
        service = app.extensions["hep"]
        object.__setattr__(service, "journal", Silent())
        object.__setattr__(service, "verifier", Believing())
        return app


if __name__ == "__main__":
    Bare(SERVICE, settings.read(SERVICE)).run()
