"""`hep verify`: wait until the platform is at rest, then have services check themselves."""

from collections.abc import Sequence

import click

from deploy.local import service
from deploy.local.quiet import settled
from deploy.local.stack import Stack, StackError


def verify(stack: Stack, names: Sequence[str], *options: str) -> bool:
    """Let each service print what it says of itself; tell whether all found everything whole.

    What does not come to rest is checked as it stands: what keeps it is what is looked for.
    """
    try:
        settled(stack)
    except StackError as restless:
        click.echo(restless, err=True)
    wrong = [name for name in names if service.run(stack, name, "verify", "--hep", *options)]
    return not wrong
