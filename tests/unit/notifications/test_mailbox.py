"""A message has one outcome, and each outcome tells what is published of it."""

import pytest

from notifications.commands import CloseMessage
from notifications.events import Message, MessageExpired, MessageFailed, MessageSent, Milestone
from notifications.mailbox import AlreadyClosed, Mailbox, close, evolve
from tests.unit.notifications.facts import MONDAY

MESSAGE = Message("m", "ana", "p", "celebration", "email", MONDAY, (Milestone("streak", 7),))


def test_a_message_that_was_sent_needs_no_reason() -> None:
    (event,) = close(Mailbox(), CloseMessage(MESSAGE, "sent", "email"))

    assert event == MessageSent(
        "m", "ana", "p", "celebration", "email", MONDAY, (Milestone("streak", 7),)
    )


@pytest.mark.parametrize(
    ("state", "kind"), [("expired", MessageExpired), ("failed", MessageFailed)]
)
def test_a_message_that_was_not_sent_tells_what_kept_it(state: str, kind: type) -> None:
    (event,) = close(Mailbox(), CloseMessage(MESSAGE, state, "away"))

    assert isinstance(event, kind)
    assert event.reason == "away"  # type: ignore[attr-defined]


def test_a_message_has_one_outcome() -> None:
    (event,) = close(Mailbox(), CloseMessage(MESSAGE, "sent", "email"))

    with pytest.raises(AlreadyClosed):
        close(evolve(Mailbox(), event), CloseMessage(MESSAGE, "expired", ""))
