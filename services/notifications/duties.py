"""What the clock and the sender have this service do, by its ordinary commands."""

from datetime import date

from notifications import handlers, queries
from notifications.commands import CloseMessage, Remind
from notifications.events import Channel
from notifications.policies import REMIND
from shared import commands
from shared.due import Due
from shared.send import Intent, Outcome
from shared.service import Service
from shared.stream import Cause


def remind(due: Due, service: Service) -> None:
    """Decide a reminder that has fallen due."""
    command = Remind(
        program=due.data["program"],
        patient=due.data["patient"],
        local_date=date.fromisoformat(due.data["local_date"]),
    )
    cause = Cause(
        tenant=due.tenant,
        actor=service.name,
        command=due.id,
        correlation=due.correlation,
        causation=due.causation,
    )
    commands.run(lambda: handlers.remind(command, service, cause), cause)


def close(intent: Intent, outcome: Outcome, service: Service) -> None:
    """Record what became of a message."""
    channel: Channel = "inbox" if outcome.detail == "inbox" else "email"
    message = queries.message(service, intent.tenant, intent.id, channel)
    command = CloseMessage(message, outcome.state, outcome.detail)
    cause = Cause(
        tenant=intent.tenant,
        actor=service.name,
        command=commands.identify(intent.id, outcome.state),
    )
    commands.run(lambda: handlers.close_message(command, service, cause), cause)


DUE = {REMIND: remind}
