"""What the clock and the sender have this service do, by its ordinary commands."""

from datetime import date

from notifications import handlers, queries
from notifications.commands import CloseMessage, Remind
from notifications.events import Channel
from notifications.policies import REMIND
from shared import commands, privacy
from shared.due import Due
from shared.send import Intent, Outcome
from shared.service import Service


def remind(due: Due, service: Service) -> None:
    """Decide a reminder that has fallen due."""
    command = Remind(
        program=due.data["program"],
        patient=due.data["patient"],
        local_date=date.fromisoformat(due.data["local_date"]),
    )
    cause = due.cause(service.name)
    commands.run(lambda: handlers.remind(command, service, cause), cause)


def close(intent: Intent, outcome: Outcome, service: Service) -> None:
    """Record what became of a message."""
    channel: Channel = "inbox" if outcome.detail == "inbox" else "email"
    message = queries.message(service, intent.tenant, intent.id, channel)
    command = CloseMessage(message, outcome.state, outcome.detail)
    cause = intent.cause(service.name, outcome.state)
    commands.run(lambda: handlers.close_message(command, service, cause), cause)


def erase(due: Due, service: Service) -> None:
    """Forget a patient, and what was still to be said."""
    privacy.erase(due, service, queries.unsent)


DUE = {REMIND: remind, privacy.ERASE: erase}
