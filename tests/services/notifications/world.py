"""Notifications over a real store: facts come in as a consumer brings them, time is moved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiosmtpd.smtp import Envelope as Mailed

from notifications.app import DEFINITION
from notifications.projections import MESSAGES
from shared.due import Timer
from shared.envelope import Envelope, publish
from shared.mongo import Document
from shared.send import Sender
from shared.service import Service
from shared.store import from_document
from shared.views import Views

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Time:
    """The platform's clock, which a test moves."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Cards:
    """The other services, as far as cards and links go: a test takes them away or changes them."""

    known: dict[str, Any]
    fault: Exception | None = None
    letter: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, owner: str, path: str, _tenant: str, _params: object) -> dict[str, str]:
        if self.fault:
            raise self.fault
        self.asked.append(f"{owner}/{path}")
        return self.letter

    def cards(self, _tenant: str, ids: Iterable[str]) -> dict[str, Any]:
        if self.fault:
            raise self.fault
        return {identity: self.known[identity] for identity in ids if identity in self.known}


@dataclass
class Catcher:
    """An SMTP server that keeps what it takes; `answer` is what it says to a mail."""

    mails: list[Mailed] = field(default_factory=list)
    answer: str = "250 Kept"
    answer_recipient: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: Any, _session: Any, envelope: Mailed, address: str, _options: Any
    ) -> str:
        if self.answer_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Mailed) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.mails.append(envelope)
        return self.answer


@dataclass
class World:
    """One running service without Kafka: `tell` and `catch_up` stand for its consumer."""

    service: Service
    time: Time
    cards: Cards
    catcher: Catcher
    applied: int = 0

    @property
    def sender(self) -> Sender:
        channels = {
            kind: partial(deliver, service=self.service)
            for kind, deliver in DEFINITION.channels.items()
        }
        record = partial(DEFINITION.outcome, service=self.service)
        return Sender(self.service.database, channels, record, self.time, "s1")

    @property
    def timer(self) -> Timer:
        handlers = {
            kind: partial(decide, service=self.service) for kind, decide in DEFINITION.due.items()
        }
        return Timer(self.service.database, handlers, self.time, "t1")

    def tell(self, *events: Envelope) -> None:
        """Apply facts in one transaction."""
        database = self.service.database
        with database.client.start_session() as session, session.start_transaction():
            views = Views(
                SINCE,
                lambda name, ids: database[MESSAGES.collection(name)].find(
                    {"_id": {"$in": ids}}, session=session
                ),
            )
            for event in events:
                MESSAGES.handlers[event.type](event, views)
            views.flush(MESSAGES, database, session)

    def catch_up(self) -> list[Envelope]:
        """Apply what the service itself has committed since; return it."""
        commits = self.service.database["commits"].find({}).sort("_id", 1).skip(self.applied)
        found = [
            event
            for document in commits
            for event in publish(
                from_document(document), "notifications", DEFINITION.codec, DEFINITION.published
            )
        ]
        self.applied = self.service.database["commits"].count_documents({})
        if found:
            self.tell(*found)
        return found

    def pass_to(self, moment: datetime) -> list[Envelope]:
        """Let time pass to a moment and everything happen that follows; return the events."""
        self.time.now = moment
        happened: list[Envelope] = []
        while self.timer.step() + self.sender.step():
            happened += self.catch_up()
        return happened

    def intents(self) -> list[Document]:
        return list(self.service.database["intents"].find({}).sort("due_at", 1))
