"""Which events are published, and how."""

from notifications.events import MessageExpired, MessageFailed, MessageSent, ReminderDecided
from notifications.schemas import (
    MessageSentPayload,
    MessageUnsentPayload,
    ReminderDecidedPayload,
)
from shared import privacy
from shared.publication import Publication

PUBLISHED = {
    ReminderDecided: Publication("reminder.decided", ReminderDecidedPayload),
    MessageSent: Publication("message.sent", MessageSentPayload),
    MessageExpired: Publication("message.expired", MessageUnsentPayload),
    MessageFailed: Publication("message.failed", MessageUnsentPayload),
    **privacy.PUBLISHED,
}
