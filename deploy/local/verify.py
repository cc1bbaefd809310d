"""`hep verify`: wait until the platform is at rest, then have each service check itself."""

import os
import subprocess
import sys

from deploy.local.quiet import settled
from deploy.local.stack import SERVICES, Stack


def verify(stack: Stack) -> bool:
    """Let each service print what it says of itself; tell whether all found everything whole.

    Raises:
        StackError: the platform did not come to rest.
    """
    settled(stack)
    wrong = [service for service in SERVICES if not _verify(stack, service)]
    return not wrong


def _verify(stack: Stack, service: str) -> bool:
    environment = {**os.environ, **stack.environment(service, "work")}
    command = [sys.executable, "-m", service, "verify"]
    return subprocess.run(command, env=environment, check=False).returncode == 0
