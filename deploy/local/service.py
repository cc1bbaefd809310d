"""Run a verb of a service with the settings that the stack gives it."""

import os
import subprocess
import sys

from deploy.local.stack import Stack


def run(stack: Stack, service: str, *verb: str) -> int:
    """Run `python -m <service> <verb>`, its output shown; return its exit code."""
    environment = {**os.environ, **stack.environment(f"{service}-work")}
    command = [sys.executable, "-m", service, *verb]
    return subprocess.run(command, env=environment, check=False).returncode
