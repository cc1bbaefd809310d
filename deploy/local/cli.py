"""The command `hep`: its verbs, loaded only when one is used so that `--help` stays quick."""

from importlib import import_module

import click

# What each verb does, in the order of a first day; the code is in `commands`.
VERBS = {
    "up": "Start everything and stay; Ctrl-C stops it.",
    "status": "Show every part: running, restarts, memory, port.",
    "demo": "Load an invented practice with six weeks of sessions.",
    "verify": "Say what is wrong, and which command mends it.",
    "rebuild": "Build a projection of a service anew, beside the live one.",
    "parked": "Show keys whose handler failed; drain them, discard one.",
    "republish": "Have all events of a service sent to Kafka again.",
    "compare": "Have what a service lacks of others' events looked for and fetched now.",
    "retry": "Have due work that failed five times decided again.",
    "undecodable": "Show records that are no events; dismiss one.",
    "token": "Print an access token of an invented person.",
    "logs": "Show the logs.",
    "down": "Stop everything.",
}


class LazyGroup(click.Group):
    """A group that knows its verbs by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs without importing any."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb that is called."""
        del ctx
        if cmd_name not in VERBS:
            return None
        command: click.Command = getattr(import_module("deploy.local.commands"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs' one-line helps from the table: importing them would be slow."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run the home exercise platform on this machine, for trying and testing."""
