"""`hep verify`: wait until the platform is at rest, then have each service check itself."""

from deploy.local import service
from deploy.local.quiet import settled
from deploy.local.stack import SERVICES, Stack


def verify(stack: Stack) -> bool:
    """Let each service print what it says of itself; tell whether all found everything whole.

    Raises:
        StackError: the platform did not come to rest.
    """
    settled(stack)
    wrong = [name for name in SERVICES if service.run(stack, name, "verify")]
    return not wrong
