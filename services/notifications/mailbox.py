"""A patient's mailbox: which dates were decided upon, and what became of each message."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from notifications.commands import CloseMessage
from notifications.events import (
    Message,
    MessageExpired,
    MessageFailed,
    MessageSent,
    ReminderDecided,
)
from shared.errors import Refusal
from shared.stream import Kind


class AlreadyClosed(Refusal):
    """A message has one outcome."""

    slug = "already-closed"
    title = "This message has its outcome"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The dates decided upon, by program, and the messages that have their outcome."""

    decided: frozenset[tuple[str, date]] = frozenset()
    closed: frozenset[str] = frozenset()


def evolve(mailbox: Mailbox, event: object) -> Mailbox:
    """Return the mailbox after an event."""
    if isinstance(event, ReminderDecided):
        decided = mailbox.decided | {(event.program, event.local_date)}
        return replace(mailbox, decided=decided)
    if isinstance(event, Message):
        return replace(mailbox, closed=mailbox.closed | {event.message})
    return mailbox


KIND = Kind("patient", Mailbox(), evolve, shape=1)


def close(mailbox: Mailbox, command: CloseMessage) -> list[object]:
    """Decide what became of a message.

    Raises:
        AlreadyClosed: that is known.
    """
    if command.message.message in mailbox.closed:
        raise AlreadyClosed("What became of this message was recorded before.")
    told: dict[str, Any] = {
        field.name: getattr(command.message, field.name) for field in fields(Message)
    }
    if command.state == "sent":
        return [MessageSent(**told)]
    kept = {"expired": MessageExpired, "failed": MessageFailed}[command.state]
    return [kept(**told, reason=command.reason)]
