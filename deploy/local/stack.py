"""What is where in one stack: data directory, ports, addresses, what each child is told."""

import base64
import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.local import keys
from deploy.local.people import Person

SERVICES = ("prescription", "adherence", "notifications", "reporting")
# The client by which `hep` itself speaks to the issuer.
CLIENT = "hep-cli"


class StackError(Exception):
    """The stack is not there or did not do what was asked; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack on this machine, as `stack.json` in its data directory keeps it.

    Attributes:
        data: where everything is kept.
        ports: by part: edge, issuer, smtp, `<service>-serve`, `<service>-work` (the second
            is `<service>-work-2`), and kafka and secantus where they are embedded.
        kafka: bootstrap address.
        mongodb: URI of the server that speaks MongoDB's protocol.
    """

    data: Path
    ports: Mapping[str, int]
    kafka: str
    mongodb: str

    @property
    def origin(self) -> str:
        """Return the one origin that browsers see."""
        return f"http://localhost:{self.ports['edge']}"

    @property
    def issuer(self) -> str:
        """Return the OIDC issuer's identifier, which is also its address."""
        return f"{self.origin}/issuer"

    @property
    def smtp(self) -> str:
        """Return where mails are delivered to."""
        return f"127.0.0.1:{self.ports['smtp']}"

    @property
    def clock(self) -> Path:
        """Return the file that sets the platform's clock off, in seconds."""
        return self.data / "clock"

    def serve(self, service: str) -> str:
        """Return the address of the service's `serve`, without the edge."""
        return f"http://127.0.0.1:{self.ports[f'{service}-serve']}"

    def work(self, service: str) -> str:
        """Return the address of the service's `work`: /livez, /readyz, /metrics."""
        return f"http://127.0.0.1:{self.ports[f'{service}-work']}"

    def environment(self, part: str) -> dict[str, str]:
        """Return every HEP_* setting of one process of a service, `<service>-<role>`."""
        service, role = part.split("-")[:2]
        listen = {"serve": "HEP_PORT", "work": "HEP_METRICS_PORT"}[role]
        peers = ",".join(f"{name}={self.serve(name)}" for name in SERVICES)
        return {
            listen: str(self.ports[part]),
            "HEP_MONGODB": self.mongodb,
            "HEP_KAFKA": self.kafka,
            "HEP_ISSUER": self.issuer,
            "HEP_ORIGIN": self.origin,
            "HEP_CLIENT_SECRET_FILE": str(keys.client_secret(self.data, service)),
            "HEP_MASTER_KEY_FILE": str(keys.master_key(self.data, service)),
            "HEP_SMTP": self.smtp,
            "HEP_MAIL_FROM": "HEP <hep@localhost>",
            "HEP_PEERS": peers,
            "HEP_CLOCK_FILE": str(self.clock),
            # The demonstration lives through weeks that are past: policies act on all of them.
            "HEP_ACT_SINCE": "2000-01-01T00:00:00Z",
            "HEP_DATABASE": f"hep_{service}",
        }

    def save(self) -> None:
        """Keep it, so that the next start and other commands find the same."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        document = {**asdict(self), "data": None}
        draft = self.data / "stack.json.new"
        draft.touch(mode=0o600)  # an engine's URI may hold a password
        draft.write_text(json.dumps(document, indent=1))
        draft.replace(_file(self.data))


def _file(data: Path) -> Path:
    return data / "stack.json"


def load(data: Path) -> Stack:
    """Read the stack of a data directory.

    Raises:
        StackError: none was ever started there.
    """
    try:
        document = json.loads(_file(data).read_text())
    except FileNotFoundError:
        raise StackError(f"No stack was ever started in {data}: run `hep up`.") from None
    return Stack(data.resolve(), document["ports"], document["kafka"], document["mongodb"])


def token(stack: Stack, name: str) -> str:
    """Return an access token of an invented person, by subject or by name.

    Raises:
        StackError: nobody is called so, or the issuer does not answer.
    """
    answer: str = _ask(stack, "/issuer/tokens", {"name": name})["access_token"]
    return answer


def enroll(stack: Stack, people: Iterable[Person]) -> None:
    """Let these people sign in at the issuer.

    Raises:
        StackError: one of them is not a person, or the issuer does not answer.
    """
    _ask(stack, "/issuer/people", {"people": [asdict(one) for one in people]})


def _ask(stack: Stack, path: str, body: object) -> Any:
    secret = keys.client_secret(stack.data, CLIENT).read_text()
    basic = base64.b64encode(f"{CLIENT}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", stack.ports["issuer"], timeout=10)
    try:
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        document = json.loads(answer.read())
    except OSError as error:
        raise StackError(f"The issuer does not answer ({error}): is `hep up` running?") from error
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise StackError(str(document.get("detail", document)))
    return document
