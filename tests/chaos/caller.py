"""A client of the platform that asks until it is answered, and keeps a history of it."""

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import requests

from deploy.local import clock, stack
from deploy.local.people import Person
from deploy.local.stack import StackError
from shared.commands import fingerprint
from tests.chaos.history import History
from tests.running import Platform

# A part that is killed again and again is started again after half a minute at most.
PATIENCE_SECONDS = 240.0
TRY_SECONDS = 30
PAUSE_SECONDS = 0.3
# What a judge needs of a body; the rest is in its hash.
TOLD = ("local_date", "pain", "reason")


class Unanswered(Exception):
    """A command was not answered within the bound: nobody knows what became of it."""


@dataclass(frozen=True)
class Caller(Platform):
    """The platform, for clients who do not give up while it is broken.

    Attributes:
        history: where calls are kept.
    """

    history: History = field(kw_only=True)

    def enroll(self, *people: Person) -> None:
        """Let these people sign in."""
        self._persist(lambda: stack.enroll(self.stack, people))

    def token(self, who: str) -> str:
        """Return somebody's access token."""
        if who not in self.tokens:
            self._persist(lambda: self.tokens.update({who: stack.token(self.stack, who)}))
        return self.tokens[who]

    def post(self, who: str, path: str, body: Any, key: str = "", **headers: str) -> Any:
        """Send a command until it is answered, always with the same key.

        Raises:
            Unanswered: it was not, within the bound.
        """
        key, call = key or uuid.uuid4().hex, uuid.uuid4().hex[:8]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            token = self.token(who)
            self._note_sending(call, key, who, path, body)
            answer = self._try(call, token, path, body, key, headers)
            if answer is not None:
                return answer
            time.sleep(random.uniform(PAUSE_SECONDS, 2 * PAUSE_SECONDS))
        raise Unanswered(path)

    def _try(
        self, call: str, token: str, path: str, body: Any, key: str, headers: dict[str, str]
    ) -> Any:
        """Return the answer, or None where there is none that says what became of the command."""
        if "device_now" in body:
            body = {**body, "device_now": clock.now(self.stack).isoformat()}
        sent = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, **headers}
        url = f"{self.stack.origin}{path}"
        try:
            answer = requests.post(url, json=body, headers=sent, timeout=TRY_SECONDS)
        except requests.RequestException as fault:
            self.history.add("broken", call=call, why=type(fault).__name__)
            return None
        if answer.status_code == 401:
            self._forget(token)
        if answer.status_code >= 500 or answer.status_code in {401, 429}:
            self.history.add("unanswered", call=call, status=answer.status_code)
            return None
        self._note_answer(call, answer)
        return answer

    def _note_sending(self, call: str, key: str, who: str, path: str, body: Any) -> None:
        steady = {name: value for name, value in body.items() if name != "device_now"}
        self.history.add(
            "sent",
            call=call,
            key=key,
            tenant=who.rpartition("-")[2],
            subject=who,
            path=path,
            hash=fingerprint(steady),
            told={name: body[name] for name in TOLD if name in body},
        )

    def _note_answer(self, call: str, answer: requests.Response) -> None:
        if not answer.ok:
            self.history.add("refused", call=call, status=answer.status_code, why=answer.text)
            return
        self.history.add(
            "accepted",
            call=call,
            id=answer.json().get("id", ""),
            version=int(answer.headers["ETag"].strip('"')),
            position=answer.headers["Hep-Position"],
            again=answer.headers.get("Idempotent-Replay") == "true",
        )

    def _forget(self, token: str) -> None:
        for who in [who for who, known in list(self.tokens.items()) if known == token]:
            self.tokens.pop(who, None)

    def _persist(self, ask: Callable[[], None]) -> None:
        """Ask the issuer until it answers.

        Raises:
            Unanswered: it did not, within the bound.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                return ask()
            except (StackError, HTTPException, ValueError, OSError) as fault:
                self.history.add("issuer away", why=str(fault)[:80])
            time.sleep(PAUSE_SECONDS)
        raise Unanswered("the issuer")
