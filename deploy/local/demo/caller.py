"""Speak to the platform's public HTTP API as any of the invented people."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests

from deploy.local import stack as stacks
from deploy.local.people import Person
from deploy.local.stack import Stack, StackError

# Tokens live for ten minutes.
KEEP_SECONDS = 480.0
REUSED = "/problems/key-reused"
AGAIN = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(slots=True)
class Caller:
    """Sends requests as any invented person.

    Attributes:
        stack: where.
        patience: seconds for which a part that is starting, or has not seen a fact yet, is asked
            again.
    """

    stack: Stack
    patience: float = 30.0
    session: requests.Session = field(default_factory=requests.Session)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    def post(
        self, who: str, path: str, body: Mapping[str, Any], key: str, version: str = ""
    ) -> requests.Response:
        """Send a command.

        Args:
            who: subject of the asker.
            path: below the origin.
            body: as JSON.
            key: its idempotency key.
            version: ETag of what it changes.

        Raises:
            StackError: it was refused; the message says by what and why.
        """
        headers = {"Idempotency-Key": key} | ({"If-Match": version} if version else {})
        return self._ask("POST", who, path, json=body, headers=headers)

    def get(self, who: str, path: str) -> requests.Response:
        """Read.

        Raises:
            StackError: it was refused.
        """
        return self._ask("GET", who, path, headers={})

    def listed(self, who: str, path: str) -> Iterator[Any]:
        """Yield the items of all pages of a list.

        Raises:
            StackError: it was refused.
        """
        cursor: str | None = ""
        while cursor is not None:
            document = self.get(who, f"{path}?limit=200&cursor={cursor}").json()
            yield from document["items"]
            cursor = document.get("next")

    def enroll(self, person: Person) -> None:
        """Let a person sign in.

        Raises:
            StackError: the issuer does not answer.
        """
        stacks.enroll(self.stack, [person])

    def _ask(
        self, method: str, who: str, path: str, *, headers: Mapping[str, str], **more: Any
    ) -> requests.Response:
        deadline = time.monotonic() + self.patience
        while True:
            sent = {"Authorization": f"Bearer {self._token(who)}", **headers}
            address = f"{self.stack.origin}{path}"
            try:
                answer = self.session.request(method, address, headers=sent, timeout=30, **more)
            except requests.RequestException as fault:
                away = f"{address} does not answer ({type(fault).__name__}): is `hep up` running?"
                raise StackError(away) from None
            if answer.status_code not in AGAIN or time.monotonic() > deadline:
                break
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        if not answer.ok:
            raise StackError(f"{method} {path} as {who}: {_reason(answer)}")
        return answer

    def _token(self, who: str) -> str:
        token, until = self.tokens.get(who, ("", 0.0))
        if time.monotonic() > until:
            token = stacks.token(self.stack, who)
            self.tokens[who] = (token, time.monotonic() + KEEP_SECONDS)
        return token


def _reason(answer: requests.Response) -> str:
    """Return why a request was refused, with the fields that are named."""
    try:
        problem = answer.json()
    except ValueError:
        return f"{answer.status_code} {answer.reason}"
    if problem.get("type") == REUSED:
        return "An earlier version was loaded here. Start afresh by `hep up --data DIR`."
    faults = [f"{one['pointer']}: {one['reason']}" for one in problem.get("errors", ())]
    return " ".join([f"{answer.status_code} {problem.get('detail', problem)}", *faults])
