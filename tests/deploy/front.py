"""Runs a stack with a stand-in for one service, alone or behind the front: no test itself."""

import sys
from pathlib import Path

from deploy.local import up
from deploy.local.stack import Stack
from deploy.local.supervisor import Child

ECHO = Path(__file__).with_name("echo.py")


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def parts(stack: Stack) -> list[Child]:
    port = stack.ports["prescription-serve"]
    service = Child("prescription-serve", [sys.executable, str(ECHO), str(port)], port=port)
    return [service, *(up.frontage(stack) if sys.argv[2] == "all" else [])]


up.run(Path(sys.argv[1]), None, say, parts)
